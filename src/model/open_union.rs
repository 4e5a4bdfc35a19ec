//! Unions that keep undocumented values.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::decode::from_value;

/// An alternative of an untagged union, distinguished by its JSON type, which no other
/// alternative has.
pub(crate) trait Alternative: Sized {
    /// Decodes a value of the JSON type, or if it `coerces`, a text that contains one.
    fn read(value: &Value, coerces: bool) -> Option<Self>;
}

/// Maps types to JSON types.
macro_rules! alternatives {
    ($([$($generic:tt)*] $type:ty: $is_kind:ident;)*) => {$(
        impl<$($generic)*> Alternative for $type {
            fn read(value: &Value, coerces: bool) -> Option<Self> {
                let is_kind = value.$is_kind() || coerces && value.is_string();
                is_kind.then(|| from_value(value).ok())?
            }
        }
    )*};
}

alternatives! {
    [] String: is_string;
    [] i64: is_number;
    [] f64: is_number;
    [] bool: is_boolean;
    [T: DeserializeOwned] Box<T>: is_object;
    [T: DeserializeOwned] Vec<T>: is_array;
    [T: DeserializeOwned] BTreeMap<String, T>: is_object;
}

/// Defines a union of alternatives, each with its type. With `by`, the values of a tag
/// distinguish the alternatives. Otherwise their JSON types do.
macro_rules! open_union {
    ($name:ident, $description:literal, { $($variant:ident($type:ty),)* }) => {
        crate::model::open_union::open_union!(
            @type $name, $description, { $($variant($type),)* }, value => {
                // An alternative of the same JSON type takes precedence.
                for coerces in [false, true] {
                    $(if let Some(held) = crate::model::open_union::Alternative::read(&value, coerces) {
                        return Ok(Self::$variant(held));
                    })*
                }
                Ok(Self::Unknown(value))
            }
        );
    };
    ($name:ident, $description:literal, by $tag:literal, {
        $($variant:ident($type:ty) = $($value:literal)|+,)*
    }) => {
        crate::model::open_union::open_union!(
            @type $name, $description, { $($variant($type),)* }, value => {
                match value.get($tag).and_then(::serde_json::Value::as_str) {
                    $(Some(tag) if crate::model::open_enum::find(&[$($value),+], tag).is_some() => {
                        crate::decode::tagged(&value).map(Self::$variant)
                    })*
                    _ => Ok(Self::Unknown(value)),
                }
            }
        );
    };
    (
        @type $name:ident, $description:literal, { $($variant:ident($type:ty),)* },
        $value:ident => $read:block
    ) => {
        #[doc = $description]
        #[derive(::serde::Serialize, Clone, PartialEq)]
        #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
        #[serde(untagged)]
        #[non_exhaustive]
        pub enum $name {
            $($variant($type),)*
            /// A value of a kind that this version does not know, as it was sent.
            Unknown(::serde_json::Value),
        }

        impl ::std::fmt::Debug for $name {
            #[inline]
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                match self {
                    $(Self::$variant(held) => {
                        f.debug_tuple(stringify!($variant)).field(held).finish()
                    })*
                    // It may contain secrets.
                    Self::Unknown(_) => f.write_str("Unknown(..)"),
                }
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let value = ::serde_json::Value::deserialize(deserializer)?;
                Self::read(value).map_err(::serde::de::Error::custom)
            }
        }

        impl $name {
            #[inline]
            fn read($value: ::serde_json::Value) -> Result<Self, String> $read
        }
    };
}

/// Converts a model into its union.
macro_rules! from_model {
    ($name:ident, $variant:ident, $model:ident) => {
        impl From<$model> for $name {
            fn from(model: $model) -> Self {
                Self::$variant(Box::new(model))
            }
        }
    };
}

/// Converts a builder into the union of its model.
macro_rules! from_builder {
    ($name:ident, $model:ident) => {
        impl TryFrom<builder::$model> for $name {
            type Error = error::ConversionError;

            #[inline]
            fn try_from(builder: builder::$model) -> Result<Self, Self::Error> {
                $model::try_from(builder).map(Self::from)
            }
        }

        crate::model::optional::optional_from_builder!($name, builder::$model);
    };
}

/// Converts text into its union.
macro_rules! from_text {
    ($name:ident, $variant:ident) => {
        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self::$variant(text)
            }
        }

        crate::model::text::text_conversions!($name);
    };
}

/// Provides access to the entries of a list that is bare or the only field of an object.
macro_rules! entries {
    ($name:ident, $entry:ident, $object:ident.$field:ident, $list:ident) => {
        impl $name {
            /// The entries of either form. None if this version does not know the form.
            pub fn entries(&self) -> Option<&[$entry]> {
                match self {
                    Self::$object(object) => Some(&object.$field),
                    Self::$list(list) => Some(list),
                    _ => None,
                }
            }
        }
    };
}

pub(crate) use {entries, from_builder, from_model, from_text, open_union};
