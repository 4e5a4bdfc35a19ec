//! One request and its response, within a deadline.

use bytes::Bytes;
use reqwest::Response;
use serde::de::IgnoredAny;
use tokio::time::{Instant, timeout_at};

use crate::credentials::Confidential;
use crate::decode::surrogates;
use crate::error::{Error, ErrorKind};
use crate::operation::Content;
use crate::response::success::{is_file, is_page};
use crate::response::{body, error_response};

/// Sends a request and reads its response before the deadline. Returns a successful response
/// with its body, unless the body is a file, which the caller reads.
pub(super) async fn exchange(
    sent: impl Future<Output = reqwest::Result<Response>>,
    limit: usize,
    confidential: Confidential<'_>,
    deadline: Instant,
) -> Result<(Box<Response>, Bytes), Error> {
    let operation = &confidential.call.operation;
    // What arrives in time.
    let (mut response, mut bytes) = (None, Vec::new());
    let exchanged = timeout_at(deadline, async {
        let response = response.insert(Box::new(sent.await?));
        let is_file = operation.response.content == Content::File
            && is_file(response.status(), response.headers());
        Ok(is_file || body::read(response, &mut bytes, limit).await?)
    });
    // Whether the body is within the limit, or why it is incomplete.
    let end = exchanged.await.unwrap_or_else(|_| Err(Error::new(ErrorKind::Timeout)));
    let Some(mut response) = response else {
        // It ended with an error.
        return end.and_then(|_| Err(Error::new(ErrorKind::Timeout)));
    };
    let (status, body) = (response.status(), Bytes::from(bytes));
    // Complete JSON is a complete body, even if the connection breaks after it. Calls that
    // only read are retried instead.
    let is_complete = match &end {
        Ok(is_within_limit) => *is_within_limit,
        Err(_) if operation.is_read_only() => false,
        Err(_) => surrogates::from_slice::<IgnoredAny>(&body).is_ok(),
    };
    let headers = response.headers_mut();
    for value in headers.values_mut().filter(|value| confidential.appears_in(value.as_bytes())) {
        // Hides it from `Debug`.
        value.set_sensitive(true);
    }
    if status.is_success() && is_complete {
        return Ok((response, body));
    }
    let headers = std::mem::take(headers);
    if !status.is_success() {
        return Err(error_response::error(&response, headers, body, confidential));
    }
    let error = match end {
        Err(error) => error,
        Ok(_) if is_page(&body) => Error::too_long(status, limit),
        Ok(_) => Error::too_long(status, limit).with_reported_success(),
    };
    Err(error.with_response(status, headers, Some(body)))
}
