//! Decides when the next call of an operation may be sent.

use std::time::Duration;

use tokio::time::Instant;

use crate::time::{Backoff, jitter};

/// The longest time for which one response delays other calls, in case the server requests an
/// absurd wait.
pub(crate) const LONGEST_PAUSE: Duration = Duration::from_secs(60 * 60);

/// The number of recent outcomes. If most of them are rejections, the operation pauses.
const RECENT: u32 = 10;
/// Fewer rejections start no pause: they may concern a single recipient.
const MIN_REJECTIONS: u32 = 3;

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);

/// The calls of the quota are spread over this fraction of the pause's length. If another
/// process has used up the limit, the first calls are rejected before the rest are sent.
const SPREAD: f64 = 0.03;

/// The slow start: the number of first calls, and the time in which the rate doubles. 500
/// calls take 0.63 seconds.
const FIRST: f64 = 4.0;
const DOUBLING: Duration = Duration::from_millis(90);

/// The rate limit of one operation, estimated from its responses. Callers pass the time.
pub(super) struct Pace {
    backoff: Backoff,
    /// The recent outcomes, the latest in the lowest bit: 1 for a rejection.
    recent: u32,
    /// The number of outcomes in `recent`.
    known: u32,
    last_rejection: Option<Instant>,
    /// When the current second began, and how many calls the server accepted in it.
    second: Option<(Instant, u32)>,
    pause: Option<Pause>,
}

/// A pause, and the slow start after it.
#[derive(Clone, Copy)]
struct Pause {
    /// The time since which the server has accepted no call.
    since: Instant,
    end: Instant,
    /// The length of the pause when it began.
    length: Duration,
    /// How many calls the server accepted before it rejected one.
    quota: u32,
    /// When the last call was sent, or the pause began.
    last: Instant,
    start: Start,
}

/// The calls after a pause.
#[derive(Clone, Copy, Default)]
struct Start {
    /// When the first of these calls was sent.
    first: Option<Instant>,
    sent: u32,
    in_flight: u32,
    accepted: u32,
    /// When the rate began to grow beyond the quota.
    ramp: Option<Instant>,
}

impl Pace {
    pub(super) fn new(backoff: Backoff) -> Self {
        Self { backoff, recent: 0, known: 0, last_rejection: None, second: None, pause: None }
    }

    /// When the next call may be sent. None means now.
    pub(super) fn ready(&mut self, now: Instant) -> Option<Instant> {
        let next = self.pause.as_mut()?.next(self.recent & 1 == 1, now);
        if next.is_none() {
            self.pause = None;
        }
        next.filter(|next| *next > now)
    }

    /// Whether calls are not delayed.
    pub(super) fn is_open(&self) -> bool {
        self.pause.is_none()
    }

    /// The rest of the pause.
    pub(super) fn pause_left(&self, now: Instant) -> Duration {
        self.pause.map_or(Duration::ZERO, |pause| pause.end.saturating_duration_since(now))
    }

    /// Records that a call is sent.
    pub(super) fn on_send(&mut self, now: Instant) {
        if let Some(Pause { last, start, .. }) = &mut self.pause {
            *last = now;
            start.first.get_or_insert(now);
            start.sent = start.sent.saturating_add(1);
            start.in_flight = start.in_flight.saturating_add(1);
        }
    }

    /// The server accepted a call that was sent at `sent_at`.
    pub(super) fn on_success(&mut self, sent_at: Instant, now: Instant) {
        self.remember(0);
        let second = self.second.filter(|(begun, _)| now - *begun <= SECOND);
        let (begun, accepted) = second.unwrap_or((now, 0));
        self.second = Some((begun, accepted.saturating_add(1)));
        let Some(Pause { quota, start, .. }) = &mut self.pause else { return };
        match start.first {
            None => *quota = quota.saturating_add(1),
            Some(first) if sent_at >= first => {
                start.in_flight = start.in_flight.saturating_sub(1);
                start.accepted = start.accepted.saturating_add(1);
            }
            Some(_) => {}
        }
    }

