//! Deliveries to a webhook: a [`Verifier`] checks who signed one, and returns the typed
//! [`Event`].
//!
//! ```
//! use pilot_status::webhooks::{Event, Verifier};
//!
//! # fn receive(signature: &str, body: &[u8]) -> Result<(), pilot_status::webhooks::VerifyError> {
//! let verifier = Verifier::new("the secret of the webhook");
//! match verifier.verify(signature, body)? {
//!     Event::MessageReceived(event) => println!("{:?} wrote", event.data.sender()),
//!     Event::Meta(envelope) => println!("{} changes from Meta", envelope.changes.len()),
//!     Event::Unknown(event) => println!("{} is new: {}", event.name, event.data),
//!     other => println!("{}", other.name()),
//! }
//! # Ok(()) }
//! ```
//!
//! A webhook without a secret signs nothing: [`Event::from_unverified`] reads its
//! deliveries, and an [`AddressToken`] checks who knows its address.
//!
//! Match senders by [`phone::same`](crate::phone::same): that of a Brazilian mobile number
//! may lack its ninth digit.
//!
//! [The page on webhooks](crate::guide::webhooks) tells how to set one up, what to
//! answer, how to replace a secret, and how to recognize a repeated delivery.

mod address_token;
mod event;
mod events;
pub mod meta;
mod older_names;
mod verifier;

pub use address_token::AddressToken;
pub(crate) use event::sender;
pub use event::{Received, UnknownEvent};
pub(crate) use events::{events, sender};
pub use verifier::{SIGNATURE_HEADER, Verifier, VerifyError};

pub use crate::generated::Event;
