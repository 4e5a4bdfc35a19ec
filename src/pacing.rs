//! What a 429 teaches, shared by the clones of a client: a pause while the server
//! wants no calls of an operation, and then calls at the rate that it takes.

mod limit;
mod line;
mod pace;
mod taken;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

pub(crate) use self::line::{HeldBack, Line};
pub(crate) use self::pace::LONGEST_PAUSE;
use self::pace::Pace;
use crate::operation::Operation;
use crate::retry::Backoff;

/// What the calls of a client and its clones share of a 429.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Pacing {
    /// Nothing: every call waits for itself.
    Off,
    /// The pause: while the server wants no calls of an operation, nobody sends
    /// one. Then all that wait go at once.
    Pause,
    /// The pause and the rate: after it the calls go in the order in which they
    /// came, as fast as the server took them before, and then a little faster,
    /// until it rejects one again.
    #[default]
    Rate,
}

/// The lines of all operations.
pub(crate) struct Lines {
    pacing: Pacing,
    backoff: Backoff,
    by_operation: Mutex<HashMap<&'static str, Arc<Line>>>,
}

impl Lines {
    pub(crate) fn new(pacing: Pacing, backoff: Backoff) -> Self {
        Self { pacing, backoff, by_operation: Mutex::default() }
    }

    /// The line of an operation.
    pub(crate) fn of(&self, operation: &Operation) -> Arc<Line> {
        let mut lines = self.by_operation.lock().unwrap_or_else(PoisonError::into_inner);
        let line = lines.entry(operation.id).or_insert_with(|| {
            // Clones of a client without pacing may have it.
            Arc::new(Line::new(Pace::new(self.backoff, self.pacing != Pacing::Pause)))
        });
        Arc::clone(line)
    }
}

#[cfg(test)]
mod tests;
