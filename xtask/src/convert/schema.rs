//! Converts schemas from JSON Schema 2020-12, which 3.1 uses, to the dialect of 3.0. Each construct
//! has a function.

use anyhow::Result;
use serde_json::{Map, Value, json};

use super::refuse;
use crate::places::{Pointer, elements};

/// The schema that only null satisfies. In 3.0, `nullable` has an effect only next to a `type`
/// (3.0.3, 4.7.24.1). For a reference or a union that may be null, null is an alternative.
fn only_null() -> Value {
    json!({"type": "object", "nullable": true, "enum": [null]})
}

/// Whether only null satisfies a converted schema.
pub(crate) fn is_null(schema: &Value) -> bool {
    schema.get("enum").is_some_and(|values| *values == json!([null]))
}

type Schema = Map<String, Value>;

const TYPES: [&str; 6] = ["string", "boolean", "integer", "number", "array", "object"];

/// Converts a schema whose inner schemas are converted.
pub(super) fn convert(schema: &mut Schema, at: &Pointer, dropped: &mut Vec<String>) -> Result<()> {
    // A constant becomes an enum of one value.
    if let Some(value) = schema.remove("const") {
        let all = schema.get("enum").and_then(Value::as_array);
        if all.is_some_and(|all| !all.contains(&value)) {
            return Err(refuse(&at.join("const"), "is not a value of `enum`: remove one of them"));
        }
        schema.insert("enum".into(), json!([value]));
    }
    bounds(schema, at)?;
    examples(schema, at, dropped);
    null_branches(schema);
    types(schema, at)?;
    // In 3.0, a reference has no siblings.
    if schema.len() > 1
        && let Some(reference) = schema.remove("$ref")
    {
        let mut parts = vec![json!({"$ref": reference})];
        parts.extend(schema.remove("allOf").iter().flat_map(elements).cloned());
        schema.insert("allOf".into(), parts.into());
    }
    Ok(())
}

/// Converts exclusive bounds: a number in 3.1, a flag next to the bound in 3.0.
fn bounds(schema: &mut Schema, at: &Pointer) -> Result<()> {
    for (bound, exclusive) in [("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")] {
        if let Some(limit @ Value::Number(_)) = schema.get(exclusive).cloned() {
            if schema.insert(bound.into(), limit).is_some() {
                let reason = format!("is next to `{bound}`: remove the wider of them");
                return Err(refuse(&at.join(exclusive), &reason));
            }
            schema.insert(exclusive.into(), true.into());
        }
    }
    Ok(())
}

/// Keeps the first example, because 3.0 allows only one.
fn examples(schema: &mut Schema, at: &Pointer, dropped: &mut Vec<String>) {
    let Some(Value::Array(mut examples)) = schema.remove("examples") else { return };
    if !schema.contains_key("example") && !examples.is_empty() {
        schema.insert("example".into(), examples.remove(0));
    }
    if !examples.is_empty() {
        dropped.push(at.join("examples").to_string());
    }
}

/// Converts a union of one type and null to that type, made nullable. In any other union, null
/// stays an alternative.
fn null_branches(schema: &mut Schema) {
    for key in ["oneOf", "anyOf"] {
        let has_null = schema.get(key).into_iter().flat_map(elements).any(is_null);
        let taken = if has_null { schema.remove(key) } else { None };
        let Some(Value::Array(mut branches)) = taken else { continue };
        branches.retain(|branch| !is_null(branch));
        if let [Value::Object(only)] = branches.as_mut_slice()
            && only.contains_key("type")
            && !only.keys().any(|key| schema.contains_key(key))
        {
            schema.append(only);
            schema.insert("nullable".into(), true.into());
            continue;
        }
        branches.push(only_null());
        let is_lone = branches.len() == 2 && !schema.contains_key("anyOf");
        schema.insert(if is_lone { "anyOf" } else { key }.into(), branches.into());
    }
}

/// Converts the list of types that 3.1 allows to a single type, which may be nullable.
fn types(schema: &mut Schema, at: &Pointer) -> Result<()> {
    let mut stated = match schema.remove("type") {
        Some(Value::Array(stated)) => stated,
        stated => stated.into_iter().collect(),
    };
    let before = stated.len();
    stated.retain(|kind| kind != "null");
    let has_null = stated.len() < before;
    if has_null {
        schema.insert("nullable".into(), true.into());
    }
    let refuse = |key, reason: &str| Err(refuse(&at.join(key), reason));
    match stated.as_slice() {
        [] if has_null => schema.extend(only_null().as_object().cloned().unwrap_or_default()),
        [] if schema.get("nullable") == Some(&Value::Bool(true)) => {
            let cure = "remove it, or write null as a branch of `anyOf`";
            return refuse("nullable", &format!("has no effect without a type: {cure}"));
        }
        [] => {}
        [only] if TYPES.iter().any(|name| only == name) => {
            schema.insert("type".into(), only.clone());
            if only == "array" {
                // 3.0 requires it.
                schema.entry("items").or_insert_with(|| json!({}));
            }
        }
        [only] => return refuse("type", &format!("{only} is not a type: write a JSON type")),
        _ => {
            let what = "the client supports one type, or one and null: write a branch of `oneOf` \
                        for each";
            return refuse("type", what);
        }
    }
    Ok(())
}
