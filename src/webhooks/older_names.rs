//! Names of message events in earlier versions of the vendor's schema.
//!
//! No vendor document describes those versions, so they are not in `openapi.json`.

use serde_json::{Map, Value, json};

use crate::decode::surrogates;

/// A name, and the earlier name of the same value.
const NAMES: [(&str, &str); 5] = [
    ("id", "internalMessageId"),
    ("to", "destinationNumber"),
    ("createdAt", "sentAt"),
    ("error", "errorMessage"),
    ("content", "replyContent"),
];

/// The body of an event with documented names. None if it already has them.
pub(super) fn replaced(event: &str, body: &[u8]) -> Option<Vec<u8>> {
    if !event.starts_with("message.") {
        return None;
    }
    let mut whole: Value = surrogates::from_slice(body).ok()?;
    if let Some(fields) = whole.get_mut("data").and_then(Value::as_object_mut) {
        return replace(fields).then(|| whole.to_string().into_bytes());
    }
    // The fields are not in `data`.
    let fields = whole.as_object_mut()?;
    replace(fields);
    fields.get("id")?;
    Some(json!({"event": event, "data": fields}).to_string().into_bytes())
}

/// Renames fields to their documented names. Returns whether any was renamed. If both names
/// exist, the documented one takes precedence.
fn replace(fields: &mut Map<String, Value>) -> bool {
    // If `replyContent` exists, it is the text of the reply and `content` is the quoted text.
    let quoted = has(fields, "replyContent").then_some(("contentReplied", "content"));
    let mut is_replaced = false;
    for (name, earlier) in quoted.into_iter().chain(NAMES) {
        if !has(fields, name) && has(fields, earlier) {
            let value = fields.remove(earlier).unwrap_or_default();
            fields.insert(name.to_owned(), value);
            is_replaced = true;
        }
    }
    is_replaced
}

fn has(fields: &Map<String, Value>, name: &str) -> bool {
    fields.get(name).is_some_and(|value| !value.is_null())
}
