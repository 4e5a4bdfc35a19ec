//! The enum of all events that the document describes.

/// Defines the enum of events: the variant, model, name and description of each.
macro_rules! events {
    (Event, { $($variant:ident($model:ident) = $name:literal: $doc:literal,)* }) => {
        /// An event that a webhook receives.
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum Event {
            $(#[doc = $doc] $variant(crate::webhooks::Received<types::$model>),)*
            /// An envelope of Meta, which the service forwards unchanged.
            Meta(crate::webhooks::Received<crate::webhooks::meta::Envelope>),
            /// An event that this version does not know or cannot decode.
            Unknown(crate::webhooks::UnknownEvent),
        }

        impl Event {
            /// The names of the events that this version knows.
            pub const KNOWN: &'static [&'static str] = &[$($name),*];

            /// The name of the event, such as `message.received`. An envelope of Meta is named
            /// `whatsapp_business_account`. Empty if the body has no name.
            pub fn name(&self) -> &str {
                match self {
                    $(Self::$variant(_) => $name,)*
                    Self::Meta(_) => crate::webhooks::meta::OBJECT,
                    Self::Unknown(event) => &event.name,
                }
            }

            /// The body as received.
            pub fn raw(&self) -> &::bytes::Bytes {
                match self {
                    $(Self::$variant(event) => &event.raw,)*
                    Self::Meta(envelope) => &envelope.raw,
                    Self::Unknown(event) => &event.raw,
                }
            }

            /// Decodes the body of a known event. `text` is the body with documented names, `raw`
            /// the body as received.
            #[inline]
            pub(crate) fn read(
                name: &str,
                text: &[u8],
                raw: &::bytes::Bytes,
            ) -> ::std::option::Option<::std::result::Result<Self, ::std::string::String>> {
                ::std::option::Option::Some(match name {
                    $($name => crate::decode::decode(text).map(|typed| {
                        Self::$variant(crate::webhooks::Received { typed, raw: raw.clone() })
                    }),)*
                    _ => return ::std::option::Option::None,
                })
            }
        }
    };
}

/// Defines the sender of a model.
macro_rules! sender {
    ($model:ident) => {
        impl $model {
            /// The sender: `from`, or `user_id` if `from` is missing or not a phone number.
            pub fn sender(&self) -> ::std::option::Option<&str> {
                crate::webhooks::sender(self.from.as_deref(), self.user_id.as_deref())
            }
        }
    };
}

pub(crate) use {events, sender};
