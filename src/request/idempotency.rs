//! Idempotency keys: a server that receives a key twice processes the request once.

use http::{HeaderMap, HeaderName, HeaderValue};
use uuid::Uuid;

use crate::error::Error;
use crate::text::is_portable;

/// See draft-ietf-httpapi-idempotency-key-header.
pub(crate) const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// The longest key that the API accepts, in characters.
const MAX_LENGTH: usize = 255;

pub(crate) const INVALID_KEY: &str =
    "the idempotency key must have 1 to 255 characters, all of them visible ASCII or inner spaces";

/// Checks the caller's key, or adds a random UUID.
pub(crate) fn ensure_key(headers: &mut HeaderMap) -> Result<(), Error> {
    if let Some(key) = headers.get(IDEMPOTENCY_KEY) {
        let is_valid = (1..=MAX_LENGTH).contains(&key.len()) && is_portable(key.as_bytes());
        return if is_valid { Ok(()) } else { Err(Error::refused(INVALID_KEY)) };
    }
    let mut buffer = Uuid::encode_buffer();
    let key = Uuid::new_v4().hyphenated().encode_lower(&mut buffer);
    headers.insert(IDEMPOTENCY_KEY, HeaderValue::from_str(key)?);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    fn with_key(key: &str) -> Result<HeaderMap, Error> {
        let mut headers = HeaderMap::new();
        headers.insert(IDEMPOTENCY_KEY, HeaderValue::from_bytes(key.as_bytes()).unwrap());
        ensure_key(&mut headers).map(|()| headers)
    }

    #[test]
    fn the_key_of_the_caller_is_kept() {
        for key in ["order-42", "a b", "~", &"k".repeat(255)] {
            assert_eq!(with_key(key).unwrap()[IDEMPOTENCY_KEY], key);
        }
    }

    #[test]
    fn a_key_that_the_api_rejects_is_not_sent() {
        for key in ["", " ", " a", "a ", "a\tb", "pedido-ção", &"k".repeat(256)] {
            let error = with_key(key).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidRequest);
            assert!(error.to_string().contains("1 to 255 characters"), "{error}");
        }
    }

    #[test]
    fn every_request_without_a_key_gets_a_new_one() {
        let key = || {
            let mut headers = HeaderMap::new();
            ensure_key(&mut headers).unwrap();
            headers[IDEMPOTENCY_KEY].to_str().unwrap().to_owned()
        };
        let (one, other) = (key(), key());
        assert_ne!(one, other);
        assert_eq!(one.parse::<Uuid>().unwrap().get_version_num(), 4);
    }
}
