//! Items.

use serde_json::{Value, json};

use super::{Schema, is_never, unions};
use crate::convert::Context;
use crate::pointer::Pointer;

/// Where nothing else looks at items, those that nothing looked at are all.
pub(super) fn unevaluated(schema: &mut Schema) {
    if super::objects::has_applicator(schema) || schema.contains_key("contains") {
        return;
    }
    if let Some(items) = schema.remove("unevaluatedItems") {
        schema.entry("items").or_insert(items);
    }
}

/// A tuple. 3.0 has one schema for all items: exact where they are the same,
/// else one that fits any of them, and listed.
pub(super) fn prefix_items(schema: &mut Schema, at: &Pointer, context: &mut Context) {
    let Some(Value::Array(mut members)) = schema.remove("prefixItems") else { return };
    let length = members.len() as u64;
    let rest = schema.remove("items").unwrap_or_else(|| json!({}));
    if is_never(&rest) {
        let limit = schema.get("maxItems").and_then(Value::as_u64).unwrap_or(length).min(length);
        schema.insert("maxItems".into(), limit.into());
    }
    if schema.get("maxItems").and_then(Value::as_u64).is_none_or(|limit| limit > length) {
        members.push(rest);
    }
    members.dedup();
    let items = if members.len() == 1 {
        members.remove(0)
    } else {
        context.drop(at, "prefixItems");
        unions::wide(members)
    };
    schema.insert("items".into(), items);
}

/// `items: false` leaves the empty array.
pub(super) fn no_items(schema: &mut Schema) {
    if schema.get("items").is_some_and(is_never) {
        schema.insert("items".into(), json!({}));
        schema.insert("maxItems".into(), 0.into());
    }
}
