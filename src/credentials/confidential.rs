//! Finds credentials and idempotency keys in what a server sends.

use http::HeaderValue;
use percent_encoding::percent_decode;
use secrecy::ExposeSecret;

use super::Credentials;

/// A value that is shorter than any key is found in other texts by chance.
pub(super) const SHORTEST: usize = 8;

/// Whether a text holds a value, in any case.
pub(super) fn holds(text: &[u8], value: &[u8]) -> bool {
    !value.is_empty() && text.windows(value.len()).any(|part| part.eq_ignore_ascii_case(value))
}

/// What no error of a call may print, though a server may echo it.
#[derive(Clone, Copy)]
pub(crate) struct Confidential<'a> {
    pub(crate) credentials: &'a Credentials,
    pub(crate) idempotency_key: Option<&'a HeaderValue>,
}

impl Confidential<'_> {
    /// Whether a text holds any of it: as it is, however short, or in an encoding of URLs
    /// or with other characters within.
    pub(crate) fn appears_in(self, text: &[u8]) -> bool {
        let credential = self.credentials.secret.expose_secret().as_bytes();
        let key = self.idempotency_key.map_or(&b""[..], HeaderValue::as_bytes);
        [credential, key].into_iter().any(|value| {
            let bare = alphanumeric(value);
            holds(text, value) || (bare.len() >= SHORTEST && holds(&alphanumeric(text), &bare))
        })
    }
}

/// The letters and digits of a text, without the encoding of URLs.
fn alphanumeric(text: &[u8]) -> Vec<u8> {
    percent_decode(text).filter(u8::is_ascii_alphanumeric).collect()
}
