//! The line in which the calls of an operation wait for their turn.
//!
//! A call whose future is kept and not polled, as a stream's while its last entry is
//! worked on, cannot take its turn. It loses its place, and no more than that.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until, timeout};

use super::pace::Pace;
use crate::telemetry::{Cause, waited};

/// How long the first of a line may leave its turn before the others go on without it.
const LONGEST_IDLE: Duration = Duration::from_secs(1);

/// Lets the calls of one operation go, in the order in which they came.
pub(crate) struct Line {
    tickets: AtomicU64,
    /// Whether nothing holds calls back, so that they go without a look at the state.
    is_open: AtomicBool,
    state: Mutex<State>,
}

struct State {
    pace: Pace,
    waiting: BTreeMap<u64, Arc<Notify>>,
    /// The first of those, where it was seen to leave its turn, and since when.
    idle: Option<(u64, Instant)>,
}

/// The place of a call in the order in which they came. It keeps it over all of
/// its attempts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ticket(u64);

/// The time of a call ran out before its turn, or would. The pause lasts so much
/// longer.
#[derive(Debug)]
pub(crate) struct HeldBack(pub(crate) Duration);

impl Line {
    pub(super) fn new(pace: Pace) -> Self {
        let state = State { pace, waiting: BTreeMap::new(), idle: None };
        Self {
            tickets: AtomicU64::new(0),
            is_open: AtomicBool::new(true),
            state: Mutex::new(state),
        }
    }

    pub(crate) fn ticket(&self) -> Ticket {
        Ticket(self.tickets.fetch_add(1, Ordering::Relaxed))
    }

    /// Waits for the turn of a call, at most as long as `time_left`, and says
    /// when it came.
    pub(crate) async fn turn(
        &self,
        ticket: Ticket,
        time_left: Duration,
    ) -> Result<Instant, HeldBack> {
        if self.is_open.load(Ordering::Acquire) {
            return Ok(Instant::now());
        }
        if let Turn::Now(went) = self.look(ticket) {
            return Ok(went);
        }
        let pause_left = || self.state().pace.pause_left(Instant::now());
        if pause_left() >= time_left {
            return Err(HeldBack(pause_left()));
        }
        let came = Instant::now();
        let went = timeout(time_left, self.wait(ticket)).await;
        waited(Cause::RateLimit, came.elapsed());
        went.map_err(|_| HeldBack(pause_left()))
    }

    async fn wait(&self, ticket: Ticket) -> Instant {
        let place = Place { line: self, ticket, called: Arc::default() };
        self.state().waiting.insert(ticket.0, Arc::clone(&place.called));
        loop {
            match self.look(ticket) {
                Turn::Now(went) => return went,
                Turn::At(ready) => sleep_until(ready).await,
                Turn::AfterOthers => {
                    // Called or not, it looks whether those before it are still there.
                    _ = timeout(LONGEST_IDLE, place.called.notified()).await;
                }
            }
        }
    }

    /// Whether it is the turn of a call. A line that only a rejection closes opens again
    /// here, when nothing is left of it.
    fn look(&self, ticket: Ticket) -> Turn {
        let mut state = self.state();
        let turn = state.turn(ticket);
        if state.is_open() {
            self.is_open.store(true, Ordering::Release);
        }
        turn
    }

    /// The server took a call that went at `went`.
    pub(crate) fn taken(&self, went: Instant) {
        self.state().pace.taken(went, Instant::now());
    }

    /// The server rejected a call that went at `went`.
    pub(crate) fn rejected(&self, went: Instant, asked: Option<Duration>, random: f64) {
        let mut state = self.state();
        state.pace.rejected(went, Instant::now(), asked, random);
        self.is_open.store(false, Ordering::Release);
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

/// When it is the turn of a call.
enum Turn {
    /// It goes, at this moment.
    Now(Instant),
    /// Not before this moment.
    At(Instant),
    /// When those before it have gone.
    AfterOthers,
}

impl State {
    /// Lets a call go, if it is its turn.
    fn turn(&mut self, ticket: Ticket) -> Turn {
        let now = Instant::now();
        let ready = self.pace.ready(now);
        while let Some((&first, _)) = self.waiting.first_key_value()
            && first < ticket.0
        {
            if ready.is_some() || !self.is_idle(first, now) {
                return Turn::AfterOthers;
            }
            self.leave(first);
        }
        if let Some(ready) = ready {
            return Turn::At(ready);
        }
        self.pace.go(now);
        Turn::Now(now)
    }

    /// Whether nothing holds calls back.
    fn is_open(&self) -> bool {
        self.waiting.is_empty() && self.pace.is_open()
    }

    /// Takes a call out of the line, and calls the one that is the first then.
    fn leave(&mut self, ticket: u64) {
        self.waiting.remove(&ticket);
        if let Some((_, next)) = self.waiting.first_key_value() {
            next.notify_one();
        }
    }

    /// Whether the first in the line, which could go, has not done so for too long.
    fn is_idle(&mut self, first: u64, now: Instant) -> bool {
        match self.idle {
            Some((idle, since)) if idle == first => now - since >= LONGEST_IDLE,
            _ => {
                self.idle = Some((first, now));
                false
            }
        }
    }
}

/// A place in the line; dropping it leaves the line.
struct Place<'l> {
    line: &'l Line,
    ticket: Ticket,
    called: Arc<Notify>,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.line.state().leave(self.ticket.0);
    }
}
