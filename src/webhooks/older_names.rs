//! Names of message events in earlier versions of the vendor's schema.
//!
//! The vendor no longer describes those versions, so they are not in `openapi.json`.

use serde_json::{Map, Value, json};

use crate::decode::surrogates;

/// A name, and the earlier names of the same value. The first that exists counts.
const NAMES: [(&str, &[&str]); 6] = [
    ("from", &["fromNumber"]),
    ("to", &["destinationNumber"]),
    ("participantName", &["fromName"]),
    // Events also had the times of earlier events of the message.
    ("createdAt", &["failedAt", "readAt", "deliveredAt", "sentAt", "receivedAt", "happenedAt"]),
    ("error", &["errorMessage"]),
    ("content", &["replyContent"]),
];

/// The body of an event with documented names. None if it already has them.
pub(super) fn replaced(event: &str, body: &[u8]) -> Option<Vec<u8>> {
    let ids: &[&str] = match event.strip_prefix("message.")? {
        "sent" | "delivered" | "read" | "failed" => &["internalMessageId"],
        // Received messages had only the provider's id.
        _ => &["internalMessageId", "messageId"],
    };
    let mut whole: Value = surrogates::from_slice(body).ok()?;
    if let Some(fields) = whole.get_mut("data").and_then(Value::as_object_mut) {
        return replace(fields, ids).then(|| whole.to_string().into_bytes());
    }
    // The fields are not in `data`.
    let fields = whole.as_object_mut()?;
    replace(fields, ids);
    fields.get("id")?;
    Some(json!({"event": event, "data": fields}).to_string().into_bytes())
}

/// Adds the fields under their documented names. Returns whether any was added. If both names
/// exist, the documented one takes precedence.
fn replace(fields: &mut Map<String, Value>, ids: &[&str]) -> bool {
    // If `replyContent` exists, it is the text of the reply and `content` is the quoted text.
    if has(fields, "replyContent") && !has(fields, "contentReplied") {
        let quoted = fields.remove("content").unwrap_or_default();
        fields.insert("contentReplied".to_owned(), quoted);
    }
    let mut is_replaced = false;
    for (name, earlier) in [("id", ids)].into_iter().chain(NAMES) {
        let earlier = earlier.iter().find(|earlier| has(fields, earlier));
        if let Some(earlier) = earlier.filter(|_| !has(fields, name)) {
            fields.insert(name.to_owned(), fields[*earlier].clone());
            is_replaced = true;
        }
    }
    is_replaced
}

fn has(fields: &Map<String, Value>, name: &str) -> bool {
    fields.get(name).is_some_and(|value| !value.is_null())
}
