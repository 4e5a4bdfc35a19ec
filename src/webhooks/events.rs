//! The enum of all events that the document describes.

/// The enum of these events, each a variant, the model, the name and what the docs say.
macro_rules! events {
    (Event, { $($variant:ident($model:ident) = $name:literal: $doc:literal,)* }) => {
        /// What happened, as a webhook is told of it.
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum Event {
            $(#[doc = $doc] $variant(crate::webhooks::Received<types::$model>),)*
            /// An envelope of Meta, which the service passes on as it is.
            Meta(crate::webhooks::Received<crate::webhooks::meta::Envelope>),
            /// An event that this version does not know, or whose body it cannot read.
            Unknown(crate::webhooks::UnknownEvent),
        }

        impl Event {
            /// The names of the events that this version knows.
            pub const KNOWN: &'static [&'static str] = &[$($name),*];

            /// The name of the event, such as `message.received`. That of an envelope of Meta is
            /// `whatsapp_business_account`. Empty where the body names no event.
            pub fn name(&self) -> &str {
                match self {
                    $(Self::$variant(_) => $name,)*
                    Self::Meta(_) => crate::webhooks::meta::OBJECT,
                    Self::Unknown(event) => &event.name,
                }
            }

            /// The body as it came.
            pub fn raw(&self) -> &::bytes::Bytes {
                match self {
                    $(Self::$variant(event) => &event.raw,)*
                    Self::Meta(envelope) => &envelope.raw,
                    Self::Unknown(event) => &event.raw,
                }
            }

            /// Reads the body of an event that this version knows. `text` is the body with the
            /// names of the document, `raw` the body as it came.
            pub(crate) fn read(
                name: &str,
                text: &[u8],
                raw: &::bytes::Bytes,
            ) -> ::std::option::Option<::std::result::Result<Self, ::std::string::String>> {
                use crate::webhooks::Received;

                ::std::option::Option::Some(match name {
                    $($name => Received::read(text, raw).map(Self::$variant),)*
                    _ => return ::std::option::Option::None,
                })
            }
        }
    };
}

/// Gives the sender of what a model describes.
macro_rules! sender {
    ($model:ident) => {
        impl $model {
            /// The sender: `from`, or `user_id` where `from` is missing or not a phone number.
            pub fn sender(&self) -> ::std::option::Option<&str> {
                crate::webhooks::sender(self.from.as_deref(), self.user_id.as_deref())
            }
        }
    };
}

pub(crate) use {events, sender};
