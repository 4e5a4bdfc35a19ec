//! Limits the retries of all calls of a client together.

use std::sync::atomic::{AtomicU32, Ordering};

/// The capacity of the budget, in retries.
const FULL: u32 = 100;

/// How many successes earn a retry.
const SUCCESSES: u32 = 10;

/// A token bucket that successes refill: while most calls fail, few are retried.
pub(crate) struct Budget {
    /// In successes.
    left: AtomicU32,
}

impl Default for Budget {
    fn default() -> Self {
        Self { left: AtomicU32::new(FULL * SUCCESSES) }
    }
}

impl Budget {
    /// Withdraws a retry. Returns false if the budget is spent.
    pub(crate) fn try_withdraw(&self) -> bool {
        self.change(|left| left.checked_sub(SUCCESSES))
    }

    /// A call succeeded.
    pub(crate) fn refill(&self) {
        self.change(|left| (left < FULL * SUCCESSES).then(|| left + 1));
    }

    fn change(&self, change: impl FnMut(u32) -> Option<u32>) -> bool {
        self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, change).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_is_spent_by_retries_and_refilled_by_successes() {
        let budget = Budget::default();
        budget.refill();
        assert_eq!((0..1000).filter(|_| budget.try_withdraw()).count(), 100);
        for _ in 0..9 {
            budget.refill();
        }
        assert!(!budget.try_withdraw());
        budget.refill();
        assert!(budget.try_withdraw());
        assert!(!budget.try_withdraw());
    }
}
