//! Converts unsuccessful responses into errors.

use bytes::Bytes;
use http::header::LOCATION;
use http::{HeaderMap, StatusCode};
use reqwest::Response;
use serde_json::{Map, Value};

use super::retry_after::server_hint;
use crate::credentials::Confidential;
use crate::decode::surrogates;
use crate::error::{Error, ErrorKind, ServerMessage};
use crate::response::body::encoding_problem;

/// The length of a scheme, the longest host name (RFC 1035, section 2.3.4) and a port.
const MAX_ORIGIN_LENGTH: usize = "https://".len() + 253 + ":65535".len();

/// The error for a response. The status determines its kind. `body` may be incomplete.
pub(crate) fn error(
    response: &Response,
    headers: HeaderMap,
    body: Bytes,
    confidential: Confidential<'_>,
) -> Error {
    let status = response.status();
    let object: Option<Map<String, Value>> = surrogates::from_slice(&body).ok();
    let retry_after = server_hint(&headers, object.as_ref());
    let detail = match status {
        StatusCode::NOT_MODIFIED => Some(
            "304 is a response to conditional requests, which this client does not send".to_owned(),
        ),
        StatusCode::PROXY_AUTHENTICATION_REQUIRED => Some(
            "a proxy requires a user and a password; add them to the URL of the proxy".to_owned(),
        ),
        _ => redirect_target(response, &headers, confidential)
            .or_else(|| encoding_problem(&headers).filter(|_| object.is_none())),
    };
    let mut error = Error::of_status(status)
        .with_detail(detail.unwrap_or_default())
        .with_retry_after(retry_after)
        .with_response(status, headers, Some(body));
    if let Some(object) = object {
        let is_confidential = |text: &[u8]| confidential.appears_in(text);
        error = error.with_server_message(ServerMessage::new(object, status, is_confidential));
    }
    error
}

/// Where a redirect leads: only the origin, since the path and the query may be confidential. None
/// if the target contains the key.
fn redirect_target(
    response: &Response,
    headers: &HeaderMap,
    confidential: Confidential<'_>,
) -> Option<String> {
    if ErrorKind::of_status(response.status()) != ErrorKind::Redirect {
        return None;
    }
    let location = headers.get(LOCATION)?.to_str().ok()?;
    let origin = response.url().join(location).ok()?.origin();
    // Schemes without hosts have opaque origins.
    let origin = origin.is_tuple().then(|| origin.ascii_serialization())?;
    // Parsing a URL splits a key at a slash, and decodes a key in the host.
    let shows_key =
        confidential.appears_in(location.as_bytes()) || confidential.appears_in(origin.as_bytes());
    (origin.len() <= MAX_ORIGIN_LENGTH && !shows_key).then(|| format!("to {origin}"))
}
