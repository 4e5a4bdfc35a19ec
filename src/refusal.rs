//! Answers that are no success become errors.

use std::time::Duration;

use http::header::LOCATION;
use reqwest::Response;
use serde_json::{Map, Value};
use tokio::time::timeout;

use crate::auth::Credentials;
use crate::error::Error;
use crate::generated::types::{ApiError, ErrorCode};
use crate::retry::server_hint;
use crate::{body, surrogates};

/// How much is read of such an answer: more than any error of the API needs.
/// Beyond it, as with a page of a proxy, the connection is given up instead.
const MAX_BYTES: usize = 64 * 1024;

/// A scheme, the longest name of a host (RFC 1035, section 2.3.4) and a port.
const LONGEST_ORIGIN: usize = "https://".len() + 253 + ":65535".len();

/// The error that an answer is. Its body is read to the end, if that comes in
/// time, so that the connection can be used again; whatever it is, the status
/// counts.
pub(crate) async fn error(
    mut response: Response,
    credentials: &Credentials,
    time: Duration,
) -> Error {
    let body = timeout(time, body::read(&mut response, MAX_BYTES)).await;
    let body = body.ok().and_then(Result::ok).flatten().unwrap_or_default();
    let said: Option<Map<String, Value>> = surrogates::from_slice(&body).ok();
    let mut error = Error::of_status(response.status())
        .asked_to_wait(server_hint(response.headers(), said.as_ref()));
    if let Some(said) = said {
        error = error.said(api_error(said));
    }
    if let Some(origin) = redirect_target(&response, credentials) {
        error = error.detail(format!("to {origin}"));
    }
    error
}

/// A field of another type than the document's is kept among the others.
fn api_error(mut said: Map<String, Value>) -> ApiError {
    let mut take = |key: &str| match said.remove(key)? {
        Value::String(text) => Some(text),
        other => {
            said.insert(key.to_owned(), other);
            None
        }
    };
    ApiError { error: take("error"), code: take("code").map(ErrorCode::from), extra: said }
}

/// The origin that a redirect points to; its path and query may hold anything.
/// None where the server echoes the key.
fn redirect_target(response: &Response, credentials: &Credentials) -> Option<String> {
    if !response.status().is_redirection() {
        return None;
    }
    let location = response.headers().get(LOCATION)?.to_str().ok()?;
    let origin = response.url().join(location).ok()?.origin();
    // A scheme that has no hosts has no origin worth a name.
    let origin = origin.is_tuple().then(|| origin.ascii_serialization())?;
    // A URL takes a key apart at a slash, and decodes one in its host.
    let shows_key = credentials.occur_in(location) || credentials.occur_in(&origin);
    (origin.len() <= LONGEST_ORIGIN && !shows_key).then_some(origin)
}
