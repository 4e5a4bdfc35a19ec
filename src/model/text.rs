//! Types that any text converts into.

use std::borrow::Cow;

use crate::{IntoOptional, Nullable};

/// A type of request fields that any text converts into, such as an open enum.
pub trait FromText: From<String> {}

/// Lets setters of text-like types accept any text.
macro_rules! optional_from_text {
    ($($text:ty),*) => {$(
        impl<T: FromText> IntoOptional<T> for $text {
            fn into_optional(self) -> Result<Option<T>, String> {
                Ok(Some(String::from(self).into()))
            }
        }

        impl<T: FromText> IntoOptional<Nullable<T>> for $text {
            fn into_optional(self) -> Result<Option<Nullable<T>>, String> {
                Ok(Some(Nullable::Value(String::from(self).into())))
            }
        }
    )*};
}

optional_from_text!(String, &str, &String, Cow<'_, str>);

/// Lets setters of strings accept a text of another type.
macro_rules! optional_string {
    ($($text:ty),*) => {$(
        impl IntoOptional<String> for $text {
            fn into_optional(self) -> Result<Option<String>, String> {
                Ok(Some(self.into()))
            }
        }

        impl IntoOptional<Nullable<String>> for $text {
            fn into_optional(self) -> Result<Option<Nullable<String>>, String> {
                Ok(Some(Nullable::Value(self.into())))
            }
        }
    )*};
}

optional_string!(&str, &String, Cow<'_, str>);

/// Implements the conversions of a type with `From<String>`.
macro_rules! text_conversions {
    ($name:ident) => {
        impl ::std::convert::From<&str> for $name {
            #[inline]
            fn from(text: &str) -> Self {
                Self::from(text.to_owned())
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = ::std::convert::Infallible;

            #[inline]
            fn from_str(text: &str) -> ::std::result::Result<Self, Self::Err> {
                ::std::result::Result::Ok(Self::from(text))
            }
        }
    };
}

pub(crate) use text_conversions;
