//! Spans and events of the feature `tracing`. Without it, they do nothing.

#[cfg_attr(not(feature = "tracing"), path = "silent.rs")]
mod spans;

use std::time::Duration;

pub(crate) use self::spans::{Span, inherited, waited, waiting};

/// A shorter wait for a retry or a rate limit emits only the event after it, and a shorter wait
/// for a slot emits none.
pub(crate) const LONG_WAIT: Duration = Duration::from_secs(1);
