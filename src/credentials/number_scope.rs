//! The number that calls are for, if the credential has several.

use http::HeaderValue;

use crate::error::Error;
use crate::text::is_portable;

/// The header with the id of the number.
pub(crate) const NUMBER_ID: &str = "x-whatsapp-number-id";

/// The number that the calls of a client are for.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum NumberScope {
    #[default]
    Any,
    Only(HeaderValue),
    /// The id is not valid in a header: every call fails.
    Invalid,
}

impl NumberScope {
    pub(crate) fn new(id: &str) -> Self {
        let is_valid = !id.is_empty() && is_portable(id.as_bytes());
        HeaderValue::from_str(id).ok().filter(|_| is_valid).map_or(Self::Invalid, Self::Only)
    }

    /// The header to send.
    pub(crate) fn header(&self) -> Result<Option<HeaderValue>, Error> {
        match self {
            Self::Any => Ok(None),
            Self::Only(id) => Ok(Some(id.clone())),
            Self::Invalid => Err(Error::refused(
                "the id for `for_number` is blank or contains a character that is not valid in \
                 headers; pass it as the server sent it",
            )),
        }
    }
}
