//! What the clones of a client share after a 429: a pause while the server rejects
//! most calls of an operation, and a slow start after it.

mod line;
mod pace;

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use http::Method;

pub(crate) use self::line::{HeldBack, Line};
pub(crate) use self::pace::LONGEST_PAUSE;
use self::pace::Pace;
use crate::number_scope::NumberScope;
use crate::operation::Operation;
use crate::retry::Backoff;

/// How many lines are kept before the idle ones are dropped.
const MANY: usize = 1024;

/// What the calls of a client and its clones share after a 429.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Pacing {
    /// Nothing: every rejected call waits on its own, and all others go on.
    Off,
    /// A pause. A rejected call waits on its own, unless most of the last ten
    /// responses to its operation are 429. Then no call of the operation is sent for
    /// as long as the server asks. After the pause, calls leave in order: as many as
    /// the server accepted before, and then more and more, until it rejects one.
    ///
    /// Each operation has its own pause, and so has each number of
    /// [`Client::for_number`](crate::Client::for_number).
    #[default]
    Pause,
}

/// The method and path template of an operation, and a number.
type Scope = (Method, Cow<'static, str>, NumberScope);

/// The lines of all operations and numbers.
pub(crate) struct Lines {
    backoff: Backoff,
    by_scope: Mutex<HashMap<Scope, Arc<Line>>>,
}

impl Lines {
    pub(crate) fn new(backoff: Backoff) -> Self {
        Self { backoff, by_scope: Mutex::default() }
    }

    /// The line of an operation for a number.
    pub(crate) fn of(&self, operation: &Operation, number: &NumberScope) -> Arc<Line> {
        let mut lines = self.by_scope.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (operation.method.clone(), operation.path.clone(), number.clone());
        if lines.len() >= MANY && !lines.contains_key(&key) {
            lines.retain(|_, line| Arc::strong_count(line) > 1 || !line.opens());
        }
        let line = lines.entry(key).or_insert_with(|| Arc::new(Line::new(Pace::new(self.backoff))));
        Arc::clone(line)
    }
}

#[cfg(test)]
mod tests;
