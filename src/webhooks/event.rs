//! Decodes the bodies of deliveries.

use std::fmt;
use std::ops::Deref;

use bytes::Bytes;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use super::{Event, meta, older_names};
use crate::decode::decode;
use crate::decode::surrogates;
use crate::model::open_enum;

/// A typed event and the body of its delivery.
///
/// It dereferences to the event: `event.data.content`. [`json`](Self::json) also contains the
/// fields that the models lack.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Received<T> {
    /// The event.
    pub typed: Box<T>,
    /// The body as received.
    pub raw: Bytes,
}

impl<T> Received<T> {
    /// The body as JSON. Null if it is nested deeper than 127 levels.
    ///
    /// ```
    /// use pilot_status::webhooks::Event;
    ///
    /// let body = r#"{"event": "message.received", "data": {"id": "msg_1", "mood": "good"}}"#;
    /// let Event::MessageReceived(event) = Event::from_unverified(body) else { panic!() };
    /// assert_eq!(event.json()["data"]["mood"], "good");
    /// ```
    pub fn json(&self) -> Value {
        json(&self.raw)
    }
}

impl<T> Deref for Received<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.typed
    }
}

impl<T: fmt::Debug> fmt::Debug for Received<T> {
    /// Prints the event, but not the body.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Received")
            .field("typed", &self.typed)
            .field("bytes", &self.raw.len())
            .finish_non_exhaustive()
    }
}

/// An event that this version does not know, or that does not match the document.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct UnknownEvent {
    /// The name, such as `message.edited`. Empty if the body has no name, as in a test ping.
    pub name: String,
    /// The field `data`, or the whole body if it has no such field. Null if the body is not JSON
    /// or is nested deeper than 127 levels.
    pub data: Value,
    /// The body as received.
    pub raw: Bytes,
    /// Why an event with a known name could not be decoded, or why the body is not JSON.
    pub problem: Option<String>,
}

impl fmt::Debug for UnknownEvent {
    /// Omits the content, which may be confidential.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnknownEvent")
            .field("name", &self.name)
            .field("bytes", &self.raw.len())
            .field("problem", &self.problem)
            .finish_non_exhaustive()
    }
}

impl Event {
    /// Decodes the body of a delivery **without checking who sent it**: anyone who knows the
    /// URL of the webhook can send one.
    ///
    /// Use this function for webhooks without a secret. First check the sender in another way,
    /// such as with an [`AddressToken`](super::AddressToken), and confirm important facts with
    /// the API. For a webhook with a secret, use a [`Verifier`](super::Verifier), which checks
    /// the signature and decodes the body.
    ///
    /// Never fails: a body that is not a known event is [`Event::Unknown`], even if it is not JSON.
    ///
    /// ```
    /// use pilot_status::webhooks::Event;
    ///
    /// let event = Event::from_unverified(r#"{"type": "ping"}"#);
    /// let Event::Unknown(event) = event else { panic!("{event:?}") };
    /// assert_eq!(event.data["type"], "ping");
    /// ```
    pub fn from_unverified(body: impl AsRef<[u8]>) -> Self {
        let body = body.as_ref();
        let raw = Bytes::copy_from_slice(body);
        let is_object = surrogates::without_bom(body).trim_ascii_start().starts_with(b"{");
        let head: Head = if is_object { decode(body).unwrap_or_default() } else { Head::default() };
        let sent = head.event.as_str().unwrap_or_default();
        let name = open_enum::find(Self::KNOWN, sent).map_or(sent, |index| Self::KNOWN[index]);
        let renamed = older_names::replaced(name, body);
        let problem = match Self::read(name, renamed.as_deref().unwrap_or(body), &raw) {
            Some(Ok(event)) => return event,
            Some(Err(problem)) => Some(problem),
            None if head.object == meta::OBJECT => {
                let typed = Box::new(meta::Envelope::read(&json(body)));
                return Self::Meta(Received { typed, raw });
            }
            None => decode::<IgnoredAny>(body).err(),
        };
        let mut whole = json(body);
        // Without the field, the whole body.
        let data = whole.get_mut("data").map(Value::take).unwrap_or(whole);
        Self::Unknown(UnknownEvent { name: sent.to_owned(), data, raw, problem })
    }

    /// The body as JSON. Null if it is not JSON, or nested deeper than 127 levels.
    pub fn json(&self) -> Value {
        json(self.raw())
    }
}

/// The fields that identify the kind of a delivery.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Head {
    event: Value,
    object: Value,
}

fn json(body: &[u8]) -> Value {
    surrogates::from_slice(body).unwrap_or_default()
}
