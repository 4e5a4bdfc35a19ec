//! The settings of retries, and the decision that they make.

use std::sync::Arc;
use std::time::Duration;

use super::budget::Budget;
use super::outcome::may_retry;
use crate::credentials::number_scope::NumberScope;
use crate::error::Error;
use crate::operation::Operation;
use crate::rate_limit::{Pacing, RequestQueue, RequestQueues};
use crate::time::{Backoff, spread};

/// When a call is tried again, and within which bounds.
///
/// A call is retried when the server has not processed it: it sent 429, refused the
/// HTTP/2 stream, or could not be connected to. When that is unknown, after 408, 502,
/// 503, 504, a timeout or a broken connection, it is retried only where that is safe: by
/// its method (GET, HEAD, PUT, DELETE), or because it carries an `Idempotency-Key`. All
/// other errors come back at once, and so do those that a retry cannot change: a code
/// such as `PROVIDER_NOT_CONFIGURED`, an invalid certificate, a proxy that refuses the
/// tunnel, a response that is not HTTP.
///
/// The wait is what the server asks for and up to a tenth more. Where the server names
/// none, or less than 500 ms, it is a random time between 250 and 500 ms that doubles with
/// every attempt, up to 30 s. While the server rejects most calls with 429, the calls of a
/// client wait together, as [`Pacing`] says.
///
/// ```
/// use std::time::Duration;
/// use pilot_status::RetryPolicy;
///
/// let patient = RetryPolicy::default().max_attempts(10).total_timeout(Duration::from_secs(300));
/// let none = RetryPolicy::none();
/// assert_ne!(patient, none);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    max_attempts: u32,
    total_timeout: Duration,
    backoff: Backoff,
    pacing: Pacing,
    has_budget: bool,
}

/// The number of attempts after which the wait for the outcome of an earlier attempt no
/// longer doubles: 4 seconds with the default backoff.
const MAX_POLLS: u32 = 4;

/// The shortest wait for that outcome, whatever the server and the policy say.
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
    /// One attempt at once, bounded by the request timeout alone. An upload that makes
    /// progress is not bounded.
    pub fn none() -> Self {
        Self {
            max_attempts: 1,
            total_timeout: Duration::MAX,
            pacing: Pacing::Off,
            ..Self::default()
        }
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
    pub fn total_timeout(mut self, time: Duration) -> Self {
        self.total_timeout = time;
        self
    }

    /// The wait where the server names none, or less than `base`: a random time between
    /// half of `base` and all of it, doubled after every attempt, up to `cap`. Default:
    /// 500 ms and 30 seconds.
    ///
    /// Where calls wait together after a 429, one of them probes after `base` whether the
    /// server accepts calls again, and then each time after an eighth of the time that
    /// has passed, up to `cap`.
    #[must_use]
    pub fn backoff(mut self, base: Duration, cap: Duration) -> Self {
        self.backoff = Backoff { base, cap };
        self
    }

    /// What calls share after a 429. Default: [`Pacing::Pause`].
    #[must_use]
    pub fn pacing(mut self, pacing: Pacing) -> Self {
        self.pacing = pacing;
        self
    }

    /// Sends calls again after faults other than 429 as often as
    /// [`max_attempts`](Self::max_attempts) allows, however many calls fail.
    ///
    /// By default the clones of a client share a budget for that: 100 to begin
    /// with, one less for each time that a call is sent again, and a tenth more,
    /// up to 100, for each success. When it is spent, the error comes back at
    /// once: a server that is down is not asked several times as often.
    #[must_use]
    pub fn without_budget(mut self) -> Self {
        self.has_budget = false;
        self
    }

    /// What the clones of a client with this policy share.
    pub(crate) fn shared(&self) -> Shared {
        Shared { queues: RequestQueues::new(self.backoff), budget: Budget::default() }
    }

    /// Where the calls of an operation wait together; none if they wait for themselves.
    pub(crate) fn queue(
        &self,
        shared: &Shared,
        operation: &Operation,
        number: &NumberScope,
    ) -> Option<Arc<RequestQueue>> {
        (self.pacing != Pacing::Off).then(|| shared.queues.of(operation, number))
    }

    /// What pays for retries after faults; none if nothing bounds them.
    pub(crate) fn budget<'s>(&self, shared: &'s Shared) -> Option<&'s Budget> {
        self.has_budget.then_some(&shared.budget)
    }

    /// What is left for a call that began `elapsed` ago.
    pub(crate) fn time_left(&self, elapsed: Duration) -> Duration {
        self.total_timeout.saturating_sub(elapsed)
    }

    /// How long to wait before the next attempt, if there is to be one, after the last
    /// failed with `error` and the call has `time_left`.
    ///
    /// `repeatable` says that the request may be done twice, `polls` how many attempts only
    /// asked for the outcome of an earlier one; `random` is between 0 and 1.
    pub(crate) fn wait(
        &self,
        error: &Error,
        repeatable: bool,
        polls: u32,
        time_left: Duration,
        random: f64,
    ) -> Option<Duration> {
        // Its outcome is worth waiting for as long as the call lasts.
        let is_poll = error.awaits_earlier_attempt();
        let attempt = if is_poll { polls.min(MAX_POLLS) } else { error.attempts() - polls };
        let has_attempts = is_poll || attempt < self.max_attempts;
        if !has_attempts || !may_retry(error, repeatable) {
            return None;
        }
        let wait = match error.retry_after() {
            Some(asked) if asked >= self.backoff.base => spread(asked, time_left, random),
            // `Retry-After: 0` does not say that the next attempt succeeds.
            asked => self.backoff.wait(attempt, random).max(asked.unwrap_or_default()),
        };
        let wait = if is_poll { wait.max(SHORTEST_POLL) } else { wait };
        (wait < time_left).then_some(wait)
    }
}

/// What the calls of a client and its clones share.
pub(crate) struct Shared {
    queues: RequestQueues,
    budget: Budget,
}
