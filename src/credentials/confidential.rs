//! Finds credentials and idempotency keys in responses.

use http::HeaderValue;
use percent_encoding::percent_decode;
use secrecy::ExposeSecret;

use super::Credentials;

/// Shorter values are not keys, and match other texts by chance.
pub(super) const MIN_LENGTH: usize = 8;

/// Whether a text contains a value, ignoring case.
pub(super) fn contains(text: &[u8], value: &[u8]) -> bool {
    !value.is_empty() && text.windows(value.len()).any(|part| part.eq_ignore_ascii_case(value))
}

/// The values that no error may print, although a server may echo them.
#[derive(Clone, Copy)]
pub(crate) struct Confidential<'a> {
    pub(crate) credentials: &'a Credentials,
    pub(crate) idempotency_key: Option<&'a HeaderValue>,
}

impl Confidential<'_> {
    /// Whether a text contains one of the values: verbatim, percent-encoded, or interspersed with
    /// other characters.
    pub(crate) fn appears_in(self, text: &[u8]) -> bool {
        let credential = self.credentials.secret.expose_secret().as_bytes();
        let key = self.idempotency_key.map_or(&b""[..], HeaderValue::as_bytes);
        [credential, key].into_iter().any(|value| {
            let bare = alphanumeric(value);
            contains(text, value)
                || (bare.len() >= MIN_LENGTH && contains(&alphanumeric(text), &bare))
        })
    }
}

/// The letters and digits of a percent-decoded text.
fn alphanumeric(text: &[u8]) -> Vec<u8> {
    percent_decode(text).filter(u8::is_ascii_alphanumeric).collect()
}
