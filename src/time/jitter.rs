//! Jitter on top of the wait that a server asks for, so that clients that were rejected
//! together do not retry together.

use std::time::Duration;

/// The maximum jitter is a tenth of the wait, within these bounds.
const SHARE: u32 = 10;
const LEAST: Duration = Duration::from_millis(10);
const MOST: Duration = Duration::from_millis(500);

/// The jitter for a wait: up to a tenth of it. `random` is between 0 and 1.
pub(crate) fn jitter(asked: Duration, random: f64) -> Duration {
    (asked / SHARE).clamp(LEAST, MOST).mul_f64(random.clamp(0.0, 1.0))
}

/// The requested wait plus jitter, which takes at most half of the time left after the wait.
pub(crate) fn spread(asked: Duration, time_left: Duration, random: f64) -> Duration {
    let slack = time_left.saturating_sub(asked) / 2;
    asked.saturating_add(jitter(asked, random).min(slack))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_grows_by_a_tenth_at_most_and_never_shrinks() {
        let millis = Duration::from_millis;
        for (asked, time_left, most) in [
            (0, 60_000, 10),
            (1_000, 60_000, 1_100),
            (30_000, 60_000, 30_500),
            (59_900, 60_000, 59_950),
            (60_000, 60_000, 60_000),
        ] {
            let wait = |random| spread(millis(asked), millis(time_left), random);
            assert_eq!(wait(0.0), millis(asked));
            assert_eq!(wait(1.0), millis(most));
        }
        assert_eq!(spread(Duration::MAX, Duration::MAX, 1.0), Duration::MAX);
    }
}
