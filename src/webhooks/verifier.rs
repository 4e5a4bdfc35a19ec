//! Signatures of deliveries.

use std::fmt;

use hmac_sha256::HMAC;
use secrecy::{ExposeSecret, SecretString};

use super::Event;
use crate::text::quotes::{is_blank, is_quoted};

/// The header that carries the signature of a delivery: the HMAC-SHA256 of its body,
/// in hexadecimal.
pub const SIGNATURE_HEADER: &str = "x-pilot-status-signature";

const SIGNATURE_BYTES: usize = 32;

/// What some senders write before the hexadecimal digits, in either case.
const SCHEME: &[u8] = b"sha256=";

/// Checks that deliveries are signed with the secret of the webhook.
///
/// Nothing prints the secret, and it is wiped from memory with the last clone.
#[derive(Clone)]
pub struct Verifier {
    secrets: Vec<SecretString>,
}

impl Verifier {
    /// A verifier for the secret of a webhook, or of the deliveries of phone lines
    /// (`plwh_...`). White space around it, such as the line break at the end of a file, is
    /// ignored. With a secret that is blank or `""`, it refuses everything.
    pub fn new(secret: impl Into<String>) -> Self {
        Self { secrets: Vec::new() }.with_previous_secret(secret)
    }

    /// Takes another secret as well, such as the old one while it is being replaced.
    #[must_use = "it is the verifier that comes back that takes both"]
    pub fn with_previous_secret(mut self, secret: impl Into<String>) -> Self {
        let given = SecretString::from(secret.into());
        let secret = given.expose_secret().trim();
        // Anyone can sign with a secret that is none.
        if !is_blank(secret) {
            self.secrets.push(SecretString::from(secret));
        }
        self
    }

    /// Checks the signature of a delivery, and reads its body.
    ///
    /// `signature` is the value of the header [`SIGNATURE_HEADER`]: hexadecimal digits in
    /// either case, which `sha256=` may precede. `body` is the body as it came, byte for
    /// byte: JSON that was read and written again has another signature.
    ///
    /// A body that is signed is never refused: what is not a known event is
    /// [`Event::Unknown`].
    ///
    /// # Errors
    ///
    /// [`VerifyError`], which says why: the signature is missing, or it is not that of the
    /// body under any of the secrets.
    pub fn verify(
        &self,
        signature: impl AsRef<[u8]>,
        body: impl AsRef<[u8]>,
    ) -> Result<Event, VerifyError> {
        self.check(signature.as_ref(), body.as_ref())?;
        Ok(Event::from_unverified(body))
    }

    fn check(&self, signature: &[u8], body: &[u8]) -> Result<(), VerifyError> {
        if self.secrets.is_empty() {
            return Err(VerifyError::NoSecret);
        }
        let mut given = [0; SIGNATURE_BYTES];
        hex::decode_to_slice(digits(signature), &mut given)
            .map_err(|_| VerifyError::NoSignature)?;
        let signs = |secret: &SecretString| {
            // In constant time: its duration reveals nothing of the signature.
            HMAC::verify(body, secret.expose_secret(), &given)
        };
        if self.secrets.iter().any(signs) {
            return Ok(());
        }
        let is_marked = |secret: &SecretString| is_marked(secret.expose_secret());
        let is_hinted = self.secrets.iter().any(is_marked);
        Err(if is_hinted { VerifyError::MarkedSecret } else { VerifyError::OtherSignature })
    }
}

/// The hexadecimal digits of a signature.
fn digits(signature: &[u8]) -> &[u8] {
    let signature = signature.trim_ascii();
    match signature.split_at_checked(SCHEME.len()) {
        Some((scheme, digits)) if scheme.eq_ignore_ascii_case(SCHEME) => digits.trim_ascii_start(),
        _ => signature,
    }
}

/// Whether a secret has marks around it that files and shells leave there.
fn is_marked(secret: &str) -> bool {
    secret.starts_with('\u{feff}') || is_quoted(secret)
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Verifier({} secrets: [redacted])", self.secrets.len())
    }
}

/// Why a delivery was refused. It prints nothing of the delivery or the secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum VerifyError {
    /// The verifier has no secret but blank ones.
    NoSecret,
    /// The header is missing, or is not the hexadecimal form of an HMAC-SHA256.
    NoSignature,
    /// The signature is not that of the body under any of the secrets.
    OtherSignature,
    /// The signature is not that of the body, and a secret is in quotes or has a byte
    /// order mark, which are rarely part of one.
    MarkedSecret,
}

impl fmt::Display for VerifyError {
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
            Self::MarkedSecret => {
                "the signature is not that of the body; \
                 the secret is in quotes or has a byte order mark: remove them"
            }
        })
    }
}

impl std::error::Error for VerifyError {}
