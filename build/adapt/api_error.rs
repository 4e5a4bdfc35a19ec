//! What a server says of an error, as the hand-written layer reads it from any
//! answer: a document that describes no such schema gets one.

use serde_json::{Value, json};

/// Its name in the components.
pub const NAME: &str = "ApiError";

/// Whether a schema is what the layer reads.
pub fn is_read(schema: &Value) -> bool {
    let is_text = |property: &Value| property["type"] == "string" && property["nullable"] != true;
    let properties = schema["properties"].as_object();
    let rest = schema.get("additionalProperties");
    properties.is_some_and(|properties| {
        properties.keys().eq(["code", "error"]) && properties.values().all(is_text)
    }) && schema.get("required").is_none()
        && rest.is_some_and(|rest| *rest == json!({}) || *rest == json!(true))
}

/// What the layer reads.
pub fn schema() -> Value {
    json!({
        "type": "object",
        "description": "What the server says of a call that failed.",
        "properties": {
            "code": {"type": "string", "description": "The reason, for programs."},
            "error": {"type": "string", "description": "The reason, in words for people."},
        },
        "additionalProperties": {},
    })
}
