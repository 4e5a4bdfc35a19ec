//! Builds and signs deliveries to a webhook as the service does.
//!
//! ```
//! use pilot_status::mock::{delivery, sign_delivery};
//! use pilot_status::webhooks::{Event, Verifier};
//! use serde_json::json;
//!
//! let body = delivery::event("message.received", &json!({"id": "msg_1", "content": "Oi"}));
//! let event = Verifier::new("secret").verify(sign_delivery("secret", &body), &body)?;
//! let Event::MessageReceived(event) = event else { panic!("{event:?}") };
//! assert_eq!(event.data.content.as_deref(), Some("Oi"));
//!
//! let body = delivery::meta_message(&json!({"id": "wamid.HBg", "from": "5511988887777",
//!     "type": "image", "image": {"id": "1003383421387256"}}));
//! let Event::Meta(envelope) = Event::from_unverified(body) else { panic!() };
//! assert_eq!(envelope.media().count(), 1);
//! # Ok::<(), pilot_status::webhooks::VerifyError>(())
//! ```

use hmac_sha256::HMAC;
use serde_json::{Value, json};

use super::document::{ROOT, resolve};

/// Meta's id of the number in [`meta`], unless `value` contains another.
pub const PHONE_NUMBER_ID: &str = "106540352242922";

/// Builds the body of an event. Puts `fields` into `data` or next to the name of the event, as
/// documented for the event. If `fields` include `data`, puts them next to the name.
pub fn event(name: &str, fields: &Value) -> String {
    let is_wrapped = !fields["data"].is_object() && has_data(name);
    let mut body = if is_wrapped { json!({ "data": fields }) } else { fields.clone() };
    if let Some(body) = body.as_object_mut() {
        body.insert("event".to_owned(), json!(name));
    }
    body.to_string()
}

/// Whether the fields of an event are in `data`. True for undocumented events.
fn has_data(name: &str) -> bool {
    let events = &ROOT["components"]["schemas"]["WebhookEvent"]["discriminator"]["mapping"];
    let reference = json!({ "$ref": events[name] });
    let schema = resolve(&reference);
    schema.get("properties").is_none_or(|properties| properties.get("data").is_some())
}

/// Builds the body of a Meta envelope with one change of a field, such as `messages`. Adds the
/// `metadata` of a number to `value` if it has none.
pub fn meta(field: &str, value: &Value) -> String {
    let mut value = value.clone();
    if let Some(value) = value.as_object_mut() {
        value.entry("messaging_product").or_insert_with(|| json!("whatsapp"));
        value.entry("metadata").or_insert_with(
            || json!({"display_phone_number": "5511999999999", "phone_number_id": PHONE_NUMBER_ID}),
        );
    }
    json!({
        "object": "whatsapp_business_account",
        "entry": [{"id": "102290129340398", "changes": [{"field": field, "value": value}]}],
    })
    .to_string()
}

/// Builds the body of a Meta envelope with a received message.
pub fn meta_message(message: &Value) -> String {
    meta("messages", &json!({ "messages": [message] }))
}

/// Builds the body of a Meta envelope with the status of a sent message.
pub fn meta_status(status: &Value) -> String {
    meta("messages", &json!({ "statuses": [status] }))
}

/// Signs the body of a delivery with the secret of a webhook. Returns the value of the header
/// [`SIGNATURE_HEADER`](crate::webhooks::SIGNATURE_HEADER).
///
/// ```
/// use pilot_status::mock::sign_delivery;
/// use pilot_status::webhooks::Verifier;
///
/// let body = r#"{"event": "message.edited"}"#;
/// let event = Verifier::new("secret").verify(sign_delivery("secret", body), body)?;
/// assert_eq!(event.name(), "message.edited");
/// # Ok::<(), pilot_status::webhooks::VerifyError>(())
/// ```
pub fn sign_delivery(secret: &str, body: impl AsRef<[u8]>) -> String {
    hex::encode(HMAC::mac(body, secret.trim()))
}
