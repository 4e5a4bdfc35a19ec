//! Saturating arithmetic for waits. It uses no other room.

mod backoff;
mod jitter;

use std::time::Duration;

pub(crate) use backoff::Backoff;
pub(crate) use jitter::{jitter, spread};

/// The maximum timeout. A longer one could overflow the clock.
pub(crate) const MAX_TIMEOUT: Duration = Duration::from_secs(365 * 24 * 60 * 60);
