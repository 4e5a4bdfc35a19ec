//! Tokens in the addresses of webhooks without signatures.

use std::fmt;

use hmac_sha256::HMAC;

use crate::text::quotes::is_blank;

/// The message of the HMAC for the comparison of tokens. It is not secret.
const PURPOSE: &str = "the address of a webhook";

/// A token in the address of a webhook, for deliveries without a signature:
/// `https://shop.example/webhook?token=...`.
///
/// A token is weaker than a signature: anyone who knows the address can send deliveries, and
/// servers log the addresses of requests. Choose a token that cannot be guessed, such as the
/// output of `openssl rand -hex 32`.
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
