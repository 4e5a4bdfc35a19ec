//! Unions that keep undocumented values.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::decode::from_value;

/// An alternative of an untagged union, distinguished by its JSON type, which no other
/// alternative has.
pub(crate) trait Alternative: DeserializeOwned {
    /// Whether a value has the JSON type of the alternative.
    fn is_kind(value: &Value) -> bool;

    /// Decodes a value of the JSON type.
    fn read(value: &Value) -> Option<Self> {
        Self::is_kind(value).then(|| from_value(value).ok())?
    }
}

/// Maps types to JSON types.
macro_rules! alternatives {
    ($([$($generic:tt)*] $type:ty: $is_kind:ident;)*) => {$(
        impl<$($generic)*> Alternative for $type {
            fn is_kind(value: &Value) -> bool {
                value.$is_kind()
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
                $(if let ::std::option::Option::Some(held) =
                    <$type as crate::model::open_union::Alternative>::read(&value)
                {
                    return ::std::result::Result::Ok(Self::$variant(held));
                })*
                ::std::result::Result::Ok(Self::Unknown(value))
            }
        );
    };
    ($name:ident, $description:literal, by $tag:literal, {
        $($variant:ident($type:ty) = $($value:literal)|+,)*
    }) => {
        crate::model::open_union::open_union!(
            @type $name, $description, { $($variant($type),)* }, value => {
                match value.get($tag).and_then(::serde_json::Value::as_str) {
                    $(::std::option::Option::Some($($value)|+) => {
                        crate::decode::tagged(&value).map(Self::$variant)
                    })*
                    _ => ::std::result::Result::Ok(Self::Unknown(value)),
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
            fn deserialize<D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                <::serde_json::Value as ::serde::Deserialize>::deserialize(deserializer)
                    .and_then(|value| Self::read(value).map_err(::serde::de::Error::custom))
            }
        }

        impl $name {
            #[inline]
            fn read(
                $value: ::serde_json::Value,
            ) -> ::std::result::Result<Self, ::std::string::String> $read
        }
    };
}

/// Converts a model into its union.
macro_rules! from_model {
    ($name:ident, $variant:ident, $model:ident) => {
        impl ::std::convert::From<$model> for $name {
            fn from(model: $model) -> Self {
                Self::$variant(::std::boxed::Box::new(model))
            }
        }
    };
}

/// Converts a builder into the union of its model.
macro_rules! from_builder {
    ($name:ident, $model:ident) => {
        impl ::std::convert::TryFrom<builder::$model> for $name {
            type Error = error::ConversionError;

            #[inline]
            fn try_from(
                builder: builder::$model,
            ) -> ::std::result::Result<Self, error::ConversionError> {
                $model::try_from(builder).map(Self::from)
            }
        }

        crate::model::optional::optional_from_builder!($name, builder::$model);
    };
}

/// Converts text into its union.
macro_rules! from_text {
    ($name:ident, $variant:ident) => {
        impl ::std::convert::From<::std::string::String> for $name {
            fn from(text: ::std::string::String) -> Self {
                Self::$variant(text)
            }
        }

        crate::model::text::text_conversions!($name);

        impl crate::model::text::FromText for $name {}
    };
}

/// Provides access to the entries of a list that is bare or the only field of an object.
macro_rules! entries {
    ($name:ident, $entry:ident, $object:ident.$field:ident, $list:ident) => {
        impl $name {
            /// The entries of either form. None if this version does not know the form.
            pub fn entries(&self) -> ::std::option::Option<&[$entry]> {
                match self {
                    Self::$object(object) => ::std::option::Option::Some(&object.$field),
                    Self::$list(list) => ::std::option::Option::Some(list),
                    _ => ::std::option::Option::None,
                }
            }
        }
    };
}

pub(crate) use {entries, from_builder, from_model, from_text, open_union};
