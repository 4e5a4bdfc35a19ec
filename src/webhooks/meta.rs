//! Envelopes of Meta, which the service forwards for Meta numbers whose webhook receives all
//! events.
//!
//! Only envelopes have the ids for `get_media`:
//!
//! ```
//! use pilot_status::webhooks::Event;
//!
//! let body = r#"{"object": "whatsapp_business_account", "entry": [{"changes": [{
//!     "field": "messages",
//!     "value": {
//!         "metadata": {"phone_number_id": "106540352242922"},
//!         "messages": [{
//!             "id": "wamid.HBg", "from": "5511988887777", "type": "image",
//!             "image": {"id": "1003383421387256", "mime_type": "image/jpeg"}
//!         }]
//!     }
//! }]}]}"#;
//! let Event::Meta(envelope) = Event::from_unverified(body) else { panic!() };
//! for found in envelope.media() {
//!     assert_eq!(found.media_id, "1003383421387256");
//!     assert_eq!(found.phone_number_id, "106540352242922");
//! }
//! ```
//!
//! The types cover a part of Meta's documentation, which changes often, and are decoded leniently:
//! a field of another type is `None`, and an element that is not an object or has no id is left
//! out. `raw` has everything.

use std::fmt;
use std::ops::Deref;

use serde::Deserialize;
use serde_json::Value;

use crate::Timestamp;
use crate::model::undocumented::Names;

/// The `object` of an envelope about WhatsApp.
pub(crate) const OBJECT: &str = "whatsapp_business_account";

/// The kinds of messages that are files, which are also the names of their fields.
const MEDIA_KINDS: [&str; 5] = ["image", "video", "audio", "document", "sticker"];

/// An envelope of Meta: `object` is `whatsapp_business_account`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Envelope {
    /// The changes of all entries, in order: `entry[].changes[]`.
    pub changes: Vec<Change>,
}

/// A change of a WhatsApp Business account or one of its numbers.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Change {
    /// The WhatsApp Business account, which is the `id` of the entry.
    pub account_id: Option<String>,
    /// The kind of the change, such as `messages`, `smb_message_echoes` or `history`.
    pub field: Option<String>,
    /// Meta's id of the number: `metadata.phone_number_id`.
    pub phone_number_id: Option<String>,
    /// The formatted number: `metadata.display_phone_number`.
    pub display_phone_number: Option<String>,
    /// The people that the messages or statuses are about.
    pub contacts: Vec<Contact>,
    /// The received messages.
    pub messages: Vec<Message>,
    /// The statuses of sent messages.
    pub statuses: Vec<Status>,
    /// The messages that were sent with the WhatsApp Business app.
    pub message_echoes: Vec<Message>,
    /// All of the `value`.
    pub raw: Raw,
}

/// A person on WhatsApp.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Contact {
    /// The phone number, with country code and digits only: prepend `+` for
    /// [`phone::same`](crate::phone::same). Missing if a person with a username hides it.
    pub wa_id: Option<String>,
    /// Identifies the person for this business, with or without a phone number.
    pub user_id: Option<String>,
    /// The name that the person chose to show.
    pub name: Option<String>,
    /// The username, if the person has one.
    pub username: Option<String>,
    /// All of the contact.
    pub raw: Raw,
}

/// A message that was received, or sent with the WhatsApp Business app.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Message {
    /// The id of the message at WhatsApp (`wamid...`). Repeated deliveries have the same.
    pub id: String,
    /// The phone number of the sender, with country code and digits only: prepend `+` for
    /// [`phone::same`](crate::phone::same).
    pub from: Option<String>,
    /// Identifies the sender, as [`Contact::user_id`] does.
    pub from_user_id: Option<String>,
    /// The phone number of the recipient. Only in echoes.
    pub to: Option<String>,
    /// Identifies the recipient. Only in echoes.
    pub to_user_id: Option<String>,
    /// When it was sent, in seconds since 1970.
    pub timestamp: Option<Timestamp>,
    /// The kind, such as `text`, `image`, `interactive` or `location`.
    pub type_: Option<String>,
    /// The text of a text message: `text.body`.
    pub text: Option<String>,
    /// The file of an image, video, audio, document or sticker.
    pub media: Option<Media>,
    /// The choice from the buttons or the list of an earlier message.
    pub reply: Option<Reply>,
    /// The earlier message that this one refers to.
    pub context: Option<Context>,
    /// The ad that led to the conversation, in Meta's format.
    pub referral: Option<Raw>,
    /// All of the message.
    pub raw: Raw,
}

