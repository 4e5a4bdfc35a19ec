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

/// A shorter wait for a retry or a rate limit emits only the event after it, and a shorter wait
/// for a slot emits none.
pub(crate) const LONG_WAIT: Duration = Duration::from_secs(1);
