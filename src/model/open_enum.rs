//! Enums that keep undocumented values.

/// The index of a text. An exact match takes precedence over a match in another case. Not
/// generic, so that all enums share one function.
pub(crate) fn find(known: &[&str], text: &str) -> Option<usize> {
    let exact = known.iter().position(|value| *value == text);
    exact.or_else(|| known.iter().position(|value| value.eq_ignore_ascii_case(text)))
}

/// Defines an enum of variants, each with its JSON text and description. Any string
/// deserializes. A known value serializes as documented, an unknown one verbatim.
macro_rules! open_enum {
    (
        $name:ident, $description:literal, { $($variant:ident = $value:literal: $doc:literal,)* }
    ) => {
        #[doc = $description]
        #[derive(Clone, Debug, PartialEq, Eq, Hash, ::serde::Deserialize)]
        #[serde(from = "String")]
        // Any string is valid, so the known ones are examples.
        #[cfg_attr(
            feature = "schemars",
            derive(::schemars::JsonSchema),
            schemars(with = "String", extend("examples" = [$($value),*]))
        )]
        #[non_exhaustive]
        pub enum $name {
            $(#[doc = $doc] $variant,)*
            /// A value that this version does not know, as it was sent.
            Unknown(String),
        }

        impl $name {
            /// The values that this version knows.
            pub const KNOWN: &'static [Self] = &[$(Self::$variant),*];

            /// The text of the value in JSON. A known value is spelled as in the document, even
            /// if the server sent it in another case.
            #[inline]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $value,)*
                    Self::Unknown(value) => value,
                }
            }
        }

        impl From<String> for $name {
            #[inline]
            fn from(value: String) -> Self {
                match crate::model::open_enum::find(&[$($value),*], &value) {
                    Some(index) => Self::KNOWN[index].clone(),
                    None => Self::Unknown(value),
                }
            }
        }

        crate::model::text::text_conversions!($name);

        impl ::std::fmt::Display for $name {
            #[inline]
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
    };
}

/// Lets the setter of an enum with one value accept a `bool`: `false` leaves it out.
macro_rules! switch {
    ($name:ident, $on:ident) => {
        impl crate::IntoOptional<$name> for bool {
            fn into_optional(self) -> Result<Option<$name>, String> {
                Ok(self.then_some($name::$on))
            }
        }
    };
}

pub(crate) use {open_enum, switch};