impl Message {
    /// The sender: `from`, or `from_user_id` for a person without a phone number.
    pub fn sender(&self) -> Option<&str> {
        super::sender(self.from.as_deref(), self.from_user_id.as_deref())
    }
}

/// A file. Its `url`, if any, works only with Meta's credentials.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Media {
    /// Meta's id of the file, for `get_media`.
    pub id: Option<String>,
    /// The media type, such as `image/jpeg`.
    pub mime_type: Option<String>,
    /// The caption of the file.
    pub caption: Option<String>,
    /// The name of a document.
    pub filename: Option<String>,
}

/// A choice: of a button of a template, or of a button or row of an interactive message.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Reply {
    /// The id of the button or row, or the payload of a template's button.
    pub id: Option<String>,
    /// The visible text.
    pub title: Option<String>,
}

/// The message that another refers to.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Context {
    /// The id of the message.
    pub id: Option<String>,
    /// The sender of the message.
    pub from: Option<String>,
}

/// The status of a sent message.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Status {
    /// The id of the message at WhatsApp (`wamid...`), which is not the `id` in the response to
    /// `send_message`. Several statuses may have the same id.
    pub id: String,
    /// `sent`, `delivered`, `read`, `played` or `failed`.
    pub status: String,
    /// The phone number of the recipient, with digits only.
    pub recipient_id: Option<String>,
    /// Identifies the recipient, as [`Contact::user_id`] does.
    pub recipient_user_id: Option<String>,
    /// When the status changed, in seconds since 1970.
    pub timestamp: Option<Timestamp>,
    /// Why the message failed.
    pub errors: Vec<StatusError>,
    /// All of the status, such as `conversation` and `pricing`.
    pub raw: Raw,
}

/// Why a message failed.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct StatusError {
    /// Meta's error code.
    pub code: Option<i64>,
    /// A short description.
    pub title: Option<String>,
    /// The error message, usually the same as the title.
    pub message: Option<String>,
    /// A longer description: `error_data.details`.
    pub details: Option<String>,
}

/// A file of an envelope, with the two ids for `get_media`.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct FoundMedia<'a> {
    /// Meta's id of the file.
    pub media_id: &'a str,
    /// Meta's id of the number that received it.
    pub phone_number_id: &'a str,
    /// The file.
    pub media: &'a Media,
    /// The message with the file.
    pub message: &'a Message,
}

impl Envelope {
    pub(super) fn read(envelope: &Value) -> Self {
        let entries = elements(&envelope["entry"]);
        let changes = entries.flat_map(|entry| {
            let account_id = text(entry, "/id");
            elements(&entry["changes"]).map(move |it| Change::read(account_id.clone(), it))
        });
        Self { changes: changes.collect() }
    }

    /// The files of all messages, including echoes, that `get_media` can fetch.
    pub fn media(&self) -> impl Iterator<Item = FoundMedia<'_>> {
        self.changes.iter().flat_map(|change| {
            let messages = change.messages.iter().chain(&change.message_echoes);
            messages.filter_map(|message| {
                let media = message.media.as_ref()?;
                let phone_number_id = change.phone_number_id.as_deref()?;
                Some(FoundMedia { media_id: media.id.as_deref()?, phone_number_id, media, message })
            })
        })
    }
}

