//! Deliveries to a webhook: a [`Verifier`] checks who signed one, and gives the typed
//! [`Event`].
//!
//! ```
//! use pilot_status::webhooks::{Event, Verifier};
//!
//! # fn receive(signature: &str, body: &[u8]) -> Result<(), pilot_status::webhooks::Refused> {
//! let verifier = Verifier::new("the secret of the webhook");
//! match verifier.verify(signature, body)? {
//!     Event::MessageReceived(event) => println!("{:?} wrote", event.data.from),
//!     Event::Unknown(event) => println!("{} is new: {}", event.name, event.data),
//!     other => println!("{}", other.name()),
//! }
//! # Ok(()) }
//! ```
//!
//! [The page on webhooks](crate::guide::webhooks) tells how to set one up, what to
//! answer, how to replace a secret, and how to tell a delivery that came before.

use std::fmt;

use bytes::Bytes;
use hmac_sha256::HMAC;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::Value;

pub use crate::generated::Event;
use crate::surrogates;

/// The header that carries the signature of a delivery: the HMAC-SHA256 of its body,
/// in hexadecimal.
pub const SIGNATURE_HEADER: &str = "x-pilot-status-signature";

const SIGNATURE_BYTES: usize = 32;

/// Checks that deliveries come from whoever holds the secret of the webhook.
///
/// Nothing prints the secret, and it is wiped from memory with the last clone.
#[derive(Clone)]
pub struct Verifier {
    secrets: Vec<SecretString>,
}

impl Verifier {
    /// A verifier for the secret of a webhook, or of the deliveries of phone lines
    /// (`plwh_...`). Space around it, such as the line break at the end of a file, is no
    /// part of it. With a blank secret, it refuses everything.
    pub fn new(secret: impl Into<String>) -> Self {
        Self { secrets: Vec::new() }.or(secret)
    }

    /// Takes another secret as well, such as the old one while it is being replaced.
    #[must_use = "it is the verifier that comes back that takes both"]
    pub fn or(mut self, secret: impl Into<String>) -> Self {
        let given = SecretString::from(secret.into());
        let secret = given.expose_secret().trim();
        // Anyone can sign with a secret that is none.
        if !secret.is_empty() {
            self.secrets.push(SecretString::from(secret));
        }
        self
    }

    /// Checks the signature of a delivery, and reads its body.
    ///
    /// `signature` is the value of the header [`SIGNATURE_HEADER`], `body` the body as
    /// it came, byte for byte: JSON that was read and written again has another
    /// signature.
    ///
    /// # Errors
    ///
    /// [`Refused`], which says why: the signature is not that of the body under any
    /// of the secrets, or the body is no event.
    pub fn verify(
        &self,
        signature: impl AsRef<[u8]>,
        body: impl AsRef<[u8]>,
    ) -> Result<Event, Refused> {
        let body = body.as_ref();
        self.check(signature.as_ref(), body)?;
        read(body)
    }

    fn check(&self, signature: &[u8], body: &[u8]) -> Result<(), Refused> {
        if self.secrets.is_empty() {
            return Err(Refused::NoSecret);
        }
        let mut given = [0; SIGNATURE_BYTES];
        hex::decode_to_slice(signature.trim_ascii(), &mut given)
            .map_err(|_| Refused::NoSignature)?;
        let signs = |secret: &SecretString| {
            // In constant time: how long it takes tells nothing of the signature.
            HMAC::verify(body, secret.expose_secret(), &given)
        };
        if self.secrets.iter().any(signs) { Ok(()) } else { Err(Refused::OtherSignature) }
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Verifier({} secrets: [redacted])", self.secrets.len())
    }
}

/// What every delivery says of itself.
#[derive(Deserialize)]
struct Envelope {
    event: String,
}

fn read(body: &[u8]) -> Result<Event, Refused> {
    // Serde takes an array for one as well.
    if !surrogates::without_bom(body).trim_ascii_start().starts_with(b"{") {
        return Err(Refused::NoEvent);
    }
    let Envelope { event: name } = surrogates::from_slice(body).map_err(|_| Refused::NoEvent)?;
    let problem = match Event::read(&name, body) {
        Some(Ok(event)) => return Ok(event),
        Some(Err(problem)) => Some(problem),
        None => None,
    };
    let raw = Bytes::copy_from_slice(body);
    Ok(Event::Unknown(UnknownEvent { name, data: data(body), raw, problem }))
}

/// What an event is about: its field `data`, or, where it has none, all of it. Null
/// where that cannot be read, for which sending it again would be no help.
fn data(body: &[u8]) -> Value {
    let mut whole: Value = surrogates::from_slice(body).unwrap_or_default();
    match whole.get_mut("data") {
        Some(data) => data.take(),
        None => whole,
    }
}

/// An event that this version does not know, or that is not as documented.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct UnknownEvent {
    /// Its name, such as `message.edited`.
    pub name: String,
    /// What it is about: the field `data`, or, where there is none, the whole body.
    /// Null where that cannot be read, as when it is nested too deep.
    pub data: Value,
    /// The body as it came.
    pub raw: Bytes,
    /// Why an event with a known name was not read as such.
    pub problem: Option<String>,
}

impl fmt::Debug for UnknownEvent {
    /// Without what came, which may be what somebody wrote.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnknownEvent")
            .field("name", &self.name)
            .field("bytes", &self.raw.len())
            .field("problem", &self.problem)
            .finish_non_exhaustive()
    }
}

/// Why a delivery was refused. It prints nothing of the delivery or the secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refused {
    /// The verifier has no secret but blank ones.
    NoSecret,
    /// The header is not the hexadecimal form of an HMAC-SHA256.
    NoSignature,
    /// The signature is not that of the body under any of the secrets.
    OtherSignature,
    /// The signature is right, but the body is no JSON object with an `event`.
    NoEvent,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoSecret => "the webhook's secret is blank; set it to the value as issued",
            Self::NoSignature => {
                "the signature is not 64 hexadecimal digits; \
                 pass the value of x-pilot-status-signature"
            }
            Self::OtherSignature => {
                "the signature is not that of the body; \
                 pass the body byte for byte, and the secret of this webhook"
            }
            Self::NoEvent => "the body is no JSON object with the name of an event",
        })
    }
}

impl std::error::Error for Refused {}
