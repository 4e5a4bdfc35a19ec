//! The rate limits of the server. Times count from its start.

use std::collections::VecDeque;
use std::time::Duration;

/// The number of calls per window.
const LIMIT: usize = 50;
const WINDOW: Duration = Duration::from_secs(1);

/// A rate limit, named as in the table and the arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// 50 calls in each second since the start; a 429 has `Retry-After: 1`.
    Fixed,
    /// 50 calls in any second; a 429 has `Retry-After: 1`.
    Sliding,
    /// Like `Fixed`, but a 429 has no `Retry-After`.
    NoHint,
    /// Like `Fixed`, with 25 calls per second after the first 500.
    Halving,
    /// Every call is admitted.
    Unlimited,
    /// One call is admitted, then none for 150 ms, then all. A 429 has this `Retry-After`, if
    /// any.
    Outage(Option<&'static str>),
    /// A random 2 % of all calls is rejected with this `Retry-After`.
    Stray(&'static str),
}

impl Rule {
    pub const ALL: [Self; 5] =
        [Self::Fixed, Self::Sliding, Self::NoHint, Self::Halving, Self::Unlimited];

    pub fn name(self) -> &'static str {
        match self {
            Self::Fixed => "fixed",
            Self::Sliding => "sliding",
            Self::NoHint => "no-hint",
            Self::Halving => "halving",
            Self::Unlimited => "none",
            Self::Outage(_) => "outage",
            Self::Stray(_) => "stray",
        }
    }

    /// The `Retry-After` header of a 429.
    pub fn retry_after(self) -> Option<&'static str> {
        match self {
            Self::NoHint => None,
            Self::Outage(seconds) => seconds,
            Self::Stray(seconds) => Some(seconds),
            _ => Some("1"),
        }
    }

    pub fn limiter(self) -> Box<dyn Limiter> {
        match self {
            Self::Fixed | Self::NoHint => Box::new(FixedWindows::default()),
            Self::Halving => {
                Box::new(FixedWindows { halves_after: Some(500), ..FixedWindows::default() })
            }
            Self::Sliding => Box::<SlidingLog>::default(),
            Self::Unlimited => Box::new(Unlimited),
            Self::Outage(_) => Box::<Outage>::default(),
            Self::Stray(_) => Box::new(Stray),
        }
    }

    /// The ideal time for `calls` calls, the first of which arrives at `first`: the earliest
    /// moment at which the server could admit the last call if every call arrived exactly when
    /// the limit allows it.
    ///
    /// 1,000 calls at the start of a window take 19 s at 50 per second, as the last 50 are
    /// admitted when the twentieth window begins, and 29 s if the limit halves after 500.
    pub fn ideal(self, calls: u32, first: Duration) -> Duration {
        let mut limiter = self.limiter();
        let mut now = first;
        for _ in 0..calls {
            now = limiter.next_room(now);
            limiter.admit(now);
        }
        now.saturating_sub(first)
    }
}

/// Counts admitted calls. Each time passed to it must be at least as late as the one before.
pub trait Limiter: Send {
    /// The earliest time from `now` on at which the limit allows a call.
    fn next_room(&self, now: Duration) -> Duration;

    /// Counts a call that the limit allows.
    fn admit(&mut self, now: Duration);
}

#[derive(Default)]
struct FixedWindows {
    /// The window of the last admitted call, and the number of calls admitted in it.
    window: u32,
    used: usize,
    /// The total number of admitted calls.
    admitted: usize,
    halves_after: Option<usize>,
}

impl FixedWindows {
    fn window(now: Duration) -> u32 {
        u32::try_from(now.as_millis() / WINDOW.as_millis()).unwrap_or(u32::MAX)
    }

    fn limit(&self) -> usize {
        match self.halves_after {
            Some(calls) if self.admitted >= calls => LIMIT / 2,
            _ => LIMIT,
        }
    }
}

impl Limiter for FixedWindows {
    fn next_room(&self, now: Duration) -> Duration {
        if Self::window(now) == self.window && self.used >= self.limit() {
            WINDOW * (self.window + 1)
        } else {
            now
        }
    }

    fn admit(&mut self, now: Duration) {
        let window = Self::window(now);
        if window != self.window {
            self.window = window;
            self.used = 0;
        }
        self.used += 1;
        self.admitted += 1;
    }
}

/// The times of the last admitted calls, at most one window's worth.
#[derive(Default)]
struct SlidingLog(VecDeque<Duration>);

impl Limiter for SlidingLog {
    fn next_room(&self, now: Duration) -> Duration {
        match self.0.front() {
            Some(oldest) if self.0.len() == LIMIT => now.max(*oldest + WINDOW),
            _ => now,
        }
    }

    fn admit(&mut self, now: Duration) {
        if self.0.len() == LIMIT {
            self.0.pop_front();
        }
        self.0.push_back(now);
    }
}

struct Unlimited;

impl Limiter for Unlimited {
    fn next_room(&self, now: Duration) -> Duration {
        now
    }

    fn admit(&mut self, _now: Duration) {}
}

/// The time of the only call admitted before the outage.
#[derive(Default)]
struct Outage(Option<Duration>);

impl Limiter for Outage {
    fn next_room(&self, now: Duration) -> Duration {
        self.0.map_or(now, |begun| now.max(begun + Duration::from_millis(150)))
    }

    fn admit(&mut self, now: Duration) {
        self.0.get_or_insert(now);
    }
}

struct Stray;

impl Limiter for Stray {
    fn next_room(&self, now: Duration) -> Duration {
        if fastrand::f64() < 0.02 { now + WINDOW } else { now }
    }

    fn admit(&mut self, _now: Duration) {}
}
