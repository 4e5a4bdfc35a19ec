//! The settings of retries, and the decision that they make.

use std::time::Duration;

use super::backoff::Backoff;
use crate::error::{Error, ErrorKind};

/// When a call is tried again, and within which bounds.
///
/// A call that the server answers with 429 is sent again, whatever its method:
/// the server says that it has done nothing. The wait is what the server asks
/// for, or else a random time up to 500 ms that doubles with every attempt, up
/// to 30 s. All other errors come back at once.
///
/// ```
/// use std::time::Duration;
/// use pilot_status::RetryPolicy;
///
/// let patient = RetryPolicy::default().max_attempts(10).total_time(Duration::from_secs(300));
/// let none = RetryPolicy::none();
/// assert_ne!(patient, none);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    max_attempts: u32,
    total_time: Duration,
    backoff: Backoff,
}

impl Default for RetryPolicy {
    /// 4 attempts and 60 seconds in all.
    fn default() -> Self {
        Self {
            max_attempts: 4,
            total_time: Duration::from_secs(60),
            backoff: Backoff { base: Duration::from_millis(500), cap: Duration::from_secs(30) },
        }
    }
}

impl RetryPolicy {
    /// One attempt, bounded by the timeout for a request alone.
    pub fn none() -> Self {
        Self { max_attempts: 1, total_time: Duration::MAX, ..Self::default() }
    }

    /// How often a call is sent at most, the first time included. Default: 4.
    /// 0 counts as 1.
    #[must_use]
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts;
        self
    }

    /// How long a call takes at most, with all attempts and the waits between
    /// them. Default: 60 seconds.
    ///
    /// A wait that would pass it is not begun: the error comes back at once,
    /// with the wait in [`Error::retry_after`].
    #[must_use]
    pub fn total_time(mut self, time: Duration) -> Self {
        self.total_time = time;
        self
    }

    /// What is left for a call that began `elapsed` ago.
    pub(crate) fn time_left(&self, elapsed: Duration) -> Duration {
        self.total_time.saturating_sub(elapsed)
    }

    /// How long to wait before the next attempt, if there is to be one, after
    /// the `attempt`th failed and with `time_left`. `random` is between 0 and 1.
    pub(crate) fn wait(
        &self,
        error: &Error,
        attempt: u32,
        time_left: Duration,
        random: f64,
    ) -> Option<Duration> {
        if error.kind() != ErrorKind::RateLimited || attempt >= self.max_attempts {
            return None;
        }
        let wait = error.retry_after().unwrap_or_else(|| self.backoff.wait(attempt, random));
        (wait < time_left).then_some(wait)
    }
}
