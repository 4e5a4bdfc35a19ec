//! When the next call of an operation may go.

use std::time::Duration;

use tokio::time::Instant;

use super::limit::{Limit, Shown};
use super::taken::Taken;
use crate::retry::{Backoff, jitter};

/// The longest time for which one answer holds back other calls, so that a
/// server that is wrong about it is asked again some time.
pub(crate) const LONGEST_PAUSE: Duration = Duration::from_secs(60 * 60);

/// A shorter pause tells nothing about a rate.
const SHORTEST_PAUSE: Duration = Duration::from_millis(100);

/// How much of a pause's worth of calls may go at once to make up for late
/// timers.
const CATCH_UP: u32 = 20;

/// What the answers of the server taught of one operation.
///
/// A value without a clock: it is told the time.
pub(super) struct Pace {
    backoff: Backoff,
    /// Whether to learn a rate, or only to pause.
    learns: bool,
    taken: Taken,
    pause: Option<Pause>,
    limit: Option<Limit>,
    next: Option<Instant>,
    catch_up: Duration,
}

/// The time from a rejection until the server takes calls again.
#[derive(Clone, Copy, Debug)]
struct Pause {
    /// When the first call was rejected.
    since: Instant,
    /// When the server would take calls again, by its answer to the first call
    /// that was rejected, or that was sent after it was to open, and rejected.
    opens: Instant,
    /// Until when any answer asked to wait.
    until: Instant,
    /// How much longer we wait, so that clients come back apart.
    jitter: Duration,
    /// Whether a call has gone since it was to end.
    is_tried: bool,
    /// What was known before it.
    limit: Option<Limit>,
}

impl Pause {
    fn end(&self) -> Instant {
        self.until + self.jitter
    }

    /// Whether the rejection of a call that went at `went` says that the server
    /// took none all the time.
    fn goes_on(&self, went: Instant) -> bool {
        let lasted = self.end() - self.since;
        went.saturating_duration_since(self.end()) <= lasted.max(SHORTEST_PAUSE)
    }
}

impl Pace {
    pub(super) fn new(backoff: Backoff, learns: bool) -> Self {
        Self {
            backoff,
            learns,
            taken: Taken::default(),
            pause: None,
            limit: None,
            next: None,
            catch_up: Duration::ZERO,
        }
    }

    /// The moment before which no call may go; none if one may go now.
    pub(super) fn ready(&self, now: Instant) -> Option<Instant> {
        let pause = self.pause.map(|pause| pause.end());
        pause.max(self.next).filter(|ready| *ready > now)
    }

    /// Whether calls go as they come, of which it need not be told.
    pub(super) fn is_open(&self) -> bool {
        self.pause.is_none() && self.limit.is_none() && self.next.is_none()
    }

    /// How much longer the server wants to be left alone.
    pub(super) fn pause_left(&self, now: Instant) -> Duration {
        self.pause.map_or(Duration::ZERO, |pause| pause.end().saturating_duration_since(now))
    }

    /// A call goes.
    pub(super) fn go(&mut self, now: Instant) {
        if let Some(pause) = &mut self.pause
            && !pause.is_tried
        {
            pause.is_tried = true;
            let pause = *pause;
            self.learn(pause, now);
        }
        let Some(interval) = self.limit.and_then(|limit| limit.interval(now)) else {
            self.limit = None;
            self.next = None;
            return;
        };
        let behind = now.checked_sub(self.catch_up).unwrap_or(now);
        self.next = Some(self.next.map_or(now, |next| next.max(behind)) + interval);
    }

    fn learn(&mut self, pause: Pause, now: Instant) {
        if !self.learns {
            return;
        }
        let at = pause.since;
        let closed = pause.opens.saturating_duration_since(at).max(SHORTEST_PAUSE);
        let taken = self.taken.count(closed, at);
        self.limit = Some(Limit::learn(pause.limit, Shown { at, closed, taken }, now));
        self.next = Some(now);
        self.catch_up = closed / CATCH_UP;
    }

