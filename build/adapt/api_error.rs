//! What a server says of an error, as the hand-written layer reads it from any
//! answer: a document that describes no such schemas gets them.

use serde_json::{Value, json};

use super::walk::{Object, alias};

/// The names that the layer knows.
pub const NAMES: [&str; 2] = ["ApiError", "ErrorCode"];

/// Whether the schemas are what the layer reads.
pub fn is_read(schemas: &Object) -> bool {
    let [error, code] = NAMES.map(|name| schemas.get(name).unwrap_or(&Value::Null));
    let rest = error.get("additionalProperties");
    error["properties"].as_object().is_some_and(|properties| {
        properties.keys().eq(["code", "error"])
            && alias(&properties["code"]) == Some(NAMES[1])
            && properties["error"]["type"] == "string"
            && properties.values().all(|property| property["nullable"] != true)
    }) && error.get("required").is_none()
        && rest.is_some_and(|rest| *rest == json!({}) || *rest == json!(true))
        && code["type"] == "string"
        && code["enum"].as_array().is_some_and(|codes| codes.iter().all(Value::is_string))
}

/// What the layer reads.
pub fn schemas() -> [Value; 2] {
    let code = "#/components/schemas/ErrorCode";
    [
        json!({
            "type": "object",
            "description": "What the server says of a call that failed.",
            "properties": {
                "code": {"$ref": code},
                "error": {"type": "string", "description": "The reason, in words for people."},
            },
            "additionalProperties": {},
        }),
        json!({
            "type": "string",
            "description": "The reason, for programs.",
            "enum": ["NOT_FOUND"],
        }),
    ]
}
