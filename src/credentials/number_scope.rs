//! The number that calls are for, if the credential has several.

use std::sync::Arc;

use http::HeaderValue;

use crate::error::Error;
use crate::text::is_portable;

/// The header with the id of the number.
pub(crate) const NUMBER_ID: &str = "x-whatsapp-number-id";

/// The number that the calls of a client are for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum NumberScope {
    #[default]
    Any,
    /// The number with an id, which may not be valid in a header.
    Only(Arc<str>),
}

impl NumberScope {
    /// The header to send.
    pub(crate) fn header(&self) -> Result<Option<HeaderValue>, Error> {
        let Self::Only(id) = self else { return Ok(None) };
        if id.is_empty() || !is_portable(id.as_bytes()) {
            return Err(Error::refused(
                "the id for `for_number` is blank or contains a character that is not valid in \
                 headers; pass it as the server sent it",
            ));
        }
        Ok(Some(HeaderValue::from_str(id)?))
    }
}
