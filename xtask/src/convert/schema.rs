//! Schemas: JSON Schema 2020-12 in 3.1, a dialect of its own in 3.0. One
//! function for each construct.

mod arrays;
mod bytes;
mod keywords;
mod numbers;
mod objects;
mod types;
mod unions;
mod values;

use anyhow::Result;
use serde_json::{Map, Value, json};

pub(super) use self::bytes::is_binary;
use super::document::for_each;
use super::grammar::Kind;
use super::{Context, refuse};
use crate::pointer::Pointer;

type Schema = Map<String, Value>;

pub(super) fn convert(value: &mut Value, at: &Pointer, context: &mut Context) -> Result<()> {
    boolean_schema(value);
    let schema = value.as_object_mut().ok_or_else(|| refuse(at, "a schema was expected"))?;
    keywords::check(schema, at)?;
    objects::unevaluated(schema);
    arrays::unevaluated(schema);
    dialect(schema, "$schema", at, context)?;
    keywords::drop_unsayable(schema, at, context);
    children(schema, at, context)?;
    numbers::exclusive_bounds(schema);
    numbers::counts(schema, at)?;
    bytes::content(schema, at, context);
    arrays::prefix_items(schema, at, context);
    arrays::no_items(schema);
    objects::pattern_properties(schema, at, context);
    objects::required(schema);
    values::constant(schema, at)?;
    values::examples(schema, at, context);
    unions::convert(schema, at)?;
    let types = types::take(schema, at)?;
    values::fit(schema, &types, at, context)?;
    types::put(schema, types, at, context);
    read_or_write(schema, at, context);
    reference_siblings(schema);
    Ok(())
}

/// Converts the schemas inside, so that what holds them sees only 3.0.
fn children(schema: &mut Schema, at: &Pointer, context: &mut Context) -> Result<()> {
    for (key, value) in schema {
        let Some(child) = Kind::Schema.child(key) else { continue };
        // The one place of a schema where 3.0 knows `true` and `false` too.
        if key == "additionalProperties" && value.is_boolean() {
            continue;
        }
        for_each(child, value, &at.join(key), &mut |_, value, at| convert(value, at, context))?;
    }
    Ok(())
}

/// `true` allows everything, `false` nothing.
fn boolean_schema(value: &mut Value) {
    match value {
        Value::Bool(true) => *value = json!({}),
        Value::Bool(false) => *value = json!({"not": {}}),
        _ => {}
    }
}

/// What `false` was converted to.
fn is_never(schema: &Value) -> bool {
    *schema == json!({"not": {}})
}

/// Drops the name of a dialect that schemas are written in. Those of JSON
/// Schema and OpenAPI are near enough: what differs is an error of its own.
pub(super) fn dialect(
    object: &mut Schema,
    key: &str,
    at: &Pointer,
    context: &mut Context,
) -> Result<()> {
    const KNOWN: &[&str] =
        &["https://json-schema.org/", "http://json-schema.org/", "https://spec.openapis.org/oas/"];
    let Some(dialect) = object.remove(key) else { return Ok(()) };
    if !dialect.as_str().is_some_and(|dialect| KNOWN.iter().any(|known| dialect.starts_with(known)))
    {
        return Err(refuse(&at.join(key), "only dialects of JSON Schema and OpenAPI are read"));
    }
    context.drop(at, key);
    Ok(())
}

/// In 3.0 a property is not both: whoever reads it would find it nowhere.
fn read_or_write(schema: &mut Schema, at: &Pointer, context: &mut Context) {
    let both = ["readOnly", "writeOnly"];
    if both.iter().all(|key| schema.get(*key) == Some(&Value::Bool(true))) {
        for key in both {
            schema.remove(key);
            context.drop(at, key);
        }
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

/// Adds a schema that has to hold as well.
fn all_of(schema: &mut Schema, other: Value) {
    match schema.get_mut("allOf") {
        Some(Value::Array(all)) => all.insert(0, other),
        _ => drop(schema.insert("allOf".into(), json!([other]))),
    }
}
