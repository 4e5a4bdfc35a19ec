//! Limits the retries of all calls of a client together.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// The capacity of the budget, in retries.
const FULL: u32 = 100;

/// How many successes earn a retry.
const SUCCESSES: u32 = 10;

/// A token bucket that successes refill: while most calls fail, few are retried. Counts the
/// spent retries, in successes.
#[derive(Default)]
pub(crate) struct Budget(AtomicU32);

impl Budget {
    /// Withdraws a retry. Returns false if the budget is spent.
    pub(crate) fn try_withdraw(&self) -> bool {
        let withdraw = |spent| Some(spent + SUCCESSES).filter(|spent| *spent <= FULL * SUCCESSES);
        self.0.fetch_update(Relaxed, Relaxed, withdraw).is_ok()
    }

    /// A call succeeded.
    pub(crate) fn refill(&self) {
        _ = self.0.fetch_update(Relaxed, Relaxed, |spent| spent.checked_sub(1));
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
