//! What a failed attempt says about sending the same request again.

use crate::error::{Error, ErrorKind};

/// The code with which the API says that a 503 will not pass by itself.
const PERMANENT: &str = "PROVIDER_NOT_CONFIGURED";

/// A failure, as far as repeating the request depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// The server has done nothing: it said so, or the request never left.
    Undone,
    /// The server may have done what was asked.
    Unclear,
    /// The next time would end the same way.
    Lasting,
}

impl Fault {
    pub(super) fn of(error: &Error) -> Self {
        match error.kind() {
            ErrorKind::RateLimited | ErrorKind::Connect => Self::Undone,
            _ if error.code() == Some(PERMANENT) => Self::Lasting,
            _ if error.is_retryable() => Self::Unclear,
            _ => Self::Lasting,
        }
    }

    /// Whether to send the request again. `repeatable` says that it does no harm
    /// if the server does what is asked twice.
    pub(super) fn may_repeat(self, repeatable: bool) -> bool {
        match self {
            Self::Undone => true,
            Self::Unclear => repeatable,
            Self::Lasting => false,
        }
    }
}
