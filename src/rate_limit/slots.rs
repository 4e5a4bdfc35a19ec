//! Limits the concurrent requests of a client.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, timeout_at};

use crate::error::Error;
use crate::telemetry::{LONG_WAIT, waited, waiting};

/// If no request ends for this many long waits, one request beyond the limit is sent. The task
/// that waits for a slot may itself hold the other requests without polling them.
const LONGEST_STALL: u32 = 5;

/// Limits the concurrent requests of a client and its clones. Each needs a connection and thus
/// a file descriptor.
pub(crate) struct Slots {
    free: Semaphore,
    /// The number of requests that ended or exceeded the limit.
    changes: AtomicUsize,
}

/// The slot of one request. Dropping it releases the slot.
pub(crate) struct Slot {
    slots: Arc<Slots>,
    /// False for a request beyond the limit.
    has_permit: bool,
}

impl Slots {
    pub(crate) fn new(limit: usize) -> Arc<Self> {
        let free = Semaphore::new(limit.min(Semaphore::MAX_PERMITS));
        Arc::new(Self { free, changes: AtomicUsize::new(0) })
    }

    /// Waits for a slot until the deadline.
    pub(crate) async fn take(self: &Arc<Self>, deadline: Instant) -> Result<Slot, Error> {
        let Self { free, changes } = &**self;
        if let Ok(permit) = free.try_acquire() {
            return Ok(self.slot(Some(permit)));
        }
        let begun = Instant::now();
        let mut acquired = pin!(free.acquire());
        let (mut last, mut stalled, mut is_long) = (changes.load(Relaxed), 0, false);
        let permit = loop {
            let next = (Instant::now() + LONG_WAIT).min(deadline);
            if let Ok(permit) = timeout_at(next, acquired.as_mut()).await {
                break permit.ok();
            }
            if next == deadline {
                break None;
            }
            if !is_long {
                // The duration of the wait is unknown, but this is its maximum.
                waiting("slot", deadline - next);
                is_long = true;
            }
            let seen = std::mem::replace(&mut last, changes.load(Relaxed));
            stalled = if last == seen { stalled + 1 } else { 0 };
            // Of the calls that wait, one exceeds the limit.
            let exceeds = || changes.compare_exchange(seen, seen.wrapping_add(1), Relaxed, Relaxed);
            if stalled >= LONGEST_STALL && exceeds().is_ok() {
                break None;
            }
        };
        if is_long {
            waited("slot", begun.elapsed());
        }
        settle_connections().await;
        // Timers may fire late, and nothing is sent after the deadline of the call.
        if Instant::now() < deadline { Ok(self.slot(permit)) } else { Err(Error::no_slot()) }
    }

    /// The slot of a permit, or one beyond the limit.
    fn slot(self: &Arc<Self>, permit: Option<SemaphorePermit<'_>>) -> Slot {
        let has_permit = permit.map(SemaphorePermit::forget).is_some();
        Slot { slots: Arc::clone(self), has_permit }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.slots.changes.fetch_add(1, Relaxed);
        self.slots.free.add_permits(self.has_permit.into());
    }
}

/// Lets the connection tasks run, so that idle connections return to the pool and closed ones
/// leave it. In the first round the runtime polls the sockets, in the second the tasks run.
pub(crate) async fn settle_connections() {
    for _ in 0..2 {
        tokio::task::yield_now().await;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const STALL: Duration = LONG_WAIT.saturating_mul(LONGEST_STALL);

    impl Slots {
        async fn take_within(self: &Arc<Self>, time: Duration) -> Result<Slot, Error> {
            self.take(Instant::now() + time).await
        }
    }

    #[tokio::test(start_paused = true)]
    async fn slots_are_taken_in_order_and_released() {
        let slots = Slots::new(2);
        let first = slots.take_within(STALL * 9).await.unwrap();
        let _second = slots.take_within(STALL * 9).await.unwrap();
        let begun = Instant::now();
        let (third, ()) = tokio::join!(slots.take_within(STALL * 9), async { drop(first) });
        assert!(third.is_ok() && begun.elapsed().is_zero());
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_waits_for_a_slot_until_its_deadline() {
        let slots = Slots::new(1);
        let _held = slots.take_within(STALL * 9).await.unwrap();
        for time in [0, 1, 3].map(Duration::from_secs) {
            let begun = Instant::now();
            slots.take_within(time).await.err().unwrap();
            assert_eq!(begun.elapsed().as_secs(), time.as_secs());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn requests_that_are_not_polled_delay_others_for_a_limited_time() {
        let slots = Slots::new(3);
        let _held = [
            slots.take_within(STALL * 9).await,
            slots.take_within(STALL * 9).await,
            slots.take_within(STALL * 9).await,
        ];
        let begun = Instant::now();
        for round in 1..=3 {
            // Dropping the slot would count as a request that ended.
            std::mem::forget(slots.take_within(STALL * 9).await.unwrap());
            assert_eq!(begun.elapsed(), STALL * round);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn one_request_at_a_time_exceeds_the_limit() {
        let slots = Slots::new(1);
        let held = slots.take_within(STALL * 9).await.unwrap();
        let sent = AtomicUsize::new(0);
        let wait = async || {
            let slot = slots.take_within(STALL * 9).await.unwrap();
            sent.fetch_add(1, Relaxed);
            std::mem::forget(slot);
        };
        let watch = async {
            tokio::time::sleep(STALL * 5 / 2).await;
            assert_eq!(sent.load(Relaxed), 2);
            // While requests end, none exceeds the limit.
            drop(held);
        };
        tokio::join!(wait(), wait(), wait(), watch);
    }
}
