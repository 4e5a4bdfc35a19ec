//! Finds credentials, idempotency keys and tokens in responses.

use http::HeaderValue;
use percent_encoding::percent_decode;
use secrecy::ExposeSecret;

use super::Credentials;
use crate::error::CallInfo;

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
    pub(crate) call: &'a CallInfo,
}

impl Confidential<'_> {
    /// Whether a text contains one of the values: verbatim, percent-encoded, or interspersed with
    /// other characters.
    pub(crate) fn appears_in(self, text: &[u8]) -> bool {
        let CallInfo { idempotency_key, tokens, .. } = self.call;
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
    // The two digits of an escape may encode neither a letter nor a digit.
    let escapes = || value.iter().filter(|byte| matches!(byte, b'%')).count();
    let mut letters = value.iter().filter(|byte| byte.is_ascii_alphanumeric());
    text.len() >= MIN_LENGTH && letters.nth(text.len() + 2 * escapes()).is_none()
}

/// The letters and digits of a percent-decoded text.
fn alphanumeric(text: &[u8]) -> Vec<u8> {
    percent_decode(text).filter(u8::is_ascii_alphanumeric).collect()
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;
    use crate::operation::Operation;

    #[test]
    fn a_text_as_short_as_the_letters_and_digits_of_a_value_may_contain_it() {
        for (value, text, is_found) in [
            ("abcd1234", "abcd1234", true),
            ("abcd1234", "ABCD-1234", true),
            ("abcd1234", "abcd123", false),
            ("--a-b-c-d-1-2-3-4--", "abcd1234", true),
            ("%61%62%63%64%31%32%33%34", "abcd1234", true),
            ("abcd1234", "%61%62%63%64%31%32%33%34", true),
            ("%2d%2d%2dabcd1234", "abcd1234", true),
            ("%%%%%%wxyz1234", "wxyz1234", true),
            ("abcd-12", "abcd-12", false),
            ("%61%62%63", "abc", false),
        ] {
            let call = CallInfo {
                operation: Cow::Owned(Operation::odd()),
                path_prefix: String::new(),
                idempotency_key: None,
                tokens: vec![value.to_owned()],
            };
            let credentials = Credentials::api_key("");
            let confidential = Confidential { credentials: &credentials, call: &call };
            assert_eq!(confidential.appears_in(text.as_bytes()), is_found, "{value} {text}");
        }
    }
}
