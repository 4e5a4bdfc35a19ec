//! The keywords of a schema: what each must look like, and which of them 3.0
//! has no word for.

use anyhow::Result;
use serde_json::Value;

use super::Schema;
use crate::convert::{Context, refuse};
use crate::pointer::Pointer;

/// What stands under a keyword.
#[derive(Clone, Copy)]
enum Shape {
    Text,
    Flag,
    Number,
    /// A number, or the flag that it was in 3.0.
    Bound,
    /// An array with something in it.
    Some,
    Names,
    Object,
    Type,
    Any,
}

/// Keywords that are in 3.0 or become something that is. Those that hold
/// schemas are checked where they are converted.
const SAYABLE: &[(&str, Shape)] = &[
    ("$ref", Shape::Text),
    ("title", Shape::Text),
    ("description", Shape::Text),
    ("format", Shape::Text),
    ("pattern", Shape::Text),
    ("contentEncoding", Shape::Text),
    ("contentMediaType", Shape::Text),
    ("uniqueItems", Shape::Flag),
    ("readOnly", Shape::Flag),
    ("writeOnly", Shape::Flag),
    ("deprecated", Shape::Flag),
    // In 3.1 it means nothing, but who writes it means what 3.0 does.
    ("nullable", Shape::Flag),
    ("minimum", Shape::Number),
    ("maximum", Shape::Number),
    ("multipleOf", Shape::Number),
    ("minLength", Shape::Number),
    ("maxLength", Shape::Number),
    ("minItems", Shape::Number),
    ("maxItems", Shape::Number),
    ("minProperties", Shape::Number),
    ("maxProperties", Shape::Number),
    ("exclusiveMinimum", Shape::Bound),
    ("exclusiveMaximum", Shape::Bound),
    ("enum", Shape::Some),
    ("allOf", Shape::Some),
    ("anyOf", Shape::Some),
    ("oneOf", Shape::Some),
    ("prefixItems", Shape::Some),
    ("required", Shape::Names),
    ("discriminator", Shape::Object),
    ("xml", Shape::Object),
    ("externalDocs", Shape::Object),
    ("type", Shape::Type),
    ("const", Shape::Any),
    ("default", Shape::Any),
    ("example", Shape::Any),
    ("examples", Shape::Any),
    ("items", Shape::Any),
    ("not", Shape::Any),
    ("properties", Shape::Any),
    ("patternProperties", Shape::Any),
    ("additionalProperties", Shape::Any),
];

/// Keywords that named schemas, and the definitions that were moved: what
/// they were for is done.
const NAMES: &[&str] = &["$id", "$anchor", "$dynamicAnchor"];
const DEFINITIONS: &[&str] = &["$defs", "definitions"];

/// Refuses what 3.1 does not allow under a keyword either.
pub(super) fn check(schema: &Schema, at: &Pointer) -> Result<()> {
    for (key, value) in schema {
        if let Some((_, shape)) = SAYABLE.iter().find(|(keyword, _)| keyword == key)
            && let Some(expected) = mismatch(*shape, value)
        {
            return Err(refuse(&at.join(key), &format!("{expected} was expected")));
        }
    }
    Ok(())
}

/// What was expected, if the value is something else.
fn mismatch(shape: Shape, value: &Value) -> Option<&'static str> {
    let strings = |values: &Vec<Value>| values.iter().all(Value::is_string);
    let (fits, expected) = match shape {
        Shape::Text => (value.is_string(), "a string"),
        Shape::Flag => (value.is_boolean(), "true or false"),
        Shape::Number => (value.is_number(), "a number"),
        Shape::Bound => (value.is_number() || value.is_boolean(), "a number"),
        Shape::Some => {
            (value.as_array().is_some_and(|values| !values.is_empty()), "an array with elements")
        }
        Shape::Names => (value.as_array().is_some_and(strings), "an array of strings"),
        Shape::Object => (value.is_object(), "an object"),
        Shape::Type => {
            let list = |values: &Vec<Value>| !values.is_empty() && strings(values);
            (value.is_string() || value.as_array().is_some_and(list), "a type or several")
        }
        Shape::Any => (true, ""),
    };
    (!fits).then_some(expected)
}

/// Drops and lists what 3.0 has no word for. All keywords of JSON Schema that
/// are not converted narrow what is valid. Those that it does not know are
/// notes, by its own rule (2020-12, core, 6.5).
pub(super) fn drop_unsayable(schema: &mut Schema, at: &Pointer, context: &mut Context) {
    schema.retain(|key, value| {
        let sayable = key.starts_with("x-") || SAYABLE.iter().any(|(keyword, _)| keyword == key);
        if DEFINITIONS.contains(&key.as_str()) {
            drop_definitions(value, &at.join(key), context);
        } else if !sayable && !NAMES.contains(&key.as_str()) {
            context.drop(at, key);
        }
        sayable
    });
}

/// A definition that was referred to has become a component by now, and left a
/// reference. Nothing means the others.
fn drop_definitions(definitions: &Value, at: &Pointer, context: &mut Context) {
    for (name, definition) in definitions.as_object().into_iter().flatten() {
        if definition.get("$ref").is_none() {
            context.drop(at, name);
        }
    }
}