    /// The server took a call that went at `went`.
    pub(super) fn taken(&mut self, went: Instant, now: Instant) {
        self.taken.add(now);
        if let Some(limit) = &mut self.limit {
            limit.taken();
        }
        if self.pause.is_some_and(|pause| pause.is_tried && went >= pause.end()) {
            self.pause = None;
        }
    }

    /// The server rejected a call that went at `went`, and asked to wait, or
    /// not. `random` is between 0 and 1.
    pub(super) fn rejected(
        &mut self,
        went: Instant,
        now: Instant,
        asked: Option<Duration>,
        random: f64,
    ) {
        let (since, until, limit) = match &mut self.pause {
            // It went before the pause, or while another was about to find out
            // that it lasts.
            Some(pause) if went < pause.end() => {
                if let Some(asked) = asked {
                    pause.until = pause.until.max(now + asked.min(LONGEST_PAUSE));
                }
                return;
            }
            Some(pause) if pause.goes_on(went) => (pause.since, pause.until, pause.limit),
            _ => (now, now, self.limit),
        };
        let closed = now.saturating_duration_since(since);
        let wait = match asked {
            // What it asked for before was too little.
            Some(asked) => asked.max((closed / 2).min(self.backoff.cap)),
            None => self.backoff.probe(closed, random),
        }
        .min(LONGEST_PAUSE);
        // A guess is random as it is.
        let jitter = asked.map_or(Duration::ZERO, |asked| jitter(asked, random));
        let opens = now + wait;
        self.pause =
            Some(Pause { since, opens, until: until.max(opens), jitter, is_tried: false, limit });
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What happens to one operation.
    #[derive(Clone, Debug)]
    enum Event {
        /// So many milliseconds pass.
        Time(u64),
        /// A call goes, if one may.
        Go,
        /// The call that went so many calls ago is answered.
        Taken(usize),
        /// The same, with 429 and a wait in milliseconds.
        Rejected(usize, Option<u64>, f64),
    }

    fn event() -> impl Strategy<Value = Event> {
        prop_oneof![
            (0..3_000_u64).prop_map(Event::Time),
            Just(Event::Go),
            Just(Event::Go),
            (0..4_usize).prop_map(Event::Taken),
            (0..4_usize, prop::option::of(prop_oneof![0..5_000_u64, any::<u64>()]), 0.0..=1.0)
                .prop_map(|(call, asked, random)| Event::Rejected(call, asked, random)),
        ]
    }

    proptest! {
        #[test]
        fn no_call_goes_before_the_server_asked_for_it(
            events in prop::collection::vec(event(), 1..200),
            learns in any::<bool>(),
        ) {
            let base = Duration::from_millis(500);
            let mut pace = Pace::new(Backoff { base, cap: base * 60 }, learns);
            let mut now = Instant::now();
            let mut went = Vec::new();
            let mut not_before = now;
            for event in events {
                match event {
                    Event::Time(millis) => now += Duration::from_millis(millis),
                    Event::Go => {
                        let ready = pace.ready(now);
                        if let Some(ready) = ready {
                            // Nobody waits without an end.
                            prop_assert!(ready <= now + LONGEST_PAUSE * 2);
                        } else {
                            prop_assert!(now >= not_before);
                            pace.go(now);
                            went.push(now);
                        }
                    }
                    Event::Taken(call) => {
                        if let Some(went) = went.iter().rev().nth(call) {
                            pace.taken(*went, now);
                        }
                    }
                    Event::Rejected(call, asked, random) => {
                        if let Some(went) = went.iter().rev().nth(call) {
                            let asked = asked.map(Duration::from_millis);
                            pace.rejected(*went, now, asked, random);
                            let wait = asked.unwrap_or_default().min(LONGEST_PAUSE);
                            not_before = not_before.max(now + wait);
                        }
                    }
                }
            }
        }
    }
}
