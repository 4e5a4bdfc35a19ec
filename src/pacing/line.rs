//! The queue in which the calls of an operation wait for their turn.
//!
//! A call whose future is kept and not polled, as a stream's while its last entry is
//! worked on, cannot take its turn. It loses its place, and no more than that.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::pace::Pace;
use crate::telemetry::{Cause, waited};

/// How long the first of the queue may leave its turn before the others go on without it.
const LONGEST_IDLE: Duration = Duration::from_secs(1);

/// What a call keeps of its time for a last attempt, if its turn does not come: a tenth
/// of it, up to this.
const LONGEST_RESERVE: Duration = Duration::from_secs(1);

/// Lets the calls of one operation go, in the order in which they came.
pub(crate) struct Line {
    /// Whether nothing holds calls back, so that they go without a look at the state.
    is_open: AtomicBool,
    tickets: AtomicU64,
    state: Mutex<State>,
}

struct State {
    pace: Pace,
    waiting: BTreeMap<Ticket, Arc<Notify>>,
    /// The first of those, where it was seen to leave its turn, and since when.
    idle: Option<(Ticket, Instant)>,
}

/// The place of a call in the queue: since when it wants its turn, and its number.
type Ticket = (Instant, u64);

/// The pause outlasts the time of a call: how much longer it lasts.
#[derive(Debug)]
pub(crate) struct HeldBack(pub(crate) Duration);

impl Line {
    pub(super) fn new(pace: Pace) -> Self {
        let state = State { pace, waiting: BTreeMap::new(), idle: None };
        Self { is_open: true.into(), tickets: 0.into(), state: state.into() }
    }

    /// Waits for the turn of a call, for which there is `time_left`, and says when it came.
    /// The call wants it `since` it began, or since it was rejected: then others have to
    /// find out whether the server accepts calls again.
    pub(crate) async fn turn(
        &self,
        since: Instant,
        time_left: Duration,
    ) -> Result<Instant, HeldBack> {
        if self.is_open.load(Ordering::Acquire) {
            return Ok(Instant::now());
        }
        let came = Instant::now();
        let ticket = (since, self.tickets.fetch_add(1, Ordering::Relaxed));
        if let Ok(went) = self.look(ticket) {
            return Ok(went);
        }
        if self.pause_left() >= time_left {
            return Err(HeldBack(self.pause_left()));
        }
        let patience = time_left.saturating_sub((time_left / 10).min(LONGEST_RESERVE));
        let turn = match timeout(patience, self.wait(ticket)).await {
            Ok(went) => Ok(went),
            Err(_) => self.last_turn(came, time_left).await,
        };
        waited(Cause::RateLimit, came.elapsed());
        turn
    }

    async fn wait(&self, ticket: Ticket) -> Instant {
        let place = Place { line: self, ticket, called: Arc::default() };
        self.state().waiting.insert(ticket, Arc::clone(&place.called));
        loop {
            match self.look(ticket) {
                Ok(went) => return went,
                Err(ready) => _ = timeout_at(ready, place.called.notified()).await,
            }
        }
    }

    /// Lets a call go whose turn did not come, unless the pause outlasts its time: an
    /// attempt may succeed, and giving up cannot.
    async fn last_turn(&self, came: Instant, time_left: Duration) -> Result<Instant, HeldBack> {
        loop {
            let pause = self.pause_left();
            if pause >= time_left.saturating_sub(came.elapsed()) {
                return Err(HeldBack(pause));
            }
            if pause.is_zero() {
                let now = Instant::now();
                self.state().pace.go(now);
                return Ok(now);
            }
            sleep(pause).await;
        }
    }

    /// Lets a call go, if it is its turn, or says when to look again unless it is called. A
    /// line that only a rejection closes opens again here, when nothing is left of it.
    fn look(&self, ticket: Ticket) -> Result<Instant, Instant> {
        let mut state = self.state();
        let turn = state.turn(ticket);
        self.is_open.store(state.is_open(), Ordering::Release);
        turn
    }

    /// Whether nothing holds calls back, and none waits.
    pub(super) fn opens(&self) -> bool {
        let mut state = self.state();
        state.pace.ready(Instant::now());
        state.is_open()
    }

    /// How much longer the pause lasts.
    fn pause_left(&self) -> Duration {
        self.state().pace.pause_left(Instant::now())
    }

    /// The server accepted a call that was sent at `went`.
    pub(crate) fn accepted(&self, went: Instant) {
        let mut state = self.state();
        state.pace.accepted(went, Instant::now());
        state.call_first();
    }

    /// The server rejected a call that was sent at `went`. Says whether the call waits in
    /// the queue for its next attempt: not where it is one of few that are rejected, and not
    /// where no other call is there that can probe the server.
    pub(crate) fn rejected(&self, went: Instant, asked: Option<Duration>, random: f64) -> bool {
        let mut state = self.state();
        let is_alone = !state.pace.is_open() && state.waiting.is_empty();
        let is_paused = state.pace.rejected(went, Instant::now(), asked, random);
        self.is_open.store(state.is_open(), Ordering::Release);
        state.call_first();
        is_paused && !is_alone
    }

    /// How many calls wait for their turn.
    #[cfg(test)]
    pub(super) fn waiting(&self) -> usize {
        self.state().waiting.len()
    }

    /// No code panics while it holds the state, so none is lost.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn turn(&mut self, ticket: Ticket) -> Result<Instant, Instant> {
        let now = Instant::now();
        let ready = self.pace.ready(now);
        while let Some((&first, _)) = self.waiting.range(..ticket).next() {
            if ready.is_some() || !self.is_idle(first, now) {
                // It is called when those before it have gone, and looks after them.
                return Err(now + LONGEST_IDLE);
            }
            self.leave(first);
        }
        if let Some(ready) = ready {
            return Err(ready);
        }
        self.pace.go(now);
        Ok(now)
    }

    /// Whether nothing holds calls back.
    fn is_open(&self) -> bool {
        self.waiting.is_empty() && self.pace.is_open()
    }

    /// Takes a call out of the queue, and calls the one that is the first then.
    fn leave(&mut self, ticket: Ticket) {
        self.waiting.remove(&ticket);
        self.call_first();
    }

    /// Lets the first of the queue look whether it is its turn.
    fn call_first(&self) {
        if let Some((_, first)) = self.waiting.first_key_value() {
            first.notify_one();
        }
    }

    /// Whether the first in the queue, which could go, has not done so for too long.
    fn is_idle(&mut self, first: Ticket, now: Instant) -> bool {
        let idle = self.idle.filter(|(idle, _)| *idle == first).unwrap_or((first, now));
        self.idle = Some(idle);
        now - idle.1 >= LONGEST_IDLE
    }
}

/// A place in the queue; dropping it leaves the queue.
struct Place<'l> {
    line: &'l Line,
    ticket: Ticket,
    called: Arc<Notify>,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.line.state().leave(self.ticket);
    }
}
