//! Finds credentials, idempotency keys and tokens in responses.

use http::HeaderValue;
use percent_encoding::percent_decode;
use secrecy::ExposeSecret;

use super::Credentials;
use crate::error::{Call, Target};

/// Shorter values are not keys, and match other texts by chance.
pub(super) const MIN_LENGTH: usize = 8;

/// Whether a text contains a value, ignoring case.
pub(super) fn contains(text: &[u8], value: &[u8]) -> bool {
    !value.is_empty() && text.windows(value.len()).any(|part| part.eq_ignore_ascii_case(value))
}

/// The values that no error may print, although a server may echo them: the credential, and the
/// idempotency key and the tokens of a call.
#[derive(Clone, Copy)]
pub(crate) struct Confidential<'a> {
    pub(crate) credentials: &'a Credentials,
    pub(crate) call: &'a Call,
}

impl Confidential<'_> {
    /// Whether a text contains one of the values: verbatim, percent-encoded, or interspersed with
    /// other characters.
    pub(crate) fn appears_in(self, text: &[u8]) -> bool {
        let Target { idempotency_key, tokens, .. } = &**self.call;
        let credential = self.credentials.secret.expose_secret().as_bytes();
        let key = idempotency_key.iter().map(HeaderValue::as_bytes);
        let tokens = tokens.iter().map(String::as_bytes);
        let values = [credential].into_iter().chain(key).chain(tokens);
        values.filter(|value| is_long_enough(text, value)).any(|value| {
            let bare = alphanumeric(value);
            (value.len() >= MIN_LENGTH && contains(text, value))
                || (bare.len() >= MIN_LENGTH && contains(&alphanumeric(text), &bare))
        })
    }
}

/// Whether a text may be long enough for the letters and digits of a value. Most headers are not,
/// which spares a copy of both.
fn is_long_enough(text: &[u8], value: &[u8]) -> bool {
    // An escape consists of three characters.
    let others = value.iter().map(|byte| match byte {
        b'%' => 3,
        byte => usize::from(!byte.is_ascii_alphanumeric()),
    });
    text.len() >= MIN_LENGTH && text.len() + others.sum::<usize>() >= value.len()
}

/// The letters and digits of a percent-decoded text.
fn alphanumeric(text: &[u8]) -> Vec<u8> {
    percent_decode(text).filter(u8::is_ascii_alphanumeric).collect()
}
