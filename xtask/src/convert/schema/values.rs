//! Values that a schema gives: `const`, `enum`, `default`, examples.

use std::collections::HashSet;

use anyhow::Result;
use serde_json::{Value, json};

use super::types::Types;
use super::{Schema, numbers};
use crate::convert::{Context, refuse};
use crate::pointer::Pointer;

/// A constant is an enum of one.
pub(super) fn constant(schema: &mut Schema, at: &Pointer) -> Result<()> {
    let Some(value) = schema.remove("const") else { return Ok(()) };
    if let Some(Value::Array(values)) = schema.get("enum")
        && !values.contains(&value)
    {
        return Err(refuse(&at.join("const"), "the enum beside it does not have it"));
    }
    schema.insert("enum".into(), json!([value]));
    Ok(())
}

/// 3.0 has room for one example.
pub(super) fn examples(schema: &mut Schema, at: &Pointer, context: &mut Context) {
    let Some(examples) = schema.remove("examples") else { return };
    let room = usize::from(!schema.contains_key("example"));
    match examples {
        Value::Array(examples) => {
            if examples.len() > room {
                context.drop(at, "examples");
            }
            if let Some(first) = examples.into_iter().next() {
                schema.entry("example").or_insert(first);
            }
        }
        _ => context.drop(at, "examples"),
    }
}

/// Keeps the values that the types allow. In 3.0 an enum has each value once,
/// and a default is one of them.
pub(super) fn fit(
    schema: &mut Schema,
    types: &Types,
    at: &Pointer,
    context: &mut Context,
) -> Result<()> {
    if types.is_integer() {
        let values = schema.get_mut("enum").and_then(Value::as_array_mut);
        values.into_iter().flatten().for_each(numbers::to_integer);
        for key in ["default", "minimum", "maximum", "multipleOf"] {
            schema.get_mut(key).into_iter().for_each(numbers::to_integer);
        }
    }
    if let Some(Value::Array(values)) = schema.get_mut("enum") {
        let mut seen = HashSet::new();
        values.retain(|value| types.allow(value) && seen.insert(value.clone()));
        if values.is_empty() {
            return Err(refuse(&at.join("enum"), "none of its values is of the type"));
        }
    }
    if let Some(default) = schema.get("default") {
        let values = schema.get("enum").and_then(Value::as_array);
        if !types.allow(default) || values.is_some_and(|values| !values.contains(default)) {
            schema.remove("default");
            context.drop(at, "default");
        }
    }
    Ok(())
}
