//! A field of a request that can be cleared.

use serde::{Deserialize, Deserializer, Serialize};

/// The value of a field that can be left out, cleared or set.
///
/// In a request, such a field is an `Option<Nullable<T>>`: `None` leaves it unchanged,
/// [`Nullable::Null`] clears it, and a value sets it.
///
/// ```
/// use pilot_status::Nullable;
///
/// let set = Nullable::Value("Acme");
/// let cleared = Nullable::Null;
/// assert_eq!(serde_json::to_string(&[set, cleared])?, r#"["Acme",null]"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged, from = "Option<T>")]
#[cfg_attr(
    feature = "schemars",
    derive(schemars::JsonSchema),
    schemars(inline, with = "Option<T>", description = "Null clears the field.")
)]
pub enum Nullable<T> {
    /// Clears the field: `null`.
    #[default]
    Null,
    /// Sets the field.
    Value(T),
}

/// Decodes a field that is present. Without this, null would mean absent, and a request that was
/// stored as JSON would no longer clear the field.
pub(crate) fn given<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(deserializer).map(Some)
}

impl<T> From<Option<T>> for Nullable<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Self::Value)
    }
}
