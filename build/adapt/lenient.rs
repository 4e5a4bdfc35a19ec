//! Leaves of a schema what its Rust type is made of. Bounds, patterns and the like
//! would become types that refuse what a newer server sends; to hold requests
//! against them is the server's part.

use serde_json::{Value, json};

use super::super::facts::ADVICE;
use super::super::open_enums::{MEANINGS, NAMES};
use super::super::timestamps;
use super::walk::{self, Object};

/// All that the generator is to read of a schema.
const KEPT: [&str; 18] = [
    "title",
    "type",
    "format",
    "description",
    "nullable",
    "enum",
    "properties",
    "required",
    "items",
    "additionalProperties",
    "allOf",
    "oneOf",
    "anyOf",
    "discriminator",
    "deprecated",
    MEANINGS,
    NAMES,
    ADVICE,
];

/// Loosens the schemas of a document.
pub fn adapt(document: &mut Value) {
    walk::schemas(document, &mut |schema| {
        let Some(entries) = schema.as_object_mut() else { return };
        if let Some(reference) = entries.get("$ref") {
            *schema = json!({ "$ref": reference });
            return;
        }
        let title = entries.get("title").cloned().filter(Value::is_string);
        if let (false, Some(title)) = (entries.contains_key("description"), title) {
            entries.insert("description".to_owned(), title);
        }
        entries.retain(|key, _| KEPT.contains(&key.as_str()));
        loosen(entries);
    });
}

fn loosen(schema: &mut Object) {
    loosen_enum(schema);
    infer_type(schema);
    let format = schema.get("format").and_then(Value::as_str).unwrap_or_default();
    let known = match schema.get("type").and_then(Value::as_str) {
        Some("string") => {
            let formats = ["date", "date-time", "password", "binary", "data-url"];
            format == timestamps::FORMAT || formats.contains(&format)
        }
        Some("integer") => format == "uint64",
        _ => false,
    };
    if !known {
        schema.remove("format");
    }
    match schema.get("type").and_then(Value::as_str) {
        Some("array") => {
            schema.entry("items").or_insert_with(|| json!({}));
        }
        Some("object") => loosen_object(schema),
        _ => {}
    }
    loosen_alternatives(schema);
    take_lone_part(schema);
}

/// Only text can be an enum; of other types the values are left to the server.
fn loosen_enum(schema: &mut Object) {
    let Some(Value::Array(values)) = schema.remove("enum") else { return };
    if values.contains(&Value::Null) {
        schema.insert("nullable".to_owned(), json!(true));
    }
    let mut texts: Vec<Value> = Vec::new();
    for value in values.iter().filter(|value| value.is_string()) {
        if !texts.contains(value) {
            texts.push(value.clone());
        }
    }
    let kind = schema.get("type").and_then(Value::as_str);
    let is_text = kind.is_none_or(|kind| kind == "string")
        && values.iter().all(|value| value.is_string() || value.is_null());
    if is_text && !texts.is_empty() {
        schema.insert("type".to_owned(), json!("string"));
        schema.remove("format");
        schema.insert("enum".to_owned(), Value::Array(texts));
    }
}

/// What a schema without a type means.
fn infer_type(schema: &mut Object) {
    let joined = ["allOf", "oneOf", "anyOf"].iter().any(|key| schema.contains_key(*key));
    if schema.contains_key("type") || joined {
        return;
    }
    let has = |key| schema.contains_key(key);
    if has("properties") || has("additionalProperties") {
        schema.insert("type".to_owned(), json!("object"));
    } else if has("items") {
        schema.insert("type".to_owned(), json!("array"));
    }
}

/// Unknown fields are ignored, or of any type.
fn loosen_object(schema: &mut Object) {
    let has_properties =
        schema.get("properties").and_then(Value::as_object).is_some_and(|some| !some.is_empty());
    match schema.get("additionalProperties") {
        Some(Value::Bool(false)) => {
            schema.remove("additionalProperties");
        }
        Some(_) if has_properties => {
            schema.insert("additionalProperties".to_owned(), json!({}));
        }
        _ => {}
    }
}

/// Alternatives that say the same are one. Those that only say what is required of
/// the properties beside them are none.
fn loosen_alternatives(schema: &mut Object) {
    let complete = schema.contains_key("properties") || schema.contains_key("allOf");
    for key in ["oneOf", "anyOf"] {
        let Some(Value::Array(members)) = schema.remove(key) else { continue };
        let mut kept: Vec<Value> = Vec::new();
        let mut nullable = false;
        for member in members {
            nullable |= member["nullable"] == true;
            let is_null = member["nullable"] == true && !says_something(&member);
            let is_rule = complete && !says_something(&member);
            if !is_null && !is_rule && !kept.contains(&member) {
                kept.push(member);
            }
        }
        if nullable {
            schema.insert("nullable".to_owned(), json!(true));
        }
        // A lone alternative is a part.
        match kept.len() {
            0 => {}
            1 => {
                let parts = schema.entry("allOf").or_insert_with(|| json!([]));
                parts.as_array_mut().into_iter().for_each(|parts| parts.append(&mut kept));
            }
            _ => {
                schema.insert(key.to_owned(), Value::Array(kept));
            }
        }
    }
    if let Some(parts) = schema.get_mut("allOf").and_then(Value::as_array_mut) {
        let required: Vec<Value> = parts
            .iter()
            .filter(|part| !says_something(part))
            .flat_map(|part| part["required"].as_array().cloned().unwrap_or_default())
            .collect();
        parts.retain(says_something);
        if parts.is_empty() {
            schema.remove("allOf");
        }
        if !required.is_empty() {
            let known = schema.entry("required").or_insert_with(|| json!([]));
            known.as_array_mut().into_iter().for_each(|known| known.extend(required.clone()));
        }
    }
}

/// A lone part with no name is the whole, so that it has the name of the whole.
fn take_lone_part(schema: &mut Object) {
    let Some([Value::Object(part)]) =
        schema.get("allOf").and_then(Value::as_array).map(Vec::as_slice)
    else {
        return;
    };
    let fits = |(key, value): (&String, &Value)| {
        let is_said = schema.get(key).is_none_or(|own| own == value);
        let is_open = matches!(key.as_str(), "allOf" | "description" | "nullable");
        key != "$ref" && (is_said || is_open)
    };
    if !part.iter().all(fits) {
        return;
    }
    let nullable = [&*schema, part].iter().any(|of| of.get("nullable") == Some(&json!(true)));
    let part = part.clone();
    schema.remove("allOf");
    for (key, value) in part {
        schema.entry(key).or_insert(value);
    }
    if nullable {
        schema.insert("nullable".to_owned(), json!(true));
    }
}

/// Whether a schema says what its values are made of.
fn says_something(schema: &Value) -> bool {
    let keys = ["$ref", "properties", "items", "additionalProperties", "allOf", "oneOf", "anyOf"];
    keys.iter().any(|key| schema.get(key).is_some())
        || schema["type"].as_str().is_some_and(|kind| kind != "object")
}
