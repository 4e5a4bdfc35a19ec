//! The settings of retries, and the decision whether to retry.

use std::time::Duration;

use crate::error::{Error, ErrorKind, Outcome};
use crate::operation::RetryAdvice;
use crate::rate_limit::Pacing;
use crate::time::{Backoff, spread};

/// Determines when and how often a call is retried.
///
/// A call is retried if the server did not process the request: the server sent 429, refused
/// the HTTP/2 stream, or was unreachable. After 408, 502, 503, 504, a timeout or a broken
/// connection, the outcome is unknown, and the call is retried only if its method (GET, HEAD,
/// PUT, DELETE) or its `Idempotency-Key` makes that safe. All other errors are returned at
/// once, and so are permanent ones: a code such as `PROVIDER_NOT_CONFIGURED`, an invalid
/// certificate, a proxy that refuses the tunnel, a response that is not HTTP.
///
/// The wait is the server's `Retry-After` plus up to a tenth, but at most 500 ms more. Without a
/// `Retry-After`, or with less than 500 ms, the wait is a random time between 250 and 500 ms that
/// doubles with every attempt, up to 30 s. While the server rejects most calls with 429, the
/// calls of a client wait together: see [`Pacing`].
///
/// ```
/// use std::time::Duration;
/// use pilot_status::RetryPolicy;
///
/// let patient = RetryPolicy::default().max_attempts(10).total_timeout(Duration::from_secs(300));
/// let none = RetryPolicy::none();
/// assert_ne!(patient, none);
/// ```
#[must_use]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    max_attempts: u32,
    total_timeout: Duration,
    pub(crate) backoff: Backoff,
    pacing: Pacing,
    has_budget: bool,
}

/// After this many polls of the outcome of an earlier attempt, the interval no longer doubles:
/// 4 seconds with the default backoff.
const MAX_POLLS: u32 = 4;

/// The minimum interval of those polls, even if the server or the policy requests less.
const SHORTEST_POLL: Duration = Duration::from_millis(100);

impl Default for RetryPolicy {
    /// 4 attempts and 60 seconds in all, with pacing and a budget.
    fn default() -> Self {
        Self {
            max_attempts: 4,
            total_timeout: Duration::from_secs(60),
            backoff: Backoff { base: Duration::from_millis(500), cap: Duration::from_secs(30) },
            pacing: Pacing::Pause,
            has_budget: true,
        }
    }
}

impl RetryPolicy {
    /// Returns a policy with a single attempt and without a total timeout: the
    /// [attempt timeout](crate::ClientBuilder::attempt_timeout) limits the attempt. The wait for
    /// a [slot](crate::ClientBuilder::max_concurrent_requests) has no limit unless you set a
    /// [`total_timeout`](Self::total_timeout).
    pub fn none() -> Self {
        Self::default().max_attempts(1).total_timeout(Duration::MAX).pacing(Pacing::Off)
    }

    /// Sets the maximum number of attempts, including the first. Default: 4. 0 counts as 1.
    ///
    /// If the server is still processing an attempt whose outcome is unknown, the client polls it
    /// until the total timeout. These polls do not count.
    pub fn max_attempts(self, attempts: u32) -> Self {
        Self { max_attempts: attempts, ..self }
    }

    /// Sets the maximum duration of a call, including all attempts and the waits between them.
    /// Default: 60 seconds.
    ///
    /// If a wait would exceed it, the call fails at once, and [`Error::retry_after`] returns
    /// the wait.
    pub fn total_timeout(self, time: Duration) -> Self {
        Self { total_timeout: time, ..self }
    }

    /// Sets the wait if the server requests none, or less than `base`: a random time between
    /// `base / 2` and `base`, doubled after every attempt, up to `cap`. Default: 500 ms and 30
    /// seconds.
    ///
    /// While calls wait together after a 429, one of them probes the server after `base`, and
    /// then at intervals of an eighth of the time that has passed, up to `cap`.
    pub fn backoff(self, base: Duration, cap: Duration) -> Self {
        Self { backoff: Backoff { base, cap }, ..self }
    }

    /// Sets how calls wait after a 429. Default: [`Pacing::Pause`].
    pub fn pacing(self, pacing: Pacing) -> Self {
        Self { pacing, ..self }
    }

    /// Retries calls after failures other than 429 as often as
    /// [`max_attempts`](Self::max_attempts) allows, no matter how many calls fail.
    ///
    /// By default the clones of a client share a budget of 100 retries. Each success earns a
    /// tenth of a retry, up to 100. When the budget is spent, errors are returned at once, so
    /// that retries do not multiply the load on a server that is down.
    pub fn without_budget(self) -> Self {
        Self { has_budget: false, ..self }
    }

    /// The maximum number of attempts, as set with [`max_attempts`](Self::max_attempts).
    pub fn get_max_attempts(&self) -> u32 {
        self.max_attempts
    }

    /// The maximum duration of a call, as set with [`total_timeout`](Self::total_timeout).
    pub fn get_total_timeout(&self) -> Duration {
        self.total_timeout
    }

    /// The base and the cap of the backoff, as set with [`backoff`](Self::backoff).
    pub fn get_backoff(&self) -> (Duration, Duration) {
        (self.backoff.base, self.backoff.cap)
    }

    /// How calls wait after a 429, as set with [`pacing`](Self::pacing).
    pub fn get_pacing(&self) -> Pacing {
        self.pacing
    }

    /// Whether a budget limits retries: see [`without_budget`](Self::without_budget).
    pub fn has_budget(&self) -> bool {
        self.has_budget
    }

    /// The wait before the next attempt, after the last one failed with `error`. None if there
    /// is no next attempt.
    ///
    /// `repeatable` means that the request is safe to process twice. `polls` is the number of
    /// attempts that only polled the outcome of an earlier one. `random` is between 0 and 1.
    pub(crate) fn wait(
        &self,
        error: &Error,
        repeatable: bool,
        polls: u32,
        time_left: Duration,
        random: f64,
    ) -> Option<Duration> {
        // Only the total timeout limits polls of an outcome.
        let is_poll = polls > 0 && error.is_in_progress();
        let attempt = if is_poll { polls.min(MAX_POLLS) } else { error.attempts() - polls };
        let has_attempts = is_poll || attempt < self.max_attempts;
        if !has_attempts || !may_retry(error, repeatable) {
            return None;
        }
        let wait = match error.retry_after() {
            Some(requested) if requested >= self.backoff.base => {
                spread(requested, time_left, random)
            }
            // After `Retry-After: 0` the next attempt may still fail.
            requested => self.backoff.wait(attempt, random).max(requested.unwrap_or_default()),
        };
        let wait = if is_poll { wait.max(SHORTEST_POLL) } else { wait };
        (wait < time_left).then_some(wait)
    }
}

/// Whether to retry the request. `is_repeatable` means that it is safe to process twice.
fn may_retry(error: &Error, is_repeatable: bool) -> bool {
    // The cooldown outlasts the call, and the server does not state its duration.
    let is_cooldown =
        error.advice() == Some(RetryAdvice::OnlyThisCall) && error.retry_after().is_none();
    if is_cooldown || !error.is_retryable() || error.outcome() == Some(Outcome::OutOfDescriptors) {
        return false;
    }
    is_repeatable
        || matches!(error.kind(), ErrorKind::RateLimited | ErrorKind::Connect)
        || error.outcome() == Some(Outcome::NotProcessed)
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
