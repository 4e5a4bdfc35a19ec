//! A mock server for tests of programs that use this crate. [`Sandbox`] simulates the whole API
//! document:
//!
//! ```
//! use pilot_status::StatusCode;
//! use pilot_status::mock::{OperationId, Reply, Sandbox};
//!
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let sandbox = Sandbox::start().await?;
//! sandbox.enqueue(OperationId::ListNumbers, Reply::error(StatusCode::BAD_GATEWAY, None));
//!
//! // The client retries, so the call succeeds.
//! let numbers = sandbox.client().list_numbers().send().await?;
//! assert_eq!(numbers.len(), 1);
//! assert_eq!(sandbox.requests().len(), 2);
//! # Ok(()) }
//! ```
//!
//! With the feature `webhooks`, `delivery` builds and signs deliveries.
//! The [testing guide](crate::guide::testing) describes the sandbox.

mod canned_response;
mod credentials;
#[cfg(feature = "webhooks")]
pub mod delivery;
mod document;
mod idempotency;
mod operation_id;
mod paging;
mod parameters;
mod recorded;
mod reply;
mod request_body;
mod respond;
mod sandbox;
mod schema;
mod server;
mod success;

#[cfg(feature = "webhooks")]
pub use delivery::sign_delivery;
pub use operation_id::OperationId;
pub use recorded::RecordedRequest;
pub use reply::Reply;
pub use sandbox::Sandbox;
