//! Schemas: JSON Schema 2020-12 in 3.1, a dialect of its own in 3.0. One
//! function for each construct.

use anyhow::Result;
use serde_json::{Map, Value, json};

use super::{Dropped, refuse};
use crate::pointer::Pointer;

type Schema = Map<String, Value>;

/// Keywords that mean the same in both versions, and hold no schema.
const SHARED: &[&str] = &[
    "title",
    "description",
    "default",
    "format",
    "enum",
    "required",
    "pattern",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minProperties",
    "maxProperties",
    "readOnly",
    "writeOnly",
    "deprecated",
    "nullable",
    "discriminator",
    "xml",
    "externalDocs",
    "example",
    "type",
    "$ref",
];

/// Keywords of 3.1 that only narrow what is valid.
const NARROWING: &[&str] = &[
    "$schema",
    "$comment",
    "contains",
    "minContains",
    "maxContains",
    "dependentRequired",
    "dependentSchemas",
    "if",
    "then",
    "else",
    "propertyNames",
    "unevaluatedItems",
    "unevaluatedProperties",
    "contentSchema",
];

pub(super) fn convert(value: &mut Value, at: &Pointer, dropped: &mut Dropped) -> Result<()> {
    boolean_schema(value);
    let schema = value.as_object_mut().ok_or_else(|| refuse(at, "a schema was expected"))?;
    drop_narrowing(schema, at, dropped);
    refuse_unknown(schema, at)?;
    children(schema, at, dropped)?;
    constant(schema);
    examples(schema, at, dropped);
    exclusive_bound(schema, "minimum", "exclusiveMinimum", |bound, exclusive| bound > exclusive);
    exclusive_bound(schema, "maximum", "exclusiveMaximum", |bound, exclusive| bound < exclusive);
    content(schema, at, dropped)?;
    null_branch(schema, "oneOf", at)?;
    null_branch(schema, "anyOf", at)?;
    type_array(schema, at)?;
    reference_siblings(schema);
    Ok(())
}

/// Converts the schemas inside, so that what holds them sees only 3.0.
fn children(schema: &mut Schema, at: &Pointer, dropped: &mut Dropped) -> Result<()> {
    for (key, value) in schema {
        let at = at.join(key);
        match (key.as_str(), value) {
            ("items" | "not", value) => convert(value, &at, dropped)?,
            ("additionalProperties", value) if !value.is_boolean() => convert(value, &at, dropped)?,
            ("allOf" | "anyOf" | "oneOf", Value::Array(schemas)) => {
                for (index, schema) in schemas.iter_mut().enumerate() {
                    // In a union, what holds the branch for null takes it.
                    if key == "allOf" || !is_null_type(schema) {
                        convert(schema, &at.join(index), dropped)?;
                    }
                }
            }
            ("properties", Value::Object(properties)) => {
                for (name, schema) in properties {
                    convert(schema, &at.join(name), dropped)?;
                }
            }
            ("allOf" | "anyOf" | "oneOf" | "properties", _) => {
                return Err(refuse(&at, "schemas were expected"));
            }
            _ => {}
        }
    }
    Ok(())
}

fn drop_narrowing(schema: &mut Schema, at: &Pointer, dropped: &mut Dropped) {
    schema.retain(|key, _| {
        let narrowing = NARROWING.contains(&key.as_str());
        if narrowing {
            dropped.note(at, key);
        }
        !narrowing
    });
}

fn refuse_unknown(schema: &Schema, at: &Pointer) -> Result<()> {
    const CONVERTED: &[&str] = &[
        "items",
        "not",
        "additionalProperties",
        "allOf",
        "anyOf",
        "oneOf",
        "properties",
        "const",
        "examples",
        "contentEncoding",
        "contentMediaType",
    ];
    let known =
        |key: &str| key.starts_with("x-") || SHARED.contains(&key) || CONVERTED.contains(&key);
    match schema.keys().find(|key| !known(key)) {
        Some(key) => Err(refuse(&at.join(key), "3.0 has no such keyword")),
        None => Ok(()),
    }
}

/// `true` allows everything, `false` nothing.
fn boolean_schema(value: &mut Value) {
    match value {
        Value::Bool(true) => *value = json!({}),
        Value::Bool(false) => *value = json!({"not": {}}),
        _ => {}
    }
}

fn constant(schema: &mut Schema) {
    if let Some(value) = schema.remove("const") {
        schema.insert("enum".into(), json!([value]));
    }
}

/// 3.0 has room for one example.
fn examples(schema: &mut Schema, at: &Pointer, dropped: &mut Dropped) {
    let Some(Value::Array(examples)) = schema.remove("examples") else {
        return;
    };
    let room = usize::from(!schema.contains_key("example"));
    if examples.len() > room {
        dropped.note(at, "examples");
    }
    if let Some(first) = examples.into_iter().next() {
        schema.entry("example").or_insert(first);
    }
}

