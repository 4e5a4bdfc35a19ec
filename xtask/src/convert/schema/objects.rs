//! Properties.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::{Schema, is_never, unions};
use crate::convert::Context;
use crate::pointer::Pointer;

/// Whether other schemas speak of the same value.
pub(super) fn has_applicator(schema: &Schema) -> bool {
    const APPLICATORS: &[&str] =
        &["$ref", "allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas"];
    APPLICATORS.iter().any(|key| schema.contains_key(*key))
}

/// Where no other schema looks at properties, those that nothing looked at are
/// the additional ones.
pub(super) fn unevaluated(schema: &mut Schema) {
    if !has_applicator(schema)
        && let Some(properties) = schema.remove("unevaluatedProperties")
    {
        schema.entry("additionalProperties").or_insert(properties);
    }
}

/// 3.0 cannot choose among properties by name: one schema fits all that are not
/// listed. A lone pattern says of which kind they are, unless the schema says
/// what else there is.
pub(super) fn pattern_properties(schema: &mut Schema, at: &Pointer, context: &mut Context) {
    let Some(Value::Object(patterns)) = schema.remove("patternProperties") else { return };
    if patterns.is_empty() {
        return;
    }
    context.drop(at, "patternProperties");
    let mut values: Vec<Value> = patterns.into_values().collect();
    match schema.remove("additionalProperties") {
        Some(Value::Bool(false)) => {}
        None if values.len() == 1 && !schema.contains_key("properties") => {}
        None => return,
        Some(Value::Bool(true)) => values.push(json!({})),
        Some(others) => values.push(others),
    }
    values.retain(|value| !is_never(value));
    values.dedup();
    let others = match values.as_slice() {
        [] => false.into(),
        [_] => values.remove(0),
        _ => unions::wide(values),
    };
    schema.insert("additionalProperties".into(), others);
}

/// In 3.0 it names each property once, and at least one.
pub(super) fn required(schema: &mut Schema) {
    let Some(Value::Array(names)) = schema.get_mut("required") else { return };
    let mut seen = HashSet::new();
    names.retain(|name| seen.insert(name.clone()));
    if names.is_empty() {
        schema.remove("required");
    }
}
