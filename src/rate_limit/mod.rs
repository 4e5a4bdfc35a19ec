//! Rate limits, shared by the clones of a client: a pause while the server rejects most calls
//! of an operation, and a slow start after it.

mod pace;
mod queue;
pub(crate) mod slots;

use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError};

pub(crate) use self::pace::LONGEST_PAUSE;
use self::pace::Pace;
pub(crate) use self::queue::RequestQueue;
use crate::credentials::number_scope::NumberScope;
use crate::operation::Operation;
use crate::time::Backoff;

/// If there are more queues, idle ones are dropped.
const MAX_QUEUES: usize = 1024;

/// Determines how the calls of a client and its clones wait after a 429.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Pacing {
    /// Every rejected call waits on its own. Other calls are not delayed.
    Off,
    /// If most of the last ten responses of an operation are 429, and at least three, all its
    /// calls pause for as long as the server requests. After the pause, calls are sent in order:
    /// first as many as the server accepted before, then at an increasing rate until it rejects
    /// one. With fewer 429s, a rejected call waits on its own.
    ///
    /// Each operation has its own pause, and so has each number of
    /// [`Client::for_number`](crate::Client::for_number).
    #[default]
    Pause,
}

/// An operation and a number.
type Scope = (Cow<'static, str>, NumberScope);

/// The queues of all operations and numbers.
pub(crate) struct RequestQueues {
    backoff: Backoff,
    /// Sorted.
    by_scope: Mutex<Vec<(Scope, Arc<RequestQueue>)>>,
}

impl RequestQueues {
    pub(crate) fn new(backoff: Backoff) -> Self {
        Self { backoff, by_scope: Mutex::default() }
    }

    /// The queue of an operation for a number.
    pub(crate) fn of(&self, operation: &Operation, number: &NumberScope) -> Arc<RequestQueue> {
        let undocumented = || Cow::Owned(format!("{} {}", operation.method, operation.path));
        let key = (operation.id.map_or_else(undocumented, Cow::Borrowed), number.clone());
        let mut queues = self.by_scope.lock().unwrap_or_else(PoisonError::into_inner);
        match queues.binary_search_by(|(known, _)| known.cmp(&key)) {
            Ok(index) => Arc::clone(&queues[index].1),
            Err(index) => {
                let queue = Arc::new(RequestQueue::new(Pace::new(self.backoff)));
                queues.insert(index, (key, Arc::clone(&queue)));
                if queues.len() > MAX_QUEUES {
                    queues.retain(|(_, queue)| Arc::strong_count(queue) > 1 || !queue.is_idle());
                }
                queue
            }
        }
    }
}

#[cfg(test)]
mod tests;
