//! Whether a retry is safe, and whether it can succeed.

use crate::error::{Error, ErrorKind, Outcome};
use crate::operation::RetryAdvice;

/// Whether to retry the request. `is_repeatable` means that it is safe to process twice.
pub(super) fn may_retry(error: &Error, is_repeatable: bool) -> bool {
    // The cooldown outlasts the call, and the server does not state its duration.
    let is_cooldown =
        error.advice() == Some(RetryAdvice::OnlyThisCall) && error.retry_after().is_none();
    let is_permanent =
        is_cooldown || !error.is_retryable() || error.outcome() == Some(Outcome::OutOfDescriptors);
    let is_not_processed = matches!(error.kind(), ErrorKind::RateLimited | ErrorKind::Connect)
        || error.outcome() == Some(Outcome::NotProcessed);
    !is_permanent && (is_not_processed || is_repeatable)
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
        for (status, code, hint, retried, retryable) in [
            (429, None, None, [true, true], true),
            (429, Some("RATE_LIMITED"), None, [true, true], true),
            (429, Some("RESYNC_COOLDOWN"), minute, [true, true], true),
            (429, Some("CONTACT_CODE_COOLDOWN"), None, [false, false], true),
            (503, None, None, [false, true], true),
            (503, Some("UPSTREAM_TIMEOUT"), None, [false, true], true),
            (503, Some("PROVIDER_NOT_CONFIGURED"), None, [false, false], false),
            (503, Some("ADS_NOT_CONFIGURED"), minute, [false, false], false),
            (409, Some("IDEMPOTENCY_KEY_IN_USE"), None, [false, true], true),
            (409, Some("IDEMPOTENCY_KEY_REUSED"), None, [false, false], false),
            (404, None, None, [false, false], false),
        ] {
            let error = Error::of_status(StatusCode::from_u16(status).unwrap())
                .with_retry_after(hint)
                .with_server_message(ApiError {
                    error: None,
                    code: code.map(ErrorCode::from),
                    extra: serde_json::Map::new(),
                });
            let safe = [false, true].map(|is_repeatable| may_retry(&error, is_repeatable));
            assert_eq!(safe, retried, "{status} {code:?}");
            assert_eq!(error.is_retryable(), retryable, "{status} {code:?}");
        }
    }
}
