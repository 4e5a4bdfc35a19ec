//! Signatures of deliveries, and tokens in the URLs of webhooks without signatures.

use std::fmt;

use hmac_sha256::HMAC;
use secrecy::{ExposeSecret, SecretString};

use super::Event;
use crate::text::quotes::{is_blank, is_quoted};

/// The header with the signature of a delivery: the HMAC-SHA256 of its body, in hexadecimal.
pub const SIGNATURE_HEADER: &str = "x-pilot-status-signature";

/// The prefix that some senders add, in either case.
const SCHEME: &[u8] = b"sha256=";

/// The message of the HMAC for the comparison of tokens. It is not secret.
const PURPOSE: &str = "the address of a webhook";

/// Checks that deliveries are signed with the secret of the webhook.
///
/// The secret is never printed. It is wiped from memory when the verifier is dropped.
#[derive(Clone)]
pub struct Verifier {
    secrets: Vec<SecretString>,
}

impl Verifier {
    /// Returns a verifier for the secret of a webhook, or of the deliveries of phone lines
    /// (`plwh_...`). Surrounding white space, such as the line break at the end of a file, is
    /// ignored. A verifier with a blank secret or `""` rejects every delivery.
    pub fn new(secret: impl Into<String>) -> Self {
        Self { secrets: Vec::new() }.with_previous_secret(secret)
    }

    /// Also accepts another secret, such as the previous one while you replace a secret.
    #[must_use = "only the returned verifier accepts both secrets"]
    pub fn with_previous_secret(mut self, secret: impl Into<String>) -> Self {
        let given = SecretString::from(secret.into());
        let secret = given.expose_secret().trim();
        // Anyone can sign with a blank secret.
        if !is_blank(secret) {
            self.secrets.push(SecretString::from(secret));
        }
        self
    }

    /// Checks the signature of a delivery and decodes its body.
    ///
    /// `signature` is the value of the header [`SIGNATURE_HEADER`]: hexadecimal digits in
    /// either case, with an optional prefix `sha256=`. `body` is the body as received, byte for
    /// byte: JSON that was parsed and serialized again has another signature.
    ///
    /// A body with a valid signature is never rejected: if it is not a known event, it is
    /// [`Event::Unknown`].
    ///
    /// # Errors
    ///
    /// [`VerifyError`] if the signature is missing or does not match the body under any of the
    /// secrets.
    pub fn verify(
        &self,
        signature: impl AsRef<[u8]>,
        body: impl AsRef<[u8]>,
    ) -> Result<Event, VerifyError> {
        if self.secrets.is_empty() {
            return Err(VerifyError::NoSecret);
        }
        let mut given = [0; 32];
        hex::decode_to_slice(digits(signature.as_ref()), &mut given)
            .map_err(|_| VerifyError::NoSignature)?;
        // In constant time, so that the duration does not reveal the signature.
        if self.secrets.iter().any(|secret| HMAC::verify(&body, secret.expose_secret(), &given)) {
            return Ok(Event::from_unverified(body));
        }
        // Files and shells may add quotes or a byte order mark.
        let is_marked = |secret: &str| secret.starts_with('\u{feff}') || is_quoted(secret);
        let is_hinted = self.secrets.iter().any(|secret| is_marked(secret.expose_secret()));
        Err(if is_hinted { VerifyError::MarkedSecret } else { VerifyError::OtherSignature })
    }
}

/// The hexadecimal digits of a signature.
fn digits(signature: &[u8]) -> &[u8] {
    let signature = signature.trim_ascii();
    let scheme = signature.get(..SCHEME.len()).filter(|it| it.eq_ignore_ascii_case(SCHEME));
    scheme.map_or(signature, |scheme| signature[scheme.len()..].trim_ascii_start())
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Verifier({} secrets: [redacted])", self.secrets.len())
    }
}

/// The reason for rejecting a delivery. Contains neither the delivery nor the secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum VerifyError {
    /// All secrets of the verifier are blank.
    NoSecret,
    /// The header is missing, or is not an HMAC-SHA256 in hexadecimal.
    NoSignature,
    /// The signature does not match the body under any of the secrets.
    OtherSignature,
    /// The signature does not match the body, and a secret is in quotes or has a byte order
    /// mark, which are rarely part of a secret.
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
                "the signature does not match the body; \
                 pass the body byte for byte, and the secret of this webhook"
            }
            Self::MarkedSecret => {
                "the signature does not match the body; \
                 the secret is in quotes or has a byte order mark: remove them"
            }
        })
    }
}

impl std::error::Error for VerifyError {}

/// A token in the URL of a webhook, for deliveries without a signature:
/// `https://shop.example/webhook?token=...`.
///
/// A token is weaker than a signature: anyone who knows the URL can send deliveries, and servers
/// log the URLs of requests. Choose a token that cannot be guessed, such as the output of
/// `openssl rand -hex 32`.
///
/// The token is never printed, and only its HMAC is kept.
///
/// ```
/// use pilot_status::webhooks::{AddressToken, Event};
///
/// let token = AddressToken::new("5f0c9b62a1");
/// assert!(token.matches("5f0c9b62a1"));
/// assert!(!token.matches("5f0c9b62a2"));
///
/// // The token matches, so read the body.
/// let event = Event::from_unverified(r#"{"event": "message.edited"}"#);
/// assert_eq!(event.name(), "message.edited");
/// ```
#[derive(Clone)]
pub struct AddressToken(Option<[u8; 32]>);

impl AddressToken {
    /// Returns a token that deliveries must carry. Surrounding white space is ignored. A blank
    /// token matches nothing.
    pub fn new(token: impl AsRef<str>) -> Self {
        let token = token.as_ref().trim();
        Self((!is_blank(token)).then(|| HMAC::mac(token, PURPOSE)))
    }

    /// Whether a request carries this token. `given` is the decoded value of the query parameter.
    /// The comparison takes constant time.
    pub fn matches(&self, given: impl AsRef<[u8]>) -> bool {
        self.0.is_some_and(|expected| HMAC::verify(given, PURPOSE, &expected))
    }
}

impl fmt::Debug for AddressToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AddressToken([redacted])")
    }
}
