//! Whether a retry is safe, and whether it can succeed.

use crate::error::{Error, ErrorKind, Outcome};
use crate::operation::RetryAdvice;

/// What a failed attempt means for a retry.
pub(super) fn outcome(error: &Error) -> Outcome {
    match (error.kind(), error.advice(), error.outcome()) {
        // The cooldown outlasts the call, and the server does not state its duration.
        (_, Some(RetryAdvice::OnlyThisCall), _) if error.retry_after().is_none() => {
            Outcome::Permanent
        }
        (_, _, Some(Outcome::OutOfDescriptors)) => Outcome::Permanent,
        _ if !error.is_retryable() => Outcome::Permanent,
        (ErrorKind::RateLimited | ErrorKind::Connect, _, _)
        | (_, _, Some(Outcome::NotProcessed)) => Outcome::NotProcessed,
        _ => Outcome::Unknown,
    }
}

/// Whether to retry the request. `is_repeatable` means that it is safe to process twice.
pub(super) fn may_retry(error: &Error, is_repeatable: bool) -> bool {
    match outcome(error) {
        Outcome::NotProcessed => true,
        Outcome::Unknown => is_repeatable,
        Outcome::OutOfDescriptors | Outcome::Permanent => false,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use http::StatusCode;

    use super::*;
    use crate::types::{ApiError, ErrorCode};

    #[test]
    fn the_code_takes_precedence_over_the_status() {
        let minute = Some(Duration::from_secs(60));
        for (status, code, hint, expected, retryable) in [
            (429, None, None, Outcome::NotProcessed, true),
            (429, Some("RATE_LIMITED"), None, Outcome::NotProcessed, true),
            (429, Some("RESYNC_COOLDOWN"), minute, Outcome::NotProcessed, true),
            (429, Some("CONTACT_CODE_COOLDOWN"), None, Outcome::Permanent, true),
            (503, None, None, Outcome::Unknown, true),
            (503, Some("UPSTREAM_TIMEOUT"), None, Outcome::Unknown, true),
            (503, Some("PROVIDER_NOT_CONFIGURED"), None, Outcome::Permanent, false),
            (503, Some("ADS_NOT_CONFIGURED"), minute, Outcome::Permanent, false),
            (409, Some("IDEMPOTENCY_KEY_IN_USE"), None, Outcome::Unknown, true),
            (409, Some("IDEMPOTENCY_KEY_REUSED"), None, Outcome::Permanent, false),
            (404, None, None, Outcome::Permanent, false),
        ] {
            let error = Error::of_status(StatusCode::from_u16(status).unwrap())
                .with_retry_after(hint)
                .with_server_message(ApiError {
                    error: None,
                    code: code.map(ErrorCode::from),
                    extra: serde_json::Map::new(),
                });
            assert_eq!(outcome(&error), expected, "{status} {code:?}");
            assert_eq!(error.is_retryable(), retryable, "{status} {code:?}");
        }
    }
}
