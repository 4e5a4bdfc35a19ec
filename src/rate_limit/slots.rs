//! Limits the concurrent requests of a client.

use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout};

use crate::error::Error;
use crate::telemetry::{LONG_WAIT, waited, waiting};

/// If no request ends for this long, one request beyond the limit is sent. The task that waits
/// for a slot may itself hold the other requests without polling them.
const LONGEST_STALL: Duration = Duration::from_secs(5);

/// Limits the concurrent requests of a client and its clones. Each needs a connection and thus
/// a file descriptor.
pub(crate) struct Slots {
    free: Arc<Semaphore>,
    /// When a request last ended or exceeded the limit.
    last_change: Arc<Mutex<Instant>>,
}

/// The slot of one request. Dropping it releases the slot.
#[derive(Debug)]
pub(crate) struct Slot {
    last_change: Arc<Mutex<Instant>>,
    /// None for a request beyond the limit.
    _permit: Option<OwnedSemaphorePermit>,
}

impl Slots {
    pub(crate) fn new(limit: usize) -> Self {
        let free = Arc::new(Semaphore::new(limit.min(Semaphore::MAX_PERMITS)));
        Self { free, last_change: Arc::new(Mutex::new(Instant::now())) }
    }

    /// Waits at most `time_left` for a slot.
    pub(crate) async fn take(&self, time_left: Duration) -> Result<Slot, Error> {
        if let Ok(permit) = Arc::clone(&self.free).try_acquire_owned() {
            return Ok(self.slot(Some(permit)));
        }
        let begun = Instant::now();
        let mut free = pin!(Arc::clone(&self.free).acquire_owned());
        let mut is_long = false;
        let slot = loop {
            let left = time_left.saturating_sub(begun.elapsed());
            match timeout(left.min(LONG_WAIT), free.as_mut()).await {
                Ok(permit) => break Ok(self.slot(permit.ok())),
                Err(_) if left > LONG_WAIT && self.is_stalled() => break Ok(self.slot(None)),
                Err(_) if left > LONG_WAIT && is_long => {}
                Err(_) if left > LONG_WAIT => {
                    // The duration of the wait is unknown, but this is its maximum.
                    waiting("slot", left.saturating_sub(LONG_WAIT));
                    is_long = true;
                }
                Err(_) => break Err(Error::no_slot()),
            }
        };
        if is_long {
            waited("slot", begun.elapsed());
        }
        let slot = slot?;
        settle_connections().await;
        // Timers may fire late, and nothing is sent after the deadline of the call.
        if begun.elapsed() < time_left { Ok(slot) } else { Err(Error::no_slot()) }
    }

    /// The slot of a permit, or one beyond the limit.
    fn slot(&self, permit: Option<OwnedSemaphorePermit>) -> Slot {
        Slot { last_change: Arc::clone(&self.last_change), _permit: permit }
    }

    /// Whether no request has ended for `LONGEST_STALL`. Returns true once per stall.
    fn is_stalled(&self) -> bool {
        let mut last_change = self.last_change.lock().unwrap_or_else(PoisonError::into_inner);
        let is_stalled = last_change.elapsed() >= LONGEST_STALL;
        if is_stalled {
            *last_change = Instant::now();
        }
        is_stalled
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        *self.last_change.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
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
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    const LONG: Duration = Duration::from_secs(600);

    #[tokio::test(start_paused = true)]
    async fn slots_are_taken_in_order_and_released() {
        let slots = Slots::new(2);
        let first = slots.take(LONG).await.unwrap();
        let _second = slots.take(LONG).await.unwrap();
        let begun = Instant::now();
        let (third, ()) = tokio::join!(slots.take(LONG), async { drop(first) });
        assert!(third.is_ok() && begun.elapsed().is_zero());
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_waits_for_a_slot_until_its_deadline() {
        let slots = Slots::new(1);
        let _held = slots.take(LONG).await.unwrap();
        for time in [0, 1, 3].map(Duration::from_secs) {
            let begun = Instant::now();
            slots.take(time).await.unwrap_err();
            assert_eq!(begun.elapsed().as_secs(), time.as_secs());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn requests_that_are_not_polled_delay_others_for_a_limited_time() {
        let slots = Slots::new(3);
        let _held = [slots.take(LONG).await, slots.take(LONG).await, slots.take(LONG).await];
        let begun = Instant::now();
        for round in 1..=3 {
            // Dropping the slot would count as a request that ended.
            std::mem::forget(slots.take(LONG).await.unwrap());
            assert_eq!(begun.elapsed(), LONGEST_STALL * round);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn one_request_at_a_time_exceeds_the_limit() {
        let slots = Slots::new(1);
        let held = slots.take(LONG).await.unwrap();
        let sent = AtomicU64::new(0);
        let wait = async || {
            let slot = slots.take(LONG).await.unwrap();
            sent.fetch_add(1, Ordering::Relaxed);
            std::mem::forget(slot);
        };
        let watch = async {
            tokio::time::sleep(LONGEST_STALL * 2 + LONGEST_STALL / 2).await;
            assert_eq!(sent.load(Ordering::Relaxed), 2);
            // While requests end, none exceeds the limit.
            drop(held);
        };
        tokio::join!(wait(), wait(), wait(), watch);
    }
}
