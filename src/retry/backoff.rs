//! The wait where the server names none.

use std::time::Duration;

/// Exponential backoff with full jitter: a random time up to a bound that
/// doubles with every attempt. It spreads clients that failed together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Backoff {
    /// The bound after the first attempt.
    pub(super) base: Duration,
    /// What the bound never exceeds.
    pub(super) cap: Duration,
}

impl Backoff {
    /// The wait after the `attempt`th attempt; `random` is between 0 and 1.
    pub(super) fn wait(self, attempt: u32, random: f64) -> Duration {
        let factor = 2_u32.saturating_pow(attempt.saturating_sub(1));
        let bound = self.base.saturating_mul(factor).min(self.cap);
        bound.min(Duration::try_from_secs_f64(bound.as_secs_f64() * random).unwrap_or(bound))
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
    fn the_wait_lies_anywhere_below_the_bound() {
        assert_eq!(BACKOFF.wait(3, 0.0), Duration::ZERO);
        assert_eq!(BACKOFF.wait(3, 0.5), Duration::from_secs(1));
    }

    #[test]
    fn no_attempt_and_no_setting_overflows() {
        let extreme = Backoff { base: Duration::MAX, cap: Duration::MAX };
        for attempt in [0, 1, 2, 32, 33, u32::MAX] {
            assert!(BACKOFF.wait(attempt, 0.999) <= BACKOFF.cap);
            assert!(extreme.wait(attempt, 1.0) <= Duration::MAX);
        }
    }
}
