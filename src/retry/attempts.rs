//! Runs the attempts of one call until one succeeds or the policy stops. Admits each, and decides
//! after it whether and when the next one follows.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::{Budget, RetryPolicy};
use crate::error::{Call, Error, ErrorKind};
use crate::operation::RetryAdvice;
use crate::rate_limit::slots::{Slot, Slots, settle_connections};
use crate::rate_limit::{LONGEST_PAUSE, RequestQueue};
use crate::telemetry::{waited, waiting};
use crate::time::MAX_TIMEOUT;

/// Runs `attempt` as often as the policy allows. `attempt` receives its number, starting at
/// 1, and its deadline. `random` returns numbers between 0 and 1.
///
/// Returns the value of the last attempt, the call with its number of attempts, and the slot,
/// which is held until the response has been read. The error of the last attempt contains the
/// call.
pub(crate) async fn run<T, Attempt: Future<Output = Result<T, Error>>>(
    rules: &Rules<'_>,
    mut call: Call,
    random: impl Fn() -> f64,
    mut attempt: impl FnMut(u32, Instant) -> Attempt,
) -> Result<(T, Call, Slot), Error> {
    let mut since = Instant::now();
    let deadline = since + rules.policy.get_total_timeout().min(MAX_TIMEOUT);
    let mut failure: Option<Error> = None;
    // The attempts that only polled the outcome of an earlier one.
    let mut polls = 0;
    // Whether an earlier attempt may be the request that is in progress.
    let mut is_lost = false;
    loop {
        let (sent_at, slot) = match rules.admit(since, deadline).await {
            Ok(admitted) => admitted,
            Err(error) => return Err(not_retried(failure, since, error.with_call(call))),
        };
        call.attempts += 1;
        let attempt_deadline = deadline.min(sent_at + rules.attempt_timeout.min(MAX_TIMEOUT));
        let mut error = match attempt(call.attempts, attempt_deadline).await {
            Ok(value) => {
                rules.queue.inspect(|queue| queue.on_success(sent_at));
                rules.budget.inspect(|budget| budget.refill());
                return Ok((value, call, slot));
            }
            Err(error) => error.with_call(call.clone()),
        };
        drop(slot);
        since = Instant::now();
        polls += u32::from(is_lost && error.is_in_progress());
        let Some(wait) = rules.failed(&mut error, polls, sent_at, deadline - since, random())
        else {
            return Err(error);
        };
        if !wait.is_zero() {
            waiting("retry", wait);
            sleep(wait).await;
            waited("retry", wait);
        }
        call.earlier_uncertain |= error.is_uncertain();
        is_lost |= error.is_uncertain() && !error.is_in_progress();
        failure = Some(error);
    }
}

/// The error of a call that cannot make its next attempt because of `error`: the failure of
/// its last attempt, if any, with the rest of the wait that began at `since`.
fn not_retried(failure: Option<Error>, since: Instant, error: Error) -> Error {
    let Some(failure) = failure else { return error };
    let requested = failure.retry_after().unwrap_or_default().saturating_sub(since.elapsed());
    let left = requested.max(error.retry_after().unwrap_or_default());
    failure.with_retry_after((!left.is_zero()).then_some(left))
}

/// The inputs that determine when an attempt is sent and whether a call is retried.
#[derive(Clone, Copy)]
pub(crate) struct Rules<'c> {
    pub(crate) policy: RetryPolicy,
    pub(crate) attempt_timeout: Duration,
    /// Whether the request is safe to process twice.
    pub(crate) repeatable: bool,
    /// Where the call waits while its operation is rate limited.
    pub(crate) queue: Option<&'c RequestQueue>,
    /// Limits retries after failures other than 429.
    pub(crate) budget: Option<&'c Budget>,
    /// Every attempt takes a slot.
    pub(crate) slots: &'c Arc<Slots>,
}

impl Rules<'_> {
    /// Waits until an attempt may be sent. Returns that time, and its slot.
    ///
    /// The server may reject other calls while this one waits for a slot: takes the slot before
    /// it enters the queue, and waits again if a pause began before it got one.
    async fn admit(&self, since: Instant, deadline: Instant) -> Result<(Instant, Slot), Error> {
        let mut slot = self.slots.take(deadline).await?;
        if let Some(queue) = self.queue
            && let Err(position) = queue.enter(since)
        {
            loop {
                drop(slot);
                queue.admit(position, deadline).await?;
                slot = self.slots.take(deadline).await?;
                if !queue.is_paused() {
                    break;
                }
            }
        }
        if !self.repeatable {
            // It cannot be known whether the server processed a request on a connection that it
            // closed, so remove closed connections first.
            settle_connections().await;
        }
        let sent_at = Instant::now();
        if sent_at >= deadline {
            // A blocked or suspended program oversleeps.
            let error = Error::new(ErrorKind::Timeout);
            return Err(error.with_detail("not sent, since the total timeout expired before"));
        }
        Ok((sent_at, slot))
    }

    /// An attempt that was sent at `sent_at` failed. Returns the wait before the next one, or
    /// None if no attempt follows.
    fn failed(
        &self,
        error: &mut Error,
        polls: u32,
        sent_at: Instant,
        time_left: Duration,
        random: f64,
    ) -> Option<Duration> {
        let wait = self.policy.wait(error, self.repeatable, polls, time_left, random);
        let is_rejected = error.kind() == ErrorKind::RateLimited;
        if !is_rejected || error.advice() == Some(RetryAdvice::OnlyThisCall) {
            if let Some(queue) = self.queue.filter(|_| error.status().is_some()) {
                queue.on_success(sent_at);
            }
            let is_free = is_rejected || error.is_in_progress();
            if wait.is_none() || is_free || self.budget.is_none_or(Budget::try_withdraw) {
                return wait;
            }
            error.add_detail("not retried, since the retry budget is spent");
            return None;
        }
        let reject = |queue: &RequestQueue| queue.on_rejected(sent_at, error.retry_after(), random);
        let is_paused = self.queue.is_some_and(reject);
        // The queue waits until the pause ends.
        wait.map(|wait| if is_paused && wait <= LONGEST_PAUSE { Duration::ZERO } else { wait })
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
