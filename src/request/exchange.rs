//! One request and its response, within a deadline.

use std::pin::pin;

use bytes::Bytes;
use http::HeaderMap;
use reqwest::Response;
use serde::de::IgnoredAny;

use super::deadline::Deadline;
use crate::credentials::Confidential;
use crate::error::Error;
use crate::operation::Operation;
use crate::response::success::{self, is_page};
use crate::response::{body, error_response};

/// A successful response, with its body unless the caller reads it.
pub(crate) struct Received {
    /// Without its headers.
    pub(super) response: Response,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

/// Which part of a successful response a call reads.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Reads {
    All,
    /// The head only; the caller reads the body.
    Head,
}

/// Sends a request and reads its response before the deadline.
pub(super) async fn exchange(
    sent: impl Future<Output = reqwest::Result<Response>>,
    operation: &Operation,
    reads: Reads,
    limit: usize,
    confidential: Confidential<'_>,
    deadline: &Deadline,
) -> Result<Received, Error> {
    // Declared outside of the timeout, which keeps what arrived in time.
    let (mut response, mut bytes) = (None, Vec::new());
    let end = {
        let work = pin!(async {
            let response: &mut Response = response.insert(sent.await?);
            if reads == Reads::Head && is_file(response) {
                return Ok(true);
            }
            body::read(response, &mut bytes, limit).await
        });
        deadline.bound(work).await
    };
    match response {
        None => Err(end.err().unwrap_or_else(|| deadline.error())),
        Some(response) => received(response, bytes.into(), end, operation, limit, confidential),
    }
}

/// Whether a response is a file that the caller can read.
fn is_file(response: &Response) -> bool {
    response.status().is_success() && !success::is_page_or_json(response.headers())
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
