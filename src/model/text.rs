//! Types that any text converts into.

use std::borrow::Cow;

use crate::{IntoOptional, Nullable};

/// A type of request fields that any text converts into, such as an open enum.
pub trait FromText: From<String> {}

/// A [`FromText`], or `String` itself.
pub trait Text: From<String> {}

impl Text for String {}

impl<T: FromText> Text for T {}

/// Lets setters of text-like types accept a text.
macro_rules! optional_text {
    ($($text:ty: $bound:ident;)*) => {$(
        impl<T: $bound> IntoOptional<T> for $text {
            fn into_optional(self) -> Result<Option<T>, String> {
                Ok(Some(String::from(self).into()))
            }
        }

        impl<T: $bound> IntoOptional<Nullable<T>> for $text {
            fn into_optional(self) -> Result<Option<Nullable<T>>, String> {
                Ok(Some(Nullable::Value(String::from(self).into())))
            }
        }
    )*};
}

// `String` already implements `IntoOptional<String>`, so its bound is `FromText`.
optional_text! {
    String: FromText;
    &str: Text;
    &String: Text;
    Cow<'_, str>: Text;
}

/// Implements the other conversions of a type with `From<String>`.
macro_rules! text_conversions {
    ($name:ident) => {
        impl From<&str> for $name {
            #[inline]
            fn from(text: &str) -> Self {
                Self::from(text.to_owned())
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = ::std::convert::Infallible;

            #[inline]
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Ok(Self::from(text))
            }
        }

        impl crate::model::text::FromText for $name {}
    };
}

pub(crate) use text_conversions;
