//! Spans and events of the feature `tracing`. Without it, they do nothing.

#[cfg(not(feature = "tracing"))]
mod silent;
#[cfg(feature = "tracing")]
mod spans;

use std::time::Duration;

#[cfg(not(feature = "tracing"))]
pub(crate) use self::silent::{Span, waited, waiting};
#[cfg(feature = "tracing")]
pub(crate) use self::spans::{Span, waited, waiting};

/// Shorter waits for a retry or a rate limit have only the event after them, and shorter waits for
/// a slot have none.
pub(crate) const LONG_WAIT: Duration = Duration::from_secs(1);
