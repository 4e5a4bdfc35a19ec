//! One request and its response, within a deadline.

use bytes::Bytes;
use http::HeaderMap;
use reqwest::Response;
use serde::de::IgnoredAny;

use super::deadline::Deadline;
use crate::credentials::Confidential;
use crate::error::Error;
use crate::operation::{Content, Operation};
use crate::response::body::Body;
use crate::response::error_response;
use crate::response::success::{is_page, is_page_or_json};

/// A successful response, with its body unless the caller reads it.
pub(crate) struct Received {
    /// Without its headers.
    pub(super) response: Response,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

/// Sends a request and reads its response before the deadline. The caller reads a file.
pub(super) async fn exchange(
    sent: impl Future<Output = reqwest::Result<Response>>,
    operation: &Operation,
    limit: usize,
    confidential: Confidential<'_>,
    deadline: &Deadline,
) -> Result<Received, Error> {
    let mut response = deadline.bound(sent).await?;
    let is_file = operation.response.content == Content::File
        && response.status().is_success()
        && !is_page_or_json(response.headers());
    // Keeps what arrived in time.
    let mut body = Body::default();
    let end =
        if is_file { Ok(true) } else { deadline.bound(body.read(&mut response, limit)).await };
    received(response, body.into_bytes(), end, operation, limit, confidential)
}

/// Turns a response into a success or an error. `end` states whether the body is within
/// `limit`, or why it is incomplete.
fn received(
    mut response: Response,
    body: Bytes,
    end: Result<bool, Error>,
    operation: &Operation,
    limit: usize,
    confidential: Confidential<'_>,
) -> Result<Received, Error> {
    let status = response.status();
    // Complete JSON is a complete body, even if the connection breaks after it. Calls that
    // only read are retried instead.
    let is_complete = match &end {
        Ok(is_within_limit) => *is_within_limit,
        Err(_) if operation.is_read_only() => false,
        Err(_) => serde_json::from_slice::<IgnoredAny>(&body).is_ok(),
    };
    let mut headers = std::mem::take(response.headers_mut());
    for value in headers.values_mut().filter(|value| confidential.appears_in(value.as_bytes())) {
        // Hides it from `Debug`.
        value.set_sensitive(true);
    }
    if status.is_success() && is_complete {
        return Ok(Received { response, headers, body });
    }
    if !status.is_success() {
        return Err(error_response::error(&response, headers, body, confidential));
    }
    let error = match end {
        Err(error) => error.with_status(status),
        Ok(_) if is_page(&headers, &body) => Error::too_long(status, limit),
        Ok(_) => Error::too_long(status, limit).with_reported_success(),
    };
    Err(error.with_response(headers, body))
}
