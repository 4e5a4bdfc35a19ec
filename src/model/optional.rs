//! The arguments of setters for optional fields.

use chrono::{DateTime, FixedOffset, Utc};

use crate::{DataUrl, Nullable};

/// A value for an optional field or parameter of a request: the value, an `Option` of it, which
/// may be borrowed, or its builder. Some types accept more:
///
/// - `String`: any text or a [`DataUrl`],
/// - `i64`: any integer of up to 64 bits,
/// - `DateTime<Utc>`: a time with another offset,
/// - an enum with a single value: a `bool`,
/// - a field that can be cleared: a [`Nullable`].
///
/// For lists and maps, see [`IntoList`](crate::IntoList) and [`IntoMap`](crate::IntoMap).
///
/// ```
/// use pilot_status::types::BrandingUpdateRequest;
/// use pilot_status::Nullable;
///
/// let update = BrandingUpdateRequest::builder()
///     .company_name("Acme")
///     .subtitle(Nullable::Null)
///     .hide_pilot_status_branding(Some(true));
/// let update = BrandingUpdateRequest::try_from(update)?;
/// assert_eq!(
///     serde_json::to_string(&update)?,
///     r#"{"companyName":"Acme","hidePilotStatusBranding":true,"subtitle":null}"#
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a value for a field of the type `{T}`",
    note = "pass the value, an `Option` of it, or its builder"
)]
pub trait IntoOptional<T> {
    /// The value, if there is one.
    ///
    /// # Errors
    ///
    /// The name of a required field that a builder lacks, or the range that an integer exceeds.
    fn into_optional(self) -> Result<Option<T>, String>;
}

impl<T> IntoOptional<T> for T {
    fn into_optional(self) -> Result<Option<T>, String> {
        Ok(Some(self))
    }
}

impl<T> IntoOptional<T> for Option<T> {
    fn into_optional(self) -> Result<Option<T>, String> {
        Ok(self)
    }
}

impl<T: Clone> IntoOptional<T> for &Option<T> {
    fn into_optional(self) -> Result<Option<T>, String> {
        Ok(self.clone())
    }
}

impl<T> IntoOptional<Nullable<T>> for T {
    fn into_optional(self) -> Result<Option<Nullable<T>>, String> {
        Ok(Some(Nullable::Value(self)))
    }
}

/// Converts any integer into an `i64`.
macro_rules! from_number {
    ($($number:ty),*) => {$(
        impl IntoOptional<i64> for $number {
            fn into_optional(self) -> Result<Option<i64>, String> {
                let number = i64::try_from(self);
                number.map(Some).map_err(|_| format!("{self} is greater than {}", i64::MAX))
            }
        }
    )*};
}

from_number!(i8, i16, i32, isize, u8, u16, u32, u64, usize);

impl IntoOptional<DateTime<Utc>> for DateTime<FixedOffset> {
    fn into_optional(self) -> Result<Option<DateTime<Utc>>, String> {
        Ok(Some(self.to_utc()))
    }
}

/// For example, the media of a message.
impl IntoOptional<String> for DataUrl {
    fn into_optional(self) -> Result<Option<String>, String> {
        Ok(Some(self.to_string()))
    }
}

/// Lets setters of a model, or of the union of a model, accept the builder of the model.
macro_rules! optional_from_builder {
    ($target:ty, $builder:ty) => {
        impl crate::IntoOptional<$target> for $builder {
            #[inline]
            fn into_optional(self) -> Result<Option<$target>, String> {
                <$target>::try_from(self).map(Some).map_err(|error| error.to_string())
            }
        }
    };
}

pub(crate) use optional_from_builder;

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;
    use crate::Secret;

    fn set<T>(value: impl IntoOptional<T>) -> Option<T> {
        value.into_optional().unwrap()
    }

    #[test]
    fn a_field_accepts_values_options_and_texts() {
        assert_eq!(set::<String>("a"), Some("a".to_owned()));
        assert_eq!(set::<String>("a".to_owned()), Some("a".to_owned()));
        assert_eq!(set::<String>(Some("a".to_owned())), Some("a".to_owned()));
        assert_eq!(set::<String>(&"a".to_owned()), Some("a".to_owned()));
        assert_eq!(set::<String>(&Some("a".to_owned())), Some("a".to_owned()));
        assert_eq!(set::<String>(Cow::Borrowed("a")), Some("a".to_owned()));
        assert_eq!(set::<i64>(7), Some(7));
        assert_eq!(set::<i64>(None::<i64>), None);
        assert_eq!((set::<i64>(7_u8), set::<i64>(7_usize)), (Some(7), Some(7)));
        assert_eq!(
            IntoOptional::<i64>::into_optional(u64::MAX),
            Err("18446744073709551615 is greater than 9223372036854775807".to_owned())
        );
        assert_eq!(set::<Secret>("a"), Some(Secret::from("a")));
        let local = DateTime::parse_from_rfc3339("2026-11-30T09:00:00-03:00").unwrap();
        let utc: DateTime<Utc> = "2026-11-30T12:00:00Z".parse().unwrap();
        assert_eq!(set::<DateTime<Utc>>(local), Some(utc));
        let file = DataUrl::new("image/png", b"\x89PNG");
        assert_eq!(set::<String>(file.clone()), Some(file.to_string()));
    }

    #[test]
    fn a_field_that_can_be_cleared_accepts_null() {
        assert_eq!(set::<Nullable<bool>>(true), Some(Nullable::Value(true)));
        assert_eq!(set::<Nullable<bool>>(Nullable::Null), Some(Nullable::Null));
        assert_eq!(set::<Nullable<bool>>(None::<Nullable<bool>>), None);
        assert_eq!(set::<Nullable<String>>("a"), Some(Nullable::Value("a".to_owned())));
    }
}