/// A number in 3.1 is a flag beside the bound in 3.0. Of two bounds the
/// narrower counts.
fn exclusive_bound(
    schema: &mut Schema,
    bound: &str,
    exclusive: &str,
    narrower: fn(f64, f64) -> bool,
) {
    let Some(limit) = schema.get(exclusive).filter(|limit| limit.is_number()).cloned() else {
        return;
    };
    schema.remove(exclusive);
    let inclusive = schema.get(bound).and_then(Value::as_f64);
    let inclusive_is_narrower =
        inclusive.is_some_and(|inclusive| narrower(inclusive, limit.as_f64().unwrap_or(inclusive)));
    if !inclusive_is_narrower {
        schema.insert(bound.into(), limit);
        schema.insert(exclusive.into(), true.into());
    }
}

/// 3.0 says how a string carries bytes with `format`.
fn content(schema: &mut Schema, at: &Pointer, dropped: &mut Dropped) -> Result<()> {
    let encoding = schema.remove("contentEncoding");
    let media_type = schema.remove("contentMediaType");
    match encoding.as_ref().map(Value::as_str) {
        None if media_type.is_some() => set_format(schema, "binary"),
        None => {}
        Some(Some("base64")) => set_format(schema, "byte"),
        Some(_) => {
            return Err(refuse(&at.join("contentEncoding"), "3.0 knows `base64` only"));
        }
    }
    if media_type.is_some_and(|media_type| media_type != "application/octet-stream") {
        dropped.note(at, "contentMediaType");
    }
    Ok(())
}

fn set_format(schema: &mut Schema, format: &str) {
    schema.entry("format").or_insert_with(|| format.into());
}

/// A branch `{type: 'null'}` becomes `nullable`.
fn null_branch(schema: &mut Schema, key: &str, at: &Pointer) -> Result<()> {
    let Some(Value::Array(branches)) = schema.get_mut(key) else {
        return Ok(());
    };
    let before = branches.len();
    branches.retain(|branch| !is_null_type(branch));
    if branches.len() == before {
        return Ok(());
    }
    if branches.is_empty() {
        return Err(refuse(&at.join(key), "3.0 has no type that is only null"));
    }
    if let [only] = branches.as_mut_slice() {
        let only = only.take();
        schema.remove(key);
        inline(schema, only);
    }
    schema.insert("nullable".into(), true.into());
    Ok(())
}

/// Puts a lone branch in place of the union that held it.
fn inline(schema: &mut Schema, branch: Value) {
    match branch {
        Value::Object(branch)
            if !branch.contains_key("$ref")
                && branch.keys().all(|key| !schema.contains_key(key)) =>
        {
            schema.extend(branch);
        }
        branch => all_of(schema, branch),
    }
}

/// Adds a schema that has to hold as well.
fn all_of(schema: &mut Schema, other: Value) {
    match schema.get_mut("allOf") {
        Some(Value::Array(all)) => all.insert(0, other),
        _ => drop(schema.insert("allOf".into(), json!([other]))),
    }
}

fn is_null_type(schema: &Value) -> bool {
    schema.get("type").is_some_and(|kind| kind == "null" || *kind == json!(["null"]))
}

/// `type: [T, 'null']` becomes `nullable`; several types become a union.
fn type_array(schema: &mut Schema, at: &Pointer) -> Result<()> {
    if let Some(Value::Array(types)) = schema.get("type") {
        let mut types = types.clone();
        let before = types.len();
        types.retain(|kind| kind != "null");
        if types.len() < before {
            schema.insert("nullable".into(), true.into());
        }
        match types.as_slice() {
            [only] => drop(schema.insert("type".into(), only.clone())),
            [] => drop(schema.insert("type".into(), "null".into())),
            _ if schema.contains_key("anyOf") => {
                return Err(refuse(&at.join("type"), "several types beside `anyOf`"));
            }
            _ => {
                schema.remove("type");
                let items = schema.remove("items").unwrap_or_else(|| json!({}));
                let branch = |kind: &Value| match kind.as_str() {
                    Some("array") => json!({"type": kind, "items": items}),
                    _ => json!({"type": kind}),
                };
                schema.insert("anyOf".into(), types.iter().map(branch).collect());
            }
        }
    }
    match schema.get("type") {
        Some(kind) if kind == "array" => {
            // 3.0 wants to know of what.
            schema.entry("items").or_insert_with(|| json!({}));
            Ok(())
        }
        Some(kind) if kind == "null" => {
            Err(refuse(&at.join("type"), "3.0 has no type that is only null"))
        }
        _ => Ok(()),
    }
}

/// In 3.0 nothing may stand beside `$ref`.
fn reference_siblings(schema: &mut Schema) {
    if schema.len() > 1
        && let Some(reference) = schema.remove("$ref")
    {
        all_of(schema, json!({"$ref": reference}));
    }
}
