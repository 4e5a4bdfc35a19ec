//! The number that calls are made for, where the credential has several.

use http::{HeaderName, HeaderValue};

use crate::error::{Error, ErrorKind};

/// Carries the id of the number.
pub(crate) const NUMBER_ID: &str = "x-whatsapp-number-id";

/// The number that the calls of a client name, if any.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum NumberScope {
    #[default]
    Any,
    Only(HeaderValue),
    /// An id that no header can carry: every call says so.
    Unusable,
}

impl NumberScope {
    /// The scope of a number. Only visible ASCII and the space within it arrive everywhere as
    /// they were sent (RFC 9110, section 5.5).
    pub(crate) fn new(id: &str) -> Self {
        let fits =
            !id.is_empty() && id.trim() == id && id.bytes().all(|b| matches!(b, b' '..=b'~'));
        HeaderValue::from_str(id).ok().filter(|_| fits).map_or(Self::Unusable, Self::Only)
    }

    /// The header to send.
    pub(crate) fn header(&self) -> Result<Option<(HeaderName, HeaderValue)>, Error> {
        match self {
            Self::Any => Ok(None),
            Self::Only(id) => Ok(Some((HeaderName::from_static(NUMBER_ID), id.clone()))),
            Self::Unusable => Err(Error::new(ErrorKind::InvalidRequest).detail(
                "the id for `for_number` is blank or has a character that no header can carry; \
                 pass it as the server gave it",
            )),
        }
    }
}
