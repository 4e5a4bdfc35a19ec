//! Servers for the tests of programs that use this crate: no test of theirs has to
//! reach the service.
//!
//! [`Sandbox`] plays the whole document. It demands credentials, checks each request,
//! answers with the examples of the document, remembers what was sent and gives another
//! reply when it is told to:
//!
//! ```
//! use pilot_status::StatusCode;
//! use pilot_status::mock::{Reply, Sandbox};
//!
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let sandbox = Sandbox::start().await?;
//! sandbox.next("list_numbers", Reply::error(StatusCode::BAD_GATEWAY, None));
//!
//! // The client tries again, so the call succeeds.
//! let numbers = sandbox.client().list_numbers().send().await?;
//! assert_eq!(numbers.len(), 1);
//! assert_eq!(sandbox.requests().len(), 2);
//! # Ok(()) }
//! ```
//!
//! [`httpmock`] adds typed helpers to a server of the crate of that name, for tests
//! that spell out what is asked and what is answered.

mod answer;
mod credentials;
mod document;
pub mod httpmock;
mod idempotency;
mod paging;
mod parameters;
#[allow(dead_code, reason = "not every document has parameters in queries")]
mod query;
mod recorded;
mod reply;
mod request_body;
mod respond;
mod route;
mod sandbox;
mod schema;
mod server;
mod success;

pub use recorded::Recorded;
pub use reply::Reply;
pub use sandbox::Sandbox;
