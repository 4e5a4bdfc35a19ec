//! Admits attempts, and decides after each whether and when the next one follows.

use std::time::Duration;

use tokio::time::Instant;

use super::{Budget, RetryPolicy};
use crate::error::{Error, ErrorKind};
use crate::operation::RetryAdvice;
use crate::rate_limit::slots::{Slot, Slots, settle_connections};
use crate::rate_limit::{LONGEST_PAUSE, RequestQueue};

/// The inputs that determine when an attempt is sent and whether a call is retried.
#[derive(Clone, Copy)]
pub(crate) struct Rules<'c> {
    pub(crate) policy: RetryPolicy,
    /// Whether the request is safe to process twice.
    pub(crate) repeatable: bool,
    /// Where the call waits while its operation is rate limited.
    pub(crate) queue: Option<&'c RequestQueue>,
    /// Limits retries after failures other than 429.
    pub(crate) budget: Option<&'c Budget>,
    /// Every attempt takes a slot.
    pub(crate) slots: &'c Slots,
}

impl Rules<'_> {
    /// Waits until an attempt may be sent. Returns when its queue admitted it, and its slot.
    ///
    /// The server may reject other calls while this one waits for a slot: takes the slot before
    /// it enters the queue, and waits again if a pause began before it got one.
    pub(super) async fn admit(
        &self,
        since: Instant,
        time_left: impl Fn() -> Duration,
    ) -> Result<(Instant, Slot), Error> {
        let mut slot = self.slots.take(time_left()).await?;
        let sent_at = match self.queue.map(|queue| (queue, queue.enter(since))) {
            None => Instant::now(),
            Some((_, Ok(admitted))) => admitted,
            Some((queue, Err(position))) => loop {
                drop(slot);
                let admitted = queue.admit(position, time_left()).await?;
                slot = self.slots.take(time_left()).await?;
                if queue.pause_left().is_zero() {
                    break admitted;
                }
            },
        };
        if !self.repeatable {
            // It cannot be known whether the server processed a request on a connection that it
            // closed, so remove closed connections first.
            settle_connections().await;
        }
        if time_left().is_zero() {
            // A blocked or suspended program oversleeps.
            let error = Error::new(ErrorKind::Timeout);
            return Err(error.with_detail("not sent, since the total timeout expired before"));
        }
        Ok((sent_at, slot))
    }

    /// An attempt that was sent at `sent_at` succeeded.
    pub(super) fn succeeded(&self, sent_at: Instant) {
        if let Some(queue) = self.queue {
            queue.on_success(sent_at);
        }
        if let Some(budget) = self.budget {
            budget.refill();
        }
    }

    /// An attempt that was sent at `sent_at` failed. Returns the wait before the next one, or
    /// None if no attempt follows.
    pub(super) fn failed(
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
