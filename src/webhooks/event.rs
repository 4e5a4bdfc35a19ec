//! Bodies of deliveries become events.

use std::fmt;
use std::ops::{Deref, DerefMut};

use bytes::Bytes;
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::Value;

use super::{Event, meta, older_names};
use crate::decode::decode;
use crate::decode::surrogates;

/// A typed event, and the body that it came in.
///
/// The fields of the event are reached through it: `event.data.content`. What the models
/// do not have is in [`json`](Self::json).
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Received<T> {
    /// The event.
    pub typed: Box<T>,
    /// The body as it came.
    pub raw: Bytes,
}

impl<T> Received<T> {
    pub(super) fn new(typed: T, raw: &Bytes) -> Self {
        Self { typed: Box::new(typed), raw: raw.clone() }
    }

    /// The body as JSON. Null where it is nested deeper than 127 levels.
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

impl<T: DeserializeOwned> Received<T> {
    /// Reads an event from a text that has the names of the document.
    pub(crate) fn read(text: &[u8], raw: &Bytes) -> Result<Self, String> {
        Ok(Self::new(decode(text)?, raw))
    }
}

impl<T> Deref for Received<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.typed
    }
}

impl<T> DerefMut for Received<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.typed
    }
}

impl<T: fmt::Debug> fmt::Debug for Received<T> {
    /// With the event as its model prints it, and without the body.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Received")
            .field("typed", &self.typed)
            .field("bytes", &self.raw.len())
            .finish_non_exhaustive()
    }
}

/// An event that this version does not know, or that is not as documented.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct UnknownEvent {
    /// Its name, such as `message.edited`. Empty where the body names no event, as in the
    /// ping of a test.
    pub name: String,
    /// What it is about: the field `data`, or, where there is none, the whole body.
    /// Null where that cannot be read, as when it is nested too deep.
    pub data: Value,
    /// The body as it came.
    pub raw: Bytes,
    /// Why an event with a known name was not read as such, or why the body is not JSON.
    pub problem: Option<String>,
}

impl fmt::Debug for UnknownEvent {
    /// Without what came, which may be what somebody wrote.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnknownEvent")
            .field("name", &self.name)
            .field("bytes", &self.raw.len())
            .field("problem", &self.problem)
            .finish_non_exhaustive()
    }
}

impl Event {
    /// Reads the body of a delivery **without checking who sent it**: anybody who knows
    /// the address of the webhook can write one.
    ///
    /// It is for webhooks that have no secret. Check something else before, such as an
    /// [`AddressToken`](super::AddressToken), and take nothing on trust that matters: ask
    /// the API for it instead. Where there is a secret, a [`Verifier`](super::Verifier)
    /// checks the signature and reads the body.
    ///
    /// It does not fail. What is not a known event, JSON or not, is [`Event::Unknown`].
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
        let head = is_object.then(|| surrogates::from_slice(body).ok());
        let head: Head = head.flatten().unwrap_or_default();
        let name = head.event.as_ref().and_then(Value::as_str).unwrap_or_default();
        let renamed = older_names::replaced(name, body);
        let mut problem = None;
        match Self::read(name, renamed.as_deref().unwrap_or(body), &raw) {
            Some(Ok(event)) => return event,
            Some(Err(reason)) => problem = Some(reason),
            None if head.object.as_ref().is_some_and(|object| object == meta::OBJECT) => {
                return Self::Meta(Received::new(meta::Envelope::read(&json(body)), &raw));
            }
            None => {}
        }
        let problem = problem.or_else(|| decode::<IgnoredAny>(body).err());
        Self::Unknown(UnknownEvent { name: name.to_owned(), data: data(body), raw, problem })
    }

    /// The body as JSON. Null where it is not JSON, or nested deeper than 127 levels.
    pub fn json(&self) -> Value {
        json(self.raw())
    }
}

/// What a delivery says of itself.
#[derive(Default, Deserialize)]
struct Head {
    event: Option<Value>,
    object: Option<Value>,
}

fn json(body: &[u8]) -> Value {
    surrogates::from_slice(body).unwrap_or_default()
}

/// What an event is about: its field `data`, or, where it has none, all of it.
fn data(body: &[u8]) -> Value {
    let mut whole = json(body);
    match whole.get_mut("data") {
        Some(data) => data.take(),
        None => whole,
    }
}

/// The sender of a message: `from`, or `userId` where `from` is missing or not a phone
/// number.
pub(crate) fn sender<'a>(from: Option<&'a str>, user_id: Option<&'a str>) -> Option<&'a str> {
    let [from, user_id] = [from, user_id].map(|text| text.filter(|text| !text.trim().is_empty()));
    match from {
        Some(phone) if !phone.ends_with("@lid") => Some(phone),
        _ => user_id.or(from),
    }
}
