//! Whether to try again, and how long to wait before.

mod advice;
mod backoff;
mod budget;
mod hint;
mod jitter;
mod outcome;
mod policy;

pub(crate) use advice::RetryAdvice;
pub(crate) use backoff::Backoff;
pub(crate) use budget::Budget;
pub(crate) use hint::server_hint;
pub(crate) use jitter::jitter;
pub use policy::RetryPolicy;
pub(crate) use policy::Shared;