    /// The server rejected a call that was sent at `sent_at`, and may have `requested` a wait.
    /// Returns whether the operation is paused. `random` is between 0 and 1.
    pub(super) fn on_rejected(
        &mut self,
        sent_at: Instant,
        now: Instant,
        requested: Option<Duration>,
        random: f64,
    ) -> bool {
        let wait = requested.unwrap_or_default().min(LONGEST_PAUSE);
        if let Some(pause) = &mut self.pause
            && pause.start.first.is_none_or(|first| sent_at < first)
        {
            // The call was sent before the pause.
            pause.end = pause.end.max(now + wait);
            return true;
        }
        self.recent *= u32::from(self.last_rejection.is_none_or(|last| now - last <= MINUTE));
        self.last_rejection = Some(now);
        self.remember(1);
        let rejections = self.recent.count_ones();
        let (since, quota, earliest) = match &mut self.pause {
            None if rejections < MIN_REJECTIONS || rejections * 2 <= self.known => return false,
            None => {
                let second = self.second.filter(|(begun, _)| now - *begun <= 2 * SECOND);
                (now, second.map_or(0, |(_, accepted)| accepted), now)
            }
            Some(Pause { start, end, .. }) if start.accepted > 0 => {
                start.in_flight = start.in_flight.saturating_sub(1);
                // A few rejections in a row, relative to the accepted calls, start no pause.
                if self.recent.trailing_ones() < (start.accepted / 32).clamp(1, RECENT) {
                    return false;
                }
                (now, start.accepted, *end)
            }
            Some(pause) => (pause.since, pause.quota, pause.end),
        };
        // The longer the server rejects all calls, the rarer the probes.
        let length = wait.max(self.backoff.up_to((now - since) / 8, random)).min(LONGEST_PAUSE);
        // A single call probes the server, so little jitter keeps processes apart.
        let end = earliest.max(now + length + jitter(length, random) / 5);
        let start = Start::default();
        self.pause = Some(Pause { since, end, length, quota, last: now, start });
        true
    }

    fn remember(&mut self, outcome: u32) {
        self.recent = (self.recent << 1 | outcome) & ((1 << RECENT) - 1);
        self.known = (self.known + 1).min(RECENT);
    }
}

impl Pause {
    /// When the next call may be sent. None if the pause and the slow start are over. If the
    /// last outcome leaves it `in_doubt` whether the server accepts calls, they are sent one at
    /// a time.
    fn next(&mut self, in_doubt: bool, now: Instant) -> Option<Instant> {
        if now - self.last.max(self.end) > (self.length * 2).clamp(SECOND, MINUTE) {
            return None;
        }
        let start = &mut self.start;
        let Some(first) = start.first.filter(|_| now >= self.end) else {
            return Some(self.end);
        };
        // A call without an outcome delays the others for a second.
        let settled = if start.in_flight == 0 { now } else { self.last + SECOND };
        if start.accepted == 0 || in_doubt {
            return Some(settled);
        }
        if start.sent <= self.quota {
            let share = f64::from(start.sent - 1) / f64::from(self.quota);
            return Some(first + self.length.mul_f64(SPREAD * share));
        }
        if start.ramp.is_none() && settled > now {
            return Some(settled);
        }
        let ramp = *start.ramp.get_or_insert(now);
        let beyond = f64::from(start.sent - self.quota - 1);
        let next = ramp + DOUBLING.mul_f64((1.0 + beyond / FIRST).log2());
        (now <= ramp + SECOND).then_some(next)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// An event of one operation.
    #[derive(Clone, Debug)]
    enum Event {
        /// Milliseconds pass.
        Time(u64),
        /// A call is sent if the pace allows it, or `anyway`.
        Send { anyway: bool },
        /// The server accepts the call that was sent this many calls ago.
        Accepted(usize),
        /// The server rejects it, with a wait in milliseconds.
        Rejected(usize, Option<u64>, f64),
    }

    fn event() -> impl Strategy<Value = Event> {
        let wait = prop::option::of(prop_oneof![0..5_000_u64, any::<u64>()]);
        prop_oneof![
            (0..3_000_u64).prop_map(Event::Time),
            prop::bool::weighted(0.1).prop_map(|anyway| Event::Send { anyway }),
            Just(Event::Send { anyway: false }),
            (0..4_usize).prop_map(Event::Accepted),
            (0..4_usize, wait, 0.0..=1.0)
                .prop_map(|(call, requested, random)| Event::Rejected(call, requested, random)),
        ]
    }

    proptest! {
        #[test]
        fn a_pause_lasts_as_long_as_the_server_asks(
            events in prop::collection::vec(event(), 1..300),
        ) {
            let base = Duration::from_millis(500);
            let mut pace = Pace::new(Backoff { base, cap: base * 60 });
            let mut now = Instant::now();
            let mut sent = Vec::new();
            let mut not_before = now;
            for event in events {
                match event {
                    Event::Time(millis) => now += Duration::from_millis(millis),
                    Event::Send { anyway } => {
                        let ready = pace.ready(now);
                        // No call waits forever.
                        prop_assert!(ready.is_none_or(|ready| ready <= now + LONGEST_PAUSE * 2));
                        prop_assert!(ready.is_some() || now >= not_before);
                        if ready.is_none() || anyway {
                            pace.on_send(now);
                            sent.push(now);
                        }
                    }
                    Event::Accepted(call) => {
                        if let Some(sent_at) = sent.iter().rev().nth(call) {
                            pace.on_success(*sent_at, now);
                        }
                    }
                    Event::Rejected(call, requested, random) => {
                        if let Some(sent_at) = sent.iter().rev().nth(call) {
                            let requested = requested.map(Duration::from_millis);
                            if pace.on_rejected(*sent_at, now, requested, random) {
                                let wait = requested.unwrap_or_default().min(LONGEST_PAUSE);
                                not_before = not_before.max(now + wait);
                            }
                        }
                    }
                }
            }
        }
    }
}
