//! Deliveries to a webhook: a [`Verifier`] checks the signature and returns the typed [`Event`].
//!
//! ```
//! use pilot_status::webhooks::{Event, Verifier};
//!
//! # fn receive(signature: &str, body: &[u8]) -> Result<(), pilot_status::webhooks::VerifyError> {
//! let verifier = Verifier::new("the secret of the webhook");
//! match verifier.verify(signature, body)? {
//!     Event::MessageReceived(event) => println!("{:?} wrote", event.data.sender()),
//!     Event::Meta(envelope) => println!("{} changes from Meta", envelope.changes.len()),
//!     Event::Unknown(event) => println!("{} is not known", event.name),
//!     other => println!("{}", other.name()),
//! }
//! # Ok(()) }
//! ```
//!
//! Without a secret, deliveries cannot be verified: [`Event::from_unverified`] decodes them, and an
//! [`AddressToken`] authenticates the sender.
//!
//! Compare senders with [`phone::same`](crate::phone::same): Brazilian mobile numbers may lack
//! the ninth digit.
//!
//! [The page on webhooks](crate::guide::webhooks) explains how to set up a webhook, which
//! status to return, how to replace a secret, and how to recognize a repeated delivery.

mod event;
mod events;
pub mod meta;
mod older_names;
mod verifier;

pub use event::{Received, UnknownEvent};
pub(crate) use events::{events, sender};
pub use verifier::{AddressToken, SIGNATURE_HEADER, Verifier, VerifyError};

pub use crate::generated::Event;

/// The sender of a message: `from`, or `userId` if `from` is missing or not a phone number.
pub(crate) fn sender<'a>(from: Option<&'a str>, user_id: Option<&'a str>) -> Option<&'a str> {
    let [from, user_id] = [from, user_id].map(|text| text.filter(|text| !text.trim().is_empty()));
    from.filter(|phone| !phone.ends_with("@lid")).or(user_id).or(from)
}
