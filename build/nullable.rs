//! Settles the types of nullable fields. In a request, such a field can be omitted, cleared or
//! set: it is an `Option<Nullable<T>>`. In a response, null means absent: it is an `Option<T>`.

use serde_json::{Value, json};

use super::reach::Reach;
use super::schema::{entries_mut, texts};

/// Rewrites which fields are required and nullable for the generator: a scalar that stays both
/// nullable and optional becomes a `Nullable`.
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
                // An empty plain list would be omitted.
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

/// Makes a nullable field an `Option`. A field that is not required is one already.
fn settle_scalar(property: &mut Value, is_required: bool) {
    let nullable = property.as_object_mut().and_then(|property| property.remove("nullable"));
    if is_required && nullable == Some(json!(true)) {
        let description = property["description"].clone();
        *property = json!({"allOf": [property], "nullable": true, "description": description});
    }
}

/// Whether a schema is a string, a number or a boolean.
pub fn is_scalar(schema: &Value) -> bool {
    matches!(schema["type"].as_str(), Some("string" | "boolean" | "integer" | "number"))
}
