//! Fields that may be null. In a request, one can be left out, cleared or set: it is an
//! `Option<Nullable<T>>`. In a response, null is as good as absent: it is an `Option<T>`.

use serde_json::{Value, json};

use super::reach::Reach;
use super::schema::{entries_mut, texts};

/// Says of every field whether it is required and whether it is nullable, as the generator
/// has to read it: what stays nullable and optional of a scalar is a `Nullable`.
pub fn settle(document: &mut Value, reach: &Reach) {
    for (name, schema) in entries_mut(&mut document["components"], "schemas") {
        let mut required: Vec<String> = texts(schema, "required").map(str::to_owned).collect();
        for (field, property) in entries_mut(schema, "properties") {
            if property["nullable"] == true && !reach.sent.contains(name) {
                required.retain(|other| other != field);
            }
            let is_required = required.contains(field);
            let may_be_cleared = !is_required && reach.is_only_sent(name);
            let is_map = property["type"] == "object" && property.get("properties").is_none();
            if may_be_cleared && (is_map || property["type"] == "array") {
                // Of a plain list, an empty one would be left out.
                property["nullable"] = json!(true);
            }
            if !may_be_cleared && is_scalar(property) {
                settle_scalar(property, is_required);
            }
        }
        if schema.get("required").is_some() {
            schema["required"] = json!(required);
        }
    }
}

/// Makes a field an `Option` where it may be null. What is not required is one anyway.
fn settle_scalar(property: &mut Value, is_required: bool) {
    let nullable = property.as_object_mut().and_then(|property| property.remove("nullable"));
    if is_required && nullable == Some(json!(true)) {
        let description = property["description"].clone();
        *property = json!({"allOf": [property], "nullable": true, "description": description});
    }
}

/// Whether a schema is one of text, a number or a boolean.
pub fn is_scalar(schema: &Value) -> bool {
    matches!(schema["type"].as_str(), Some("string" | "boolean" | "integer" | "number"))
}
