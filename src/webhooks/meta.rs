//! Envelopes of Meta, which the service forwards for Meta numbers whose webhook receives all
//! events.
//!
//! Envelopes contain both ids that `get_media` needs, which other events rarely do:
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
//! The types cover a part of Meta's documentation, which changes often. They are decoded
//! leniently: a field of another type is `None`, and an element that is not an object or has no
//! id is left out. `raw` contains all fields.

use std::fmt;
use std::ops::Deref;

use serde_json::Value;

use crate::Timestamp;
use crate::decode::from_value;
use crate::model::undocumented::Names;

/// The `object` of an envelope about WhatsApp.
pub(crate) const OBJECT: &str = "whatsapp_business_account";

/// An envelope of Meta: `object` is `whatsapp_business_account`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Envelope {
    /// The changes of all entries, in order: `entry[].changes[]`.
    pub changes: Vec<Change>,
}

/// Defines types, each field with the JSON pointers at which it may be.
macro_rules! objects {
    ($(
        $(#[doc = $about:literal])*
        $name:ident {$(
            $(#[doc = $doc:literal])*
            $field:ident: $type:ty = $($pointer:literal)|+,
        )*}
    )*) => {$(
        $(#[doc = $about])*
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub struct $name {
            $($(#[doc = $doc])* pub $field: $type,)*
        }

        impl Lenient for $name {
            fn read(value: &Value) -> Option<Self> {
                value.is_object().then_some(())?;
                Some(Self { $($field: field(value, &[$($pointer),+])?,)* })
            }
        }
    )*};
}

objects! {
    /// A change of a WhatsApp Business account or one of its numbers.
    Change {
        /// The WhatsApp Business account, which is the `id` of the entry.
        account_id: Option<String> = "/id",
        /// The kind of the change, such as `messages`, `smb_message_echoes` or `history`.
        field: Option<String> = "/field",
        /// Meta's id of the number: `metadata.phone_number_id`.
        phone_number_id: Option<String> = "/value/metadata/phone_number_id",
        /// The formatted number: `metadata.display_phone_number`.
        display_phone_number: Option<String> = "/value/metadata/display_phone_number",
        /// The people that the messages or statuses are about.
        contacts: Vec<Contact> = "/value/contacts",
        /// The received messages.
        messages: Vec<Message> = "/value/messages",
        /// The statuses of sent messages.
        statuses: Vec<Status> = "/value/statuses",
        /// The messages that were sent with the WhatsApp Business app.
        message_echoes: Vec<Message> = "/value/message_echoes",
        /// The whole `value`.
        raw: Raw = "/value",
    }

    /// A person on WhatsApp.
    Contact {
        /// The phone number, with country code and digits only: prepend `+` for
        /// [`phone::same`](crate::phone::same). Missing if a person with a username hides it.
        wa_id: Option<String> = "/wa_id",
        /// Identifies the person for this business, with or without a phone number.
        user_id: Option<String> = "/user_id",
        /// The name that the person chose to show.
        name: Option<String> = "/profile/name",
        /// The username, if the person has one.
        username: Option<String> = "/profile/username",
        /// The whole contact.
        raw: Raw = "",
    }

    /// A message that was received, or sent with the WhatsApp Business app.
    Message {
        /// The id of the message at WhatsApp (`wamid...`). Repeated deliveries have the same id.
        id: String = "/id",
        /// The phone number of the sender, with country code and digits only: prepend `+` for
        /// [`phone::same`](crate::phone::same).
        from: Option<String> = "/from",
        /// Identifies the sender, as [`Contact::user_id`] does.
        from_user_id: Option<String> = "/from_user_id",
        /// The phone number of the recipient. Only in echoes.
        to: Option<String> = "/to",
        /// Identifies the recipient. Only in echoes.
        to_user_id: Option<String> = "/to_user_id",
        /// When it was sent, in seconds since 1970.
        timestamp: Option<Timestamp> = "/timestamp",
        /// The kind, such as `text`, `image`, `interactive` or `location`.
        type_: Option<String> = "/type",
        /// The text of a text message: `text.body`.
        text: Option<String> = "/text/body",
        /// The file of an image, video, audio, document or sticker.
        media: Option<Media> = "/image" | "/video" | "/audio" | "/document" | "/sticker",
        /// The choice from the buttons or the list of an earlier message.
        reply: Option<Reply> = "/button" | "/interactive/button_reply" | "/interactive/list_reply",
        /// The earlier message that this one refers to.
        context: Option<Context> = "/context",
        /// The ad that led to the conversation, in Meta's format.
        referral: Option<Raw> = "/referral",
        /// The whole message.
        raw: Raw = "",
    }

    /// A file. Its `url`, if any, works only with Meta's credentials.
    Media {
        /// Meta's id of the file, for `get_media`.
        id: Option<String> = "/id",
        /// The media type, such as `image/jpeg`.
        mime_type: Option<String> = "/mime_type",
        /// The caption of the file.
        caption: Option<String> = "/caption",
        /// The name of a document.
        filename: Option<String> = "/filename",
    }

    /// A choice: a button of a template, or a button or row of an interactive message.
    Reply {
        /// The id of the button or row, or the payload of a template's button.
        id: Option<String> = "/payload" | "/id",
        /// The visible text.
        title: Option<String> = "/text" | "/title",
    }

    /// The message that another refers to.
    Context {
        /// The id of the message.
        id: Option<String> = "/id",
        /// The sender of the message.
        from: Option<String> = "/from",
    }

    /// The status of a sent message.
    Status {
        /// The id of the message at WhatsApp (`wamid...`), which is not the `id` in the response to
        /// `send_message`. Several statuses may have the same id.
        id: String = "/id",
        /// `sent`, `delivered`, `read`, `played` or `failed`.
        status: String = "/status",
        /// The phone number of the recipient, with digits only.
        recipient_id: Option<String> = "/recipient_id",
        /// Identifies the recipient, as [`Contact::user_id`] does.
        recipient_user_id: Option<String> = "/recipient_user_id",
        /// When the status changed, in seconds since 1970.
        timestamp: Option<Timestamp> = "/timestamp",
        /// Why the message failed.
        errors: Vec<StatusError> = "/errors",
        /// The whole status, with fields such as `conversation` and `pricing`.
        raw: Raw = "",
    }

    /// Why a message failed.
    StatusError {
        /// Meta's error code.
        code: Option<i64> = "/code",
        /// A short description.
        title: Option<String> = "/title",
        /// The error message, usually the same as the title.
        message: Option<String> = "/message",
        /// A longer description: `error_data.details`.
        details: Option<String> = "/error_data/details",
    }
}

impl Message {
    /// The sender: `from`, or `from_user_id` for a person without a phone number.
    pub fn sender(&self) -> Option<&str> {
        super::sender(self.from.as_deref(), self.from_user_id.as_deref())
    }
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
        let entries = envelope["entry"].as_array().into_iter().flatten();
        let changes = entries.flat_map(|entry| {
            let account_id = Option::<String>::read(&entry["id"]).flatten();
            let changes = Vec::<Change>::read(&entry["changes"]).into_iter().flatten();
            changes.map(move |it| Change { account_id: account_id.clone(), ..it })
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

/// A value that may be missing or of another type than documented.
trait Lenient: Sized {
    /// Reads a value, which is null if it is missing.
    fn read(value: &Value) -> Option<Self>;
}

/// The first readable one of the values at several places. None if it is required.
fn field<T: Lenient>(object: &Value, pointers: &[&str]) -> Option<T> {
    let values = pointers.iter().filter_map(|pointer| object.pointer(pointer));
    values.filter(|value| !value.is_null()).chain([&Value::Null]).find_map(T::read)
}

macro_rules! scalars {
    ($($scalar:ty),*) => {$(
        impl Lenient for $scalar {
            /// Ids may be text or numbers.
            fn read(value: &Value) -> Option<Self> {
                from_value(value).ok()
            }
        }
    )*};
}

scalars!(String, i64, Timestamp);

impl<T: Lenient> Lenient for Option<T> {
    fn read(value: &Value) -> Option<Self> {
        if value.is_null() { Some(None) } else { T::read(value).map(Some) }
    }
}

impl<T: Lenient> Lenient for Vec<T> {
    fn read(value: &Value) -> Option<Self> {
        Some(value.as_array().into_iter().flatten().filter_map(T::read).collect())
    }
}

impl Lenient for Raw {
    fn read(value: &Value) -> Option<Self> {
        Some(Self(value.clone()))
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
