//! Spans and events for the feature `tracing`; without it, nothing.

#[cfg(not(feature = "tracing"))]
mod silent;
#[cfg(feature = "tracing")]
mod spans;

#[cfg(not(feature = "tracing"))]
pub(crate) use self::silent::{Span, waited};
#[cfg(feature = "tracing")]
pub(crate) use self::spans::{Span, waited};

/// Why a call waited.
#[derive(Clone, Copy)]
pub(crate) enum Cause {
    /// An attempt failed, and another was to follow.
    Retry,
    /// The server took no more calls, or only so many a second.
    RateLimit,
}
