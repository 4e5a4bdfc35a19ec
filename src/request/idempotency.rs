//! Names a request, so that a server that receives it twice does it once.

use http::{HeaderMap, HeaderName, HeaderValue};
use uuid::Uuid;

use crate::error::{Error, ErrorKind};

/// Carries the name (draft-ietf-httpapi-idempotency-key-header).
pub(crate) const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// The longest name that the API takes, in characters.
const LONGEST: usize = 255;

/// Checks the caller's name of a request, or gives it one: a random UUID.
pub(crate) fn name(headers: &mut HeaderMap) -> Result<(), Error> {
    if let Some(key) = headers.get(IDEMPOTENCY_KEY) {
        return check(key);
    }
    let mut buffer = Uuid::encode_buffer();
    let key = Uuid::new_v4().hyphenated().encode_lower(&mut buffer);
    let key = HeaderValue::from_str(key).map_err(|_| refusal())?;
    headers.insert(IDEMPOTENCY_KEY, key);
    Ok(())
}

/// What is not ASCII would arrive as other characters (RFC 9110, section 5.5).
fn check(key: &HeaderValue) -> Result<(), Error> {
    let key = key.as_bytes();
    let fits = (1..=LONGEST).contains(&key.len())
        && key.iter().all(|byte| matches!(byte, b' '..=b'~'))
        && !key.starts_with(b" ")
        && !key.ends_with(b" ");
    if fits { Ok(()) } else { Err(refusal()) }
}

pub(crate) fn refusal() -> Error {
    Error::new(ErrorKind::InvalidRequest).detail(
        "the idempotency key has to be of 1 to 255 characters, all of them visible ASCII \
         or spaces within",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(key: &str) -> Result<HeaderMap, Error> {
        let mut headers = HeaderMap::new();
        headers.insert(IDEMPOTENCY_KEY, HeaderValue::from_bytes(key.as_bytes()).unwrap());
        name(&mut headers).map(|()| headers)
    }

    #[test]
    fn a_key_of_the_caller_stays() {
        for key in ["order-42", "a b", "~", &"k".repeat(255)] {
            assert_eq!(named(key).unwrap()[IDEMPOTENCY_KEY], key);
        }
    }

    #[test]
    fn a_key_that_the_api_refuses_is_not_sent() {
        for key in ["", " ", " a", "a ", "a\tb", "pedido-ção", &"k".repeat(256)] {
            let error = named(key).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidRequest);
            assert!(error.to_string().contains("1 to 255 characters"), "{error}");
        }
    }

    #[test]
    fn every_request_without_one_gets_another() {
        let key = || {
            let mut headers = HeaderMap::new();
            name(&mut headers).unwrap();
            headers[IDEMPOTENCY_KEY].to_str().unwrap().to_owned()
        };
        let (one, other) = (key(), key());
        assert_ne!(one, other);
        assert_eq!(one.parse::<Uuid>().unwrap().get_version_num(), 4);
    }
}