impl Change {
    fn read(account_id: Option<String>, change: &Value) -> Self {
        let value = &change["value"];
        Self {
            account_id,
            field: text(change, "/field"),
            phone_number_id: text(value, "/metadata/phone_number_id"),
            display_phone_number: text(value, "/metadata/display_phone_number"),
            contacts: objects(&value["contacts"]).map(Contact::read).collect(),
            messages: objects(&value["messages"]).filter_map(Message::read).collect(),
            statuses: objects(&value["statuses"]).filter_map(Status::read).collect(),
            message_echoes: objects(&value["message_echoes"]).filter_map(Message::read).collect(),
            raw: Raw(value.clone()),
        }
    }
}

impl Contact {
    fn read(contact: &Value) -> Self {
        Self {
            wa_id: text(contact, "/wa_id"),
            user_id: text(contact, "/user_id"),
            name: text(contact, "/profile/name"),
            username: text(contact, "/profile/username"),
            raw: Raw(contact.clone()),
        }
    }
}

impl Message {
    fn read(message: &Value) -> Option<Self> {
        Some(Self {
            id: text(message, "/id")?,
            from: text(message, "/from"),
            from_user_id: text(message, "/from_user_id"),
            to: text(message, "/to"),
            to_user_id: text(message, "/to_user_id"),
            timestamp: moment(message),
            type_: text(message, "/type"),
            text: text(message, "/text/body"),
            media: MEDIA_KINDS.iter().find_map(|kind| object(message, kind)).map(Media::read),
            reply: Reply::read(message),
            context: object(message, "context")
                .map(|context| Context { id: text(context, "/id"), from: text(context, "/from") }),
            referral: object(message, "referral").cloned().map(Raw),
            raw: Raw(message.clone()),
        })
    }
}

impl Media {
    fn read(media: &Value) -> Self {
        Self {
            id: text(media, "/id"),
            mime_type: text(media, "/mime_type"),
            caption: text(media, "/caption"),
            filename: text(media, "/filename"),
        }
    }
}

impl Reply {
    fn read(message: &Value) -> Option<Self> {
        if let Some(button) = object(message, "button") {
            return Some(Self { id: text(button, "/payload"), title: text(button, "/text") });
        }
        let interactive = object(message, "interactive")?;
        let chosen = ["button_reply", "list_reply"];
        let chosen = chosen.iter().find_map(|kind| object(interactive, kind))?;
        Some(Self { id: text(chosen, "/id"), title: text(chosen, "/title") })
    }
}

impl Status {
    fn read(status: &Value) -> Option<Self> {
        Some(Self {
            id: text(status, "/id")?,
            status: text(status, "/status")?,
            recipient_id: text(status, "/recipient_id"),
            recipient_user_id: text(status, "/recipient_user_id"),
            timestamp: moment(status),
            errors: objects(&status["errors"]).map(StatusError::read).collect(),
            raw: Raw(status.clone()),
        })
    }
}

impl StatusError {
    fn read(error: &Value) -> Self {
        Self {
            code: text(error, "/code").and_then(|code| code.parse().ok()),
            title: text(error, "/title"),
            message: text(error, "/message"),
            details: text(error, "/error_data/details"),
        }
    }
}

fn objects(list: &Value) -> impl Iterator<Item = &Value> {
    elements(list).filter(|element| element.is_object())
}

fn elements(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

fn object<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    value.get(name).filter(|value| value.is_object())
}

fn moment(value: &Value) -> Option<Timestamp> {
    Timestamp::deserialize(value.get("timestamp")?).ok()
}

/// A text, or a number as text, since ids may be either.
fn text(value: &Value, pointer: &str) -> Option<String> {
    match value.pointer(pointer)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// JSON as received. `Debug` prints at most the names of its fields.
///
/// ```
/// # use pilot_status::webhooks::meta::Message;
/// # fn f(message: &Message) {
/// let latitude = message.raw["location"]["latitude"].as_f64();
/// # }
/// ```
#[derive(Clone, PartialEq)]
pub struct Raw(Value);

impl Deref for Raw {
    type Target = Value;

    fn deref(&self) -> &Value {
        &self.0
    }
}

impl fmt::Debug for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Value::Object(fields) => Names(fields).fmt(f),
            _ => f.write_str(".."),
        }
    }
}
