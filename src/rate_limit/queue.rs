//! The queue in which the calls of an operation wait while the server limits its rate.
//!
//! A caller may hold a future without polling it, as a stream does while its last entry is
//! processed. Such a call cannot be admitted: it loses its position, and the next call is
//! admitted.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};

use super::pace::Pace;
use crate::error::{Error, ErrorKind};
use crate::telemetry::{waited, waiting};

/// How long the first call may stay unpolled before the others pass it.
const LONGEST_IDLE: Duration = Duration::from_secs(1);

/// A call that is not admitted reserves a tenth of its time, at most this long, for a last
/// attempt.
const LONGEST_RESERVE: Duration = Duration::from_secs(1);

/// Admits the calls of one operation in the order of their arrival.
pub(crate) struct RequestQueue(Mutex<State>);

struct State {
    pace: Pace,
    /// The number of the last call that had to wait.
    number: u64,
    /// Sorted by position.
    waiting: VecDeque<Waiting>,
}

/// A call in the queue.
struct Waiting {
    position: Position,
    wake: Arc<Notify>,
    /// When its task polls it next, if the task awaits it.
    due: Instant,
}

/// The position of a call in the queue: when its wait began, and its number.
pub(crate) type Position = (Instant, u64);

impl RequestQueue {
    pub(super) fn new(pace: Pace) -> Self {
        Self(State { pace, number: 0, waiting: VecDeque::new() }.into())
    }

    /// Admits a call at once, or returns its position in the queue.
    ///
    /// `since` determines the position: the start of the call, or its last rejection. A
    /// rejected call moves to the end, so that others probe the server.
    pub(crate) fn enter(&self, since: Instant) -> Result<(), Position> {
        let mut state = self.state();
        state.number += 1;
        let position = (since, state.number);
        state.admit(position, Instant::now()).map_err(|_| position)
    }

    /// Waits until a call is admitted, before the deadline.
    pub(crate) async fn admit(&self, position: Position, deadline: Instant) -> Result<(), Error> {
        let arrival = Instant::now();
        waiting("rate_limit", self.pause_before(deadline, arrival)?);
        let admission = self.wait(position, deadline).await;
        waited("rate_limit", arrival.elapsed());
        admission
    }

    async fn wait(&self, position: Position, deadline: Instant) -> Result<(), Error> {
        let patience = deadline - ((deadline - Instant::now()) / 10).min(LONGEST_RESERVE);
        let wake = Arc::new(Notify::new());
        let _entry = Entry { queue: self, position };
        loop {
            let now = Instant::now();
            let last_attempt = patience.max(now + self.pause_before(deadline, now)?);
            if now >= last_attempt {
                // It may succeed, although calls before this one wait.
                self.state().pace.on_send(now);
                return Ok(());
            }
            let admission = self.state().wait(position, now, &wake);
            let Err(due) = admission else { return Ok(()) };
            _ = timeout_at(last_attempt.min(due), wake.notified()).await;
        }
    }

    /// The rest of the pause. An error if it does not end before the deadline.
    fn pause_before(&self, deadline: Instant, now: Instant) -> Result<Duration, Error> {
        let pause = self.state().pace.pause_left(now);
        if now + pause < deadline {
            return Ok(pause);
        }
        Err(Error::new(ErrorKind::RateLimited)
            .with_detail("not sent, since the server rate limited earlier calls")
            .with_retry_after((!pause.is_zero()).then_some(pause)))
    }

    /// Whether the queue is empty and the pause is over.
    pub(super) fn is_idle(&self) -> bool {
        let mut state = self.state();
        state.pace.ready(Instant::now());
        state.waiting.is_empty() && state.pace.is_open()
    }

    /// Whether a pause is not over.
    pub(crate) fn is_paused(&self) -> bool {
        !self.state().pace.pause_left(Instant::now()).is_zero()
    }

    /// The server accepted a call that was sent at `sent_at`.
    pub(crate) fn on_success(&self, sent_at: Instant) {
        let mut state = self.state();
        state.pace.on_success(sent_at, Instant::now());
        state.wake_first();
    }

    /// The server rejected a call that was sent at `sent_at`. Returns whether the call waits in
    /// the queue for its next attempt: false if few calls are rejected, or if no other call can
    /// probe the server.
    pub(crate) fn on_rejected(
        &self,
        sent_at: Instant,
        requested: Option<Duration>,
        random: f64,
    ) -> bool {
        let mut state = self.state();
        let is_alone = !state.pace.is_open() && state.waiting.is_empty();
        let is_paused = state.pace.on_rejected(sent_at, Instant::now(), requested, random);
        state.wake_first();
        is_paused && !is_alone
    }

    /// The number of waiting calls.
    #[cfg(test)]
    pub(super) fn waiting(&self) -> usize {
        self.state().waiting.len()
    }

    /// No code panics while it holds the lock, so a poisoned state is still consistent.
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Admits a call if it is the next. Otherwise returns when to try again, unless the call is
    /// woken before. An empty queue without a pause opens again here.
    fn admit(&mut self, position: Position, now: Instant) -> Result<(), Instant> {
        let ready = self.pace.ready(now);
        while let Some(first) = self.waiting.front()
            && first.position < position
        {
            if ready.is_some() || now < first.due + LONGEST_IDLE {
                // The calls before it wake it when they leave.
                return Err(now + LONGEST_IDLE);
            }
            // It is not polled.
            self.leave(first.position);
        }
        if let Some(ready) = ready {
            return Err(ready);
        }
        self.pace.on_send(now);
        Ok(())
    }

    /// Like [`admit`](Self::admit), but leaves a call that is not admitted in the queue.
    fn wait(
        &mut self,
        position: Position,
        now: Instant,
        wake: &Arc<Notify>,
    ) -> Result<(), Instant> {
        self.admit(position, now).inspect_err(|due| {
            let waiting = Waiting { position, wake: Arc::clone(wake), due: *due };
            match self.place(position) {
                Ok(place) => self.waiting[place] = waiting,
                // Also returns a call that was removed while its task was blocked.
                Err(place) => self.waiting.insert(place, waiting),
            }
        })
    }

    /// The index of a call, or the index at which it belongs.
    fn place(&self, position: Position) -> Result<usize, usize> {
        self.waiting.binary_search_by_key(&position, |waiting| waiting.position)
    }

    /// Removes a call from the queue and wakes the first one.
    fn leave(&mut self, position: Position) {
        if let Ok(place) = self.place(position) {
            self.waiting.remove(place);
        }
        self.wake_first();
    }

    /// Wakes the first call of the queue, which tries to be admitted.
    fn wake_first(&mut self) {
        if let Some(first) = self.waiting.front_mut() {
            first.due = first.due.min(Instant::now());
            first.wake.notify_one();
        }
    }
}

/// A call in the queue. Dropping it removes the call.
struct Entry<'q> {
    queue: &'q RequestQueue,
    position: Position,
}

impl Drop for Entry<'_> {
    fn drop(&mut self) {
        self.queue.state().leave(self.position);
    }
}
