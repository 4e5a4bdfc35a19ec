//! The rate that a server takes, and the search for a higher one.

use std::time::Duration;

use tokio::time::Instant;

/// How far below the rate that was too much the calls go on.
const MARGIN: f64 = 0.05;

/// For how many pauses and how many calls they stay below it: the search for a
/// higher rate costs one in so many at most.
const PAUSES: u32 = 20;
const CALLS: f64 = 100.0;

/// The bounds of that time.
const SHORTEST: Duration = Duration::from_secs(2);
const LONGEST: Duration = Duration::from_secs(30);

/// After how many times that time the search ends: at 64 times the rate.
const ENDLESS: f64 = 4.0;

/// How much is left of a rate that was rejected before a quarter of that time.
const RETREAT: f64 = 0.85;

/// The rate at which calls go where the server took none before, and how many
/// it has to take until it is believed to take any number.
const OPENING: f64 = 10.0;
const OPEN: u32 = 64;

/// The longest time between two calls.
const SLOWEST: Duration = Duration::from_secs(30);

/// The rate at which the calls of an operation go.
///
/// It starts a little below the highest that the server took, comes up to it
/// slowly, and then goes beyond it faster and faster, until the server rejects a
/// call or has shown that it has no limit. Beyond is a cubic curve, which stays
/// near what was known for long, as in RFC 9438, section 4.2.
#[derive(Clone, Copy, Debug)]
pub(super) enum Limit {
    /// The server took `rate` calls a second.
    Known { rate: f64, since: Instant, plateau: Duration },
    /// The server took none before it rejected one, but so many after.
    Unknown { taken: u32 },
}

/// What the server showed when it rejected a call.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shown {
    /// When it did so.
    pub(super) at: Instant,
    /// For how long it then took none.
    pub(super) closed: Duration,
    /// How many it took in a time as long as that before.
    pub(super) taken: u32,
}

impl Limit {
    /// What is known after a rejection, and `before` it.
    pub(super) fn learn(before: Option<Self>, shown: Shown, now: Instant) -> Self {
        let taken = f64::from(shown.taken) / shown.closed.as_secs_f64();
        let rate = match before {
            Some(Self::Known { rate, since, plateau }) => {
                let held = shown.at.saturating_duration_since(since);
                if held < plateau / 4 {
                    // It takes less now than what the search began with.
                    let less = rate * RETREAT;
                    if shown.taken == 0 { less } else { less.min(taken) }
                } else {
                    // The search went too far.
                    let tried = before.and_then(|limit| limit.rate(shown.at));
                    taken.max(rate).min(tried.unwrap_or(f64::INFINITY))
                }
            }
            _ if shown.taken == 0 => return Self::Unknown { taken: 0 },
            _ => taken,
        };
        let rate = rate.max(1.0 / SLOWEST.as_secs_f64());
        let calls = Duration::try_from_secs_f64(CALLS / rate).unwrap_or(LONGEST);
        let plateau = shown.closed.saturating_mul(PAUSES).max(calls).clamp(SHORTEST, LONGEST);
        Self::Known { rate, since: now, plateau }
    }

    /// The server took a call.
    pub(super) fn taken(&mut self) {
        if let Self::Unknown { taken } = self {
            *taken = taken.saturating_add(1);
        }
    }

    /// The time between two calls; none where the server has shown that it has
    /// no limit.
    pub(super) fn interval(self, now: Instant) -> Option<Duration> {
        Duration::try_from_secs_f64(1.0 / self.rate(now)?).ok()
    }

    /// In calls a second.
    fn rate(self, now: Instant) -> Option<f64> {
        match self {
            Self::Known { rate, since, plateau } => {
                let held = now.saturating_duration_since(since);
                let beyond = held.as_secs_f64() / plateau.as_secs_f64() - 1.0;
                let more = if beyond < 0.0 { MARGIN * beyond } else { beyond.powi(3) };
                (beyond < ENDLESS).then_some(rate * (1.0 + more))
            }
            Self::Unknown { taken } => (taken < OPEN).then(|| OPENING * f64::from(taken + 1)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn rate(limit: Limit, now: Instant) -> Option<f64> {
        limit.rate(now).map(|rate| (rate * 100.0).round() / 100.0)
    }

    #[test]
    fn a_rate_is_held_and_then_exceeded() {
        let now = Instant::now();
        let limit = Limit::learn(None, Shown { at: now, closed: SECOND, taken: 100 }, now);
        for (seconds, expected) in [
            (0, Some(95.0)),
            (10, Some(97.5)),
            (20, Some(100.0)),
            (25, Some(101.56)),
            (40, Some(200.0)),
            (60, Some(900.0)),
            (100, None),
            (u32::MAX, None),
        ] {
            assert_eq!(rate(limit, now + SECOND * seconds), expected, "{seconds}");
        }
    }

    #[test]
    fn a_rejection_says_more_the_sooner_it_comes() {
        let start = Instant::now();
        let learn = |taken| Shown { at: start, closed: SECOND, taken };
        let limit = Limit::learn(None, learn(100), start);
        for (seconds, taken, expected) in [
            // Soon: what it took now, or less than before.
            (1, 20, 20.0),
            (1, 99, 85.0),
            (1, 0, 85.0),
            // Later: what was tried, or what it took before.
            (10, 20, 97.5),
            (25, 20, 100.0),
            (25, 101, 101.0),
            (25, 500, 101.56),
        ] {
            let at = start + SECOND * seconds;
            let limit = Limit::learn(Some(limit), Shown { at, ..learn(taken) }, at);
            let Limit::Known { rate, .. } = limit else { panic!("{limit:?}") };
            assert!((rate - expected).abs() < 0.01, "{seconds} {taken}: {rate}");
        }
    }

    #[test]
    fn a_server_that_took_nothing_is_tried_carefully() {
        let now = Instant::now();
        let mut limit = Limit::learn(None, Shown { at: now, closed: SECOND, taken: 0 }, now);
        assert_eq!(rate(limit, now), Some(10.0));
        for _ in 0..63 {
            limit.taken();
        }
        assert_eq!(rate(limit, now), Some(640.0));
        limit.taken();
        assert_eq!(rate(limit, now), None);
    }

    #[test]
    fn no_rate_is_so_low_that_nothing_goes() {
        let now = Instant::now();
        let mut limit = None;
        for _ in 0..1000 {
            let shown = Shown { at: now, closed: SECOND * 3600, taken: 1 };
            limit = Some(Limit::learn(limit, shown, now));
        }
        let interval = limit.unwrap().interval(now).unwrap();
        assert!(interval <= SLOWEST * 2, "{interval:?}");
    }
}
