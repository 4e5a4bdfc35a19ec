//! Whether to try again, and how long to wait before.

mod backoff;
mod fault;
mod hint;
mod jitter;
mod policy;

pub(crate) use hint::server_hint;
pub use policy::RetryPolicy;
