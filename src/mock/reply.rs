//! Replies that tests enqueue.

use std::time::Duration;

use bytes::Bytes;
use http::header::{HeaderMap, HeaderName, RETRY_AFTER};
use http::{HeaderValue, StatusCode};
use serde_json::Value;

use super::canned_response::{CannedResponse, ConnectionReset};
use super::document::Operation;
use super::success;
use crate::ErrorCode;

/// A response that a [`Sandbox`](super::Sandbox) sends to one request instead of the documented
/// one.
///
/// ```
/// use std::time::Duration;
/// use pilot_status::mock::Reply;
/// use pilot_status::{ErrorCode, StatusCode};
/// use serde_json::json;
///
/// Reply::error(StatusCode::CONFLICT, ErrorCode::NumberBlocked);
/// Reply::json(StatusCode::OK, &json!([])).header("x-cache", "stale");
/// Reply::documented().delay(Duration::from_secs(60));
/// ```
#[derive(Clone, Debug)]
#[must_use = "a sandbox sends a reply only if it is enqueued"]
pub struct Reply {
    content: Content,
    headers: HeaderMap,
    delay: Duration,
}

#[derive(Clone, Debug)]
enum Content {
    Documented,
    Error(StatusCode, Option<ErrorCode>),
    Canned(CannedResponse),
    Reset,
}

const PAGE: &str = "<!doctype html><html><body><h1>Something went wrong</h1></body></html>";

impl Reply {
    /// The documented response, which is the default. Change it with [`header`](Self::header) and
    /// [`delay`](Self::delay), or enqueue it before another reply.
    pub fn documented() -> Self {
        Self::from(Content::Documented)
    }

    /// Any status and body, without a `Content-Type`.
    pub fn new(status: StatusCode, body: impl Into<Bytes>) -> Self {
        Self::from(Content::Canned(CannedResponse {
            body: body.into(),
            ..CannedResponse::empty(status)
        }))
    }

    /// Any status and JSON, which is not validated against the document.
    pub fn json(status: StatusCode, body: &Value) -> Self {
        Self::from(Content::Canned(CannedResponse::json(status, body)))
    }

    /// An HTML page, as proxies send them.
    pub fn html(status: StatusCode) -> Self {
        Self::from(Content::Canned(CannedResponse::bytes(status, "text/html; charset=utf-8", PAGE)))
    }

    /// The documented example for a status and a code, else an error with only the status text
    /// and the code. Without a code, the first example for the status.
    pub fn error(status: StatusCode, code: impl Into<Option<ErrorCode>>) -> Self {
        Self::from(Content::Error(status, code.into()))
    }

    /// The documented 429, with an optional wait in `Retry-After`, rounded up to whole seconds.
    pub fn too_many_requests(wait: Option<Duration>) -> Self {
        let mut reply = Self::error(StatusCode::TOO_MANY_REQUESTS, None);
        if let Some(wait) = wait {
            reply.headers.insert(RETRY_AFTER, HeaderValue::from(seconds(wait)));
        }
        reply
    }

    /// Processes the request, then resets the connection instead of responding.
    pub fn reset() -> Self {
        Self::from(Content::Reset)
    }

    /// Sets a header and replaces any previous value.
    ///
    /// # Panics
    ///
    /// If the name or the value is not valid.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let header = HeaderName::try_from(name).ok().zip(HeaderValue::try_from(value).ok());
        let Some((name, value)) = header else {
            panic!("{name:?} and {value:?} are not a valid header")
        };
        self.headers.insert(name, value);
        self
    }

    /// Delays the response.
    pub fn delay(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    pub(super) fn wait(&self) -> Duration {
        self.delay
    }

    /// The response to a request. `documented_response` processes the request.
    pub(super) fn into_response(
        self,
        operation: &Operation,
        documented_response: impl FnOnce() -> CannedResponse,
    ) -> Result<CannedResponse, ConnectionReset> {
        let mut response = match self.content {
            Content::Documented => documented_response(),
            Content::Error(status, code) => documented_error(operation, status, code.as_ref()),
            Content::Canned(response) => response,
            Content::Reset => {
                documented_response();
                return Err(ConnectionReset);
            }
        };
        response.headers.extend(self.headers);
        Ok(response)
    }
}

impl From<Content> for Reply {
    fn from(content: Content) -> Self {
        Self { content, headers: HeaderMap::new(), delay: Duration::ZERO }
    }
}

/// The documented error with a status, or one with only the status text.
pub(super) fn documented_error(
    operation: &Operation,
    status: StatusCode,
    code: Option<&ErrorCode>,
) -> CannedResponse {
    let code = code.map(ErrorCode::as_str);
    let examples =
        || operation.response(status.as_str()).into_iter().flat_map(success::json_examples);
    let matching = examples().find(|example| example["code"].as_str() == code);
    // The other fields of an example belong to its code.
    let without_code = || examples().find(|example| code.is_none() || example["code"].is_null());
    match (matching.or_else(without_code).cloned(), code) {
        (Some(Value::Object(mut error)), Some(code)) => {
            error.insert("code".to_owned(), code.into());
            CannedResponse::json(status, &error.into())
        }
        (Some(example), None) => CannedResponse::json(status, &example),
        (_, code) => {
            CannedResponse::error(status, status.canonical_reason().unwrap_or("Error"), code)
        }
    }
}

fn seconds(wait: Duration) -> u64 {
    wait.as_secs().saturating_add(u64::from(wait.subsec_nanos() > 0))
}
