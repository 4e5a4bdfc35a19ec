//! Generated and raw calls, from the request to the response. Uses the client and the rooms
//! below it.

mod exchange;
pub(crate) mod idempotency;
pub(crate) mod path_guard;
mod path_template;
mod pipeline;
pub(crate) mod query;
mod raw;
mod succeeded;

pub use raw::RawRequest;
pub(crate) use succeeded::Succeeded;
