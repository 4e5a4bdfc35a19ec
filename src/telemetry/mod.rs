//! Spans and events of the feature `tracing`. Without it, they do nothing.

#[cfg(not(feature = "tracing"))]
mod silent;
#[cfg(feature = "tracing")]
mod spans;

#[cfg(not(feature = "tracing"))]
pub(crate) use self::silent::{Span, waited, waiting};
#[cfg(feature = "tracing")]
pub(crate) use self::spans::{Span, waited, waiting};

/// Why a call waited.
#[derive(Clone, Copy)]
pub(crate) enum Cause {
    /// An attempt failed, and a retry follows.
    Retry,
    /// The server limits the rate of calls.
    RateLimit,
}
