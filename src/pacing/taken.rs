//! How many calls the server took of late.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

/// Successes closer together than this are counted as one moment.
const GRAIN: Duration = Duration::from_millis(10);

/// How many moments are kept: those of 10 seconds at the least.
const MOST: usize = 1024;

/// The successes of an operation, the latest last.
#[derive(Default)]
pub(super) struct Taken(VecDeque<(Instant, u32)>);

impl Taken {
    pub(super) fn add(&mut self, now: Instant) {
        match self.0.back_mut() {
            Some((moment, count)) if now.saturating_duration_since(*moment) < GRAIN => {
                *count = count.saturating_add(1);
            }
            _ => {
                if self.0.len() == MOST {
                    self.0.pop_front();
                }
                self.0.push_back((now, 1));
            }
        }
    }

    /// How many there were in the time `before` a moment and ever since.
    pub(super) fn count(&self, before: Duration, moment: Instant) -> u32 {
        let is_counted = |at: Instant| moment.saturating_duration_since(at) <= before;
        self.0.iter().rev().take_while(|(at, _)| is_counted(*at)).map(|(_, count)| count).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_further_back_is_not_counted() {
        let start = Instant::now();
        let mut taken = Taken::default();
        for second in 0..10 {
            for call in 0..5 {
                taken.add(start + Duration::from_millis(second * 1000 + call));
            }
        }
        let end = start + Duration::from_secs(10);
        for (seconds, count) in [(0, 0), (1, 5), (3, 15), (10, 50), (1000, 50)] {
            assert_eq!(taken.count(Duration::from_secs(seconds), end), count, "{seconds}");
        }
        assert_eq!(taken.count(Duration::from_secs(1), start + Duration::from_secs(1)), 50);
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let start = Instant::now();
        let mut taken = Taken::default();
        for call in 0..100_000 {
            taken.add(start + GRAIN * call);
        }
        assert_eq!(taken.0.len(), MOST);
    }
}
