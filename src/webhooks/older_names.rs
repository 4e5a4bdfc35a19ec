//! Names of message events in earlier versions of the vendor's schema.
//!
//! No vendor document describes those versions, so they are not in `openapi.json`.

use serde_json::{Map, Value, json};

use crate::decode::surrogates;

/// A name, and the earlier name of the same value.
const NAMES: [(&str, &str); 4] = [
    ("id", "internalMessageId"),
    ("to", "destinationNumber"),
    ("createdAt", "sentAt"),
    ("error", "errorMessage"),
];

/// The body of an event with documented names. None if it already has them.
pub(super) fn replaced(event: &str, body: &[u8]) -> Option<Vec<u8>> {
    if !event.starts_with("message.") {
        return None;
    }
    let mut whole: Value = surrogates::from_slice(body).ok()?;
    let is_wrapped = whole.get("data").is_some_and(Value::is_object);
    let fields = if is_wrapped { &mut whole["data"] } else { &mut whole }.as_object_mut()?;
    let is_replaced = replace(fields);
    match is_wrapped {
        true if is_replaced => Some(whole.to_string().into_bytes()),
        // The fields are not in `data`.
        false if fields.contains_key("id") => {
            Some(json!({"event": event, "data": fields}).to_string().into_bytes())
        }
        _ => None,
    }
}

/// Renames fields to their documented names. Returns whether any was renamed. If both names
/// exist, the documented one takes precedence.
fn replace(fields: &mut Map<String, Value>) -> bool {
    let mut is_replaced = false;
    for (name, earlier) in NAMES {
        if !has(fields, name)
            && has(fields, earlier)
            && let Some(value) = fields.remove(earlier)
        {
            fields.insert(name.to_owned(), value);
            is_replaced = true;
        }
    }
    // If `replyContent` exists, it is the text of the reply and `content` is the quoted text.
    let is_new = has(fields, "content") && has(fields, "contentReplied");
    if !is_new
        && has(fields, "replyContent")
        && let Some(reply) = fields.remove("replyContent")
    {
        if let Some(quoted) = fields.insert("content".to_owned(), reply).filter(|it| !it.is_null())
        {
            fields.insert("contentReplied".to_owned(), quoted);
        }
        is_replaced = true;
    }
    is_replaced
}

fn has(fields: &Map<String, Value>, name: &str) -> bool {
    fields.get(name).is_some_and(|value| !value.is_null())
}
