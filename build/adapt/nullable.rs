//! Fields that may be null. In a request, they can be left out, cleared or set; the
//! generator makes one `Option` of all that, so that null could not be sent. In an
//! answer, one that is missing is as good as null.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::names::Names;
use super::reach::Reach;
use super::walk::{self, SCHEMAS, alias};

/// The schemas that stand for a value or null, each with its type in Rust.
pub type Nullables = BTreeMap<String, String>;

/// Names what can be null in the schemas that only requests have.
pub fn adapt(document: &mut Value, reach: &Reach, names: &mut Names) -> Nullables {
    let Reach { sent, received } = reach;
    let mut by_type: BTreeMap<String, String> = BTreeMap::new();
    let Some(schemas) = walk::named(document) else { return Nullables::new() };
    for (_, schema) in schemas.iter_mut().filter(|(name, _)| !sent.contains(*name)) {
        may_be_missing(schema);
    }
    for name in sent.difference(received) {
        let Some(schema) = schemas.get_mut(name) else { continue };
        let required = schema["required"].as_array().cloned().unwrap_or_default();
        let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
        for (key, property) in properties.into_iter().flatten() {
            let optional = !required.iter().any(|name| name == key);
            if optional && is_collection(property) {
                // Else an empty one would be left out.
                property["nullable"] = json!(true);
            }
            if !optional || property["nullable"] != true {
                continue;
            }
            let Some(inner) = rust_type(property) else { continue };
            let wanted = format!("nullable-{}", inner.rsplit("::").next().unwrap_or_default());
            let name = by_type.entry(inner).or_insert_with(|| names.free(&wanted));
            let description = property.get("description").cloned();
            *property = json!({"allOf": [{ "$ref": format!("{SCHEMAS}{name}") }]});
            if let Some(description) = description {
                property["description"] = description;
            }
        }
    }
    let nullables = by_type.into_iter().map(|(inner, name)| {
        schemas.insert(name.clone(), json!({}));
        (name, format!("crate::Nullable<{inner}>"))
    });
    nullables.collect()
}

/// Requires no field that may be null.
fn may_be_missing(schema: &mut Value) {
    let properties = schema["properties"].clone();
    if let Some(required) = schema.get_mut("required").and_then(Value::as_array_mut) {
        required
            .retain(|name| name.as_str().is_none_or(|name| properties[name]["nullable"] != true));
    }
}

/// Whether a schema is that of a list or a map.
fn is_collection(schema: &Value) -> bool {
    schema["type"] == "array" || (schema["type"] == "object" && schema.get("properties").is_none())
}

/// The Rust type of a value that is one.
fn rust_type(schema: &Value) -> Option<String> {
    if let Some(name) = alias(schema) {
        return Some(format!("crate::generated::types::{name}"));
    }
    let kind = schema["type"].as_str()?;
    let format = schema["format"].as_str().unwrap_or_default();
    let plain = match (kind, format) {
        ("boolean", _) => "bool",
        ("integer", "") => "i64",
        ("number", "") => "f64",
        ("string", "") => "::std::string::String",
        ("string", "password") => "crate::Secret",
        ("string", "data-url") => "crate::DataUrl",
        _ => return None,
    };
    Some(plain.to_owned())
}
