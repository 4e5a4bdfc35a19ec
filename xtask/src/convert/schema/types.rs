//! `type`, which is one or several in 3.1 and one that is not null in 3.0.

use anyhow::Result;
use serde_json::{Map, Value, json};

use super::{Schema, all_of};
use crate::convert::{Context, refuse};
use crate::pointer::Pointer;

/// The types that tell all values apart, null left out, each with the keywords
/// that speak of it.
const TYPES: &[(&str, &[&str])] = &[
    ("boolean", &[]),
    ("integer", NUMERIC),
    ("number", NUMERIC),
    ("string", &["minLength", "maxLength", "pattern"]),
    ("array", &["items", "minItems", "maxItems", "uniqueItems"]),
    (
        "object",
        &["properties", "required", "additionalProperties", "minProperties", "maxProperties"],
    ),
];
const NUMERIC: &[&str] =
    &["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"];

/// The types that a schema states or implies.
pub(super) struct Types {
    /// Without null. Empty if the schema names no type.
    names: Vec<&'static str>,
    null: bool,
}

impl Types {
    pub(super) fn is_integer(&self) -> bool {
        self.names == ["integer"]
    }

    pub(super) fn allow(&self, value: &Value) -> bool {
        if self.names.is_empty() && !self.null {
            return true;
        }
        match kind_of(value) {
            None => self.null,
            Some("integer") => self.names.contains(&"integer") || self.names.contains(&"number"),
            Some(kind) => self.names.contains(&kind),
        }
    }
}

/// The type of a value; null has none here.
fn kind_of(value: &Value) -> Option<&'static str> {
    Some(match value {
        Value::Null => return None,
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => {
            if number.as_f64().is_some_and(|float| float.fract() == 0.0) {
                "integer"
            } else {
                "number"
            }
        }
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    })
}

/// Takes the types out of a schema: those that it states, else those of the
/// values that it lists.
pub(super) fn take(schema: &mut Schema, at: &Pointer) -> Result<Types> {
    let mut types = Types { names: Vec::new(), null: false };
    let stated = match schema.remove("type") {
        None => return Ok(implied(schema)),
        Some(Value::Array(stated)) => stated,
        Some(stated) => vec![stated],
    };
    for kind in &stated {
        match TYPES.iter().find(|(name, _)| kind == name) {
            Some((name, _)) if !types.names.contains(name) => types.names.push(name),
            Some(_) => {}
            None if kind == "null" => types.null = true,
            None => return Err(refuse(&at.join("type"), &format!("there is no type {kind}"))),
        }
    }
    types.null |= schema.get("nullable") == Some(&Value::Bool(true));
    Ok(narrowed(types))
}

/// Of values that are objects or arrays no type says more than they do.
fn implied(schema: &Schema) -> Types {
    let mut types = Types { names: Vec::new(), null: false };
    let values = schema.get("enum").and_then(Value::as_array);
    for value in values.into_iter().flatten() {
        match kind_of(value) {
            None => types.null = true,
            Some("array" | "object") => return Types { names: Vec::new(), null: false },
            Some(kind) if !types.names.contains(&kind) => types.names.push(kind),
            Some(_) => {}
        }
    }
    narrowed(types)
}

/// Every integer is a number.
fn narrowed(mut types: Types) -> Types {
    if types.names.contains(&"number") {
        types.names.retain(|name| *name != "integer");
    }
    types
}

/// Writes the types as 3.0 does: one as `type`, several as a union, null as
/// `nullable`.
pub(super) fn put(schema: &mut Schema, types: Types, at: &Pointer, context: &mut Context) {
    let Types { names, null } = types;
    match names.as_slice() {
        [] if null => {
            // Without a type, 3.0 takes null as any other value.
            schema.remove("nullable");
            schema.insert("enum".into(), json!([null]));
            return;
        }
        [] => return,
        [only] => {
            schema.insert("type".into(), (*only).into());
            if *only == "array" {
                // 3.0 wants to know of what.
                schema.entry("items").or_insert_with(|| json!({}));
            }
        }
        several if is_everything(several) => {
            if !null {
                // Null is valid too without a type.
                context.drop(at, "type");
            }
            return;
        }
        several => union(schema, several, at, context),
    }
    if null {
        schema.insert("nullable".into(), true.into());
    }
}

fn is_everything(names: &[&str]) -> bool {
    TYPES.iter().all(|(name, _)| *name == "integer" || names.contains(name))
}

/// One branch for each type, with the keywords that speak of it. No value is of
/// two types, so that `oneOf` says the same as `anyOf`, and code is made of it.
fn union(schema: &mut Schema, names: &[&'static str], at: &Pointer, context: &mut Context) {
    let values = schema.remove("enum");
    let format = schema.remove("format");
    let mut details = take_details(schema);
    let mut branches = Vec::with_capacity(names.len());
    for name in names {
        let mut branch = Map::new();
        branch.insert("type".into(), (*name).into());
        if let Some(Value::Array(values)) = &values {
            let own = |value: &&Value| {
                kind_of(value)
                    .is_some_and(|kind| kind == *name || (kind == "integer" && *name == "number"))
            };
            let own: Vec<Value> = values.iter().filter(own).cloned().collect();
            if own.is_empty() {
                continue;
            }
            branch.insert("enum".into(), own.into());
        }
        let keywords = TYPES.iter().find(|(kind, _)| kind == name).map_or(&[][..], |it| it.1);
        for keyword in keywords {
            if let Some(value) = details.remove(*keyword) {
                branch.insert((*keyword).into(), value);
            }
        }
        if let Some(format) = &format
            && is_format_of(format, name)
        {
            branch.insert("format".into(), format.clone());
        }
        if *name == "array" {
            branch.entry("items").or_insert_with(|| json!({}));
        }
        branches.push(Value::Object(branch));
    }
    // What speaks of none of the types says nothing.
    details.keys().for_each(|keyword| context.drop(at, keyword));
    if branches.len() == 1 {
        if let Some(Value::Object(only)) = branches.pop() {
            schema.extend(only);
        }
        return;
    }
    if let Some(other) = schema.remove("oneOf") {
        all_of(schema, json!({"oneOf": other}));
    }
    schema.insert("oneOf".into(), branches.into());
}

fn take_details(schema: &mut Schema) -> Schema {
    let mut details = Map::new();
    for keyword in TYPES.iter().flat_map(|(_, keywords)| *keywords) {
        if let Some(value) = schema.remove(*keyword) {
            details.insert((*keyword).into(), value);
        }
    }
    details
}

/// The formats of numbers are few; any other is one of strings.
fn is_format_of(format: &Value, kind: &str) -> bool {
    let numeric = format.as_str().is_some_and(|format| {
        format.starts_with("int")
            || format.starts_with("uint")
            || matches!(format, "float" | "double" | "decimal")
    });
    match kind {
        "integer" | "number" => numeric,
        "string" => !numeric,
        _ => false,
    }
}
