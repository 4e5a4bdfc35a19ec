//! What a failed attempt says about sending the same request again.

use super::Advice;
use crate::error::{Error, ErrorKind, Outcome};

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
        match (error.kind(), error.advice(), error.outcome()) {
            // It lasts longer than a call, and nobody says how long.
            (_, Some(Advice::Alone), _) if error.retry_after().is_none() => Self::Lasting,
            (_, _, Some(Outcome::OutOfDescriptors)) => Self::Lasting,
            _ if !error.is_retryable() => Self::Lasting,
            (ErrorKind::RateLimited | ErrorKind::Connect, _, _)
            | (_, _, Some(Outcome::NotProcessed)) => Self::Undone,
            _ => Self::Unclear,
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use http::StatusCode;

    use super::*;
    use crate::types::{ApiError, ErrorCode};

    #[test]
    fn the_code_says_more_than_the_status() {
        let minute = Some(Duration::from_secs(60));
        for (status, code, hint, fault, retryable) in [
            (429, None, None, Fault::Undone, true),
            (429, Some("RATE_LIMITED"), None, Fault::Undone, true),
            (429, Some("RESYNC_COOLDOWN"), minute, Fault::Undone, true),
            (429, Some("CONTACT_CODE_COOLDOWN"), None, Fault::Lasting, true),
            (503, None, None, Fault::Unclear, true),
            (503, Some("UPSTREAM_TIMEOUT"), None, Fault::Unclear, true),
            (503, Some("PROVIDER_NOT_CONFIGURED"), None, Fault::Lasting, false),
            (503, Some("ADS_NOT_CONFIGURED"), minute, Fault::Lasting, false),
            (409, Some("IDEMPOTENCY_KEY_IN_USE"), None, Fault::Unclear, true),
            (409, Some("IDEMPOTENCY_KEY_REUSED"), None, Fault::Lasting, false),
            (404, None, None, Fault::Lasting, false),
        ] {
            let error = Error::of_status(StatusCode::from_u16(status).unwrap())
                .asked_to_wait(hint)
                .said(ApiError {
                    error: None,
                    code: code.map(ErrorCode::from),
                    extra: serde_json::Map::new(),
                });
            assert_eq!(Fault::of(&error), fault, "{status} {code:?}");
            assert_eq!(error.is_retryable(), retryable, "{status} {code:?}");
        }
    }
}
