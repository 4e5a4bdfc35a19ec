//! The wait if the server asks for none.

use std::time::Duration;

/// Exponential backoff with jitter: a random time between half of a bound and the bound,
/// which doubles with every attempt. The jitter spreads clients that failed together.
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
}
