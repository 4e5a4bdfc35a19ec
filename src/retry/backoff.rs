//! The wait where the server names none.

use std::time::Duration;

/// Exponential backoff with full jitter: a random time up to a bound that
/// doubles with every attempt. It spreads clients that failed together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Backoff {
    /// The bound after the first attempt.
    pub(crate) base: Duration,
    /// What the bound never exceeds.
    pub(crate) cap: Duration,
}

impl Backoff {
    /// The wait after the `attempt`th attempt; `random` is between 0 and 1.
    pub(crate) fn wait(self, attempt: u32, random: f64) -> Duration {
        let factor = 2_u32.saturating_pow(attempt.saturating_sub(1));
        let bound = self.base.saturating_mul(factor).min(self.cap);
        bound.min(Duration::try_from_secs_f64(bound.as_secs_f64() * random).unwrap_or(bound))
    }

    /// The wait before one call of many looks whether a server that has been
    /// closed for some time takes calls again: about half of that time.
    pub(crate) fn probe(self, closed: Duration, random: f64) -> Duration {
        let quarter = (closed / 2).max(self.base).min(self.cap) / 4;
        quarter.saturating_mul(3) + quarter.mul_f64(random.clamp(0.0, 1.0))
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
    fn a_look_comes_after_half_of_the_time() {
        let seconds = Duration::from_secs;
        assert_eq!(BACKOFF.probe(seconds(0), 1.0), BACKOFF.base);
        assert_eq!(BACKOFF.probe(seconds(8), 0.0), seconds(3));
        assert_eq!(BACKOFF.probe(seconds(8), 1.0), seconds(4));
        assert_eq!(BACKOFF.probe(seconds(999), 1.0), BACKOFF.cap);
    }

    #[test]
    fn no_attempt_and_no_setting_overflows() {
        let extreme = Backoff { base: Duration::MAX, cap: Duration::MAX };
        for attempt in [0, 1, 2, 32, 33, u32::MAX] {
            assert!(BACKOFF.wait(attempt, 0.999) <= BACKOFF.cap);
            assert!(extreme.wait(attempt, 1.0) <= Duration::MAX);
            assert!(extreme.probe(Duration::MAX, 1.0) <= Duration::MAX);
        }
    }
}
