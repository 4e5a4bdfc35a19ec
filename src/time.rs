//! The arithmetic of waits, which saturates. Uses no other room.

use std::time::Duration;

/// The maximum timeout. A longer one could overflow the clock.
pub(crate) const MAX_TIMEOUT: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// The maximum jitter is a tenth of the wait, within these bounds.
const SHARE: u32 = 10;
const LEAST: Duration = Duration::from_millis(10);
const MOST: Duration = Duration::from_millis(500);

/// Exponential backoff with jitter: a random time between half of a bound and the bound, which
/// doubles with every attempt. The jitter spreads out clients that failed together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Backoff {
    /// The bound after the first attempt.
    pub(crate) base: Duration,
    /// The maximum of the bound.
    pub(crate) cap: Duration,
}

impl Backoff {
    /// The wait after the `attempt`th attempt; `random` is between 0 and 1.
    pub(crate) fn wait(self, attempt: u32, random: f64) -> Duration {
        let factor = 2_u32.saturating_pow(attempt.saturating_sub(1));
        self.up_to(self.base.saturating_mul(factor), random)
    }

    /// A random wait between half of `bound` and `bound`, which is clamped to `base..=cap`.
    pub(crate) fn up_to(self, bound: Duration, random: f64) -> Duration {
        let half = bound.max(self.base).min(self.cap) / 2;
        half.saturating_add(half.mul_f64(random.clamp(0.0, 1.0)))
    }
}

/// The jitter on top of the wait that a server requests: up to a tenth of the wait, so that
/// clients rejected together do not retry together. `random` is between 0 and 1.
pub(crate) fn jitter(requested: Duration, random: f64) -> Duration {
    (requested / SHARE).clamp(LEAST, MOST).mul_f64(random.clamp(0.0, 1.0))
}

/// The requested wait plus jitter, which takes at most half of the time left after the wait.
pub(crate) fn spread(requested: Duration, time_left: Duration, random: f64) -> Duration {
    let slack = time_left.saturating_sub(requested) / 2;
    requested.saturating_add(jitter(requested, random).min(slack))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BACKOFF: Backoff =
        Backoff { base: Duration::from_millis(500), cap: Duration::from_secs(30) };

    #[test]
    fn the_bound_doubles_up_to_the_cap() {
        let bounds: Vec<u128> =
            (1..=9).map(|attempt| BACKOFF.wait(attempt, 1.0).as_millis()).collect();
        assert_eq!(bounds, [500, 1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000]);
    }

    #[test]
    fn the_wait_lies_between_half_of_the_bound_and_the_bound() {
        assert_eq!(BACKOFF.wait(3, 0.0), Duration::from_secs(1));
        assert_eq!(BACKOFF.wait(3, 0.5), Duration::from_millis(1500));
    }

    #[test]
    fn a_bound_is_kept_within_the_limits() {
        let seconds = Duration::from_secs;
        assert_eq!(BACKOFF.up_to(seconds(0), 1.0), BACKOFF.base);
        assert_eq!(BACKOFF.up_to(seconds(4), 0.0), seconds(2));
        assert_eq!(BACKOFF.up_to(seconds(4), 1.0), seconds(4));
        assert_eq!(BACKOFF.up_to(seconds(999), 1.0), BACKOFF.cap);
    }

    #[test]
    fn no_attempt_and_no_setting_overflows() {
        let extreme = Backoff { base: Duration::MAX, cap: Duration::MAX };
        for attempt in [0, 1, 2, 32, 33, u32::MAX] {
            assert!(BACKOFF.wait(attempt, 0.999) <= BACKOFF.cap);
            assert!(extreme.wait(attempt, 1.0) <= Duration::MAX);
            assert!(extreme.up_to(Duration::MAX, 1.0) <= Duration::MAX);
        }
    }

    #[test]
    fn a_wait_grows_by_a_tenth_at_most_and_never_shrinks() {
        let millis = Duration::from_millis;
        for (requested, time_left, most) in [
            (0, 60_000, 10),
            (1_000, 60_000, 1_100),
            (30_000, 60_000, 30_500),
            (59_900, 60_000, 59_950),
            (60_000, 60_000, 60_000),
        ] {
            let wait = |random| spread(millis(requested), millis(time_left), random);
            assert_eq!(wait(0.0), millis(requested));
            assert_eq!(wait(1.0), millis(most));
        }
        assert_eq!(spread(Duration::MAX, Duration::MAX, 1.0), Duration::MAX);
    }
}
