//! Responses that are not a success become errors.

use bytes::Bytes;
use http::header::LOCATION;
use http::{HeaderMap, StatusCode};
use reqwest::Response;
use serde_json::{Map, Value};

use super::retry_after::server_hint;
use crate::credentials::Confidential;
use crate::decode::surrogates;
use crate::error::{Error, ErrorKind, ServerMessage};
use crate::response::body::encoding;

/// A scheme, the longest name of a host (RFC 1035, section 2.3.4) and a port.
const LONGEST_ORIGIN: usize = "https://".len() + 253 + ":65535".len();

/// The error that a response is, with as much of its body as arrived. Whatever that is,
/// the status counts.
pub(crate) fn error(
    response: &Response,
    headers: HeaderMap,
    body: Bytes,
    confidential: Confidential<'_>,
) -> Error {
    let status = response.status();
    let object: Option<Map<String, Value>> = surrogates::from_slice(&body).ok();
    let mut error = Error::of_status(status).asked_to_wait(server_hint(&headers, object.as_ref()));
    if status == StatusCode::NOT_MODIFIED {
        error = error.detail("no request of this client has the condition that 304 answers");
    }
    if let Some(origin) = redirect_target(response, &headers, confidential) {
        error = error.detail(format!("to {origin}"));
    }
    if let Some(object) = object {
        error =
            error.said(ServerMessage::new(object, status, |text| confidential.appears_in(text)));
    } else if let Some(encoding) = encoding(&headers) {
        error = error.detail(format!("its body is encoded as {encoding}, unasked for"));
    }
    error.with_headers(headers).with_body(body)
}

/// The origin that a redirect points to; its path and query may hold anything.
/// None where the server echoes the key.
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
    // A scheme that has no hosts has no origin worth a name.
    let origin = origin.is_tuple().then(|| origin.ascii_serialization())?;
    // A URL takes a key apart at a slash, and decodes one in its host.
    let shows_key =
        confidential.appears_in(location.as_bytes()) || confidential.appears_in(origin.as_bytes());
    (origin.len() <= LONGEST_ORIGIN && !shows_key).then_some(origin)
}
