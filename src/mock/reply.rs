//! Replies that tests enqueue.

use std::io;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, HeaderMap, HeaderName, RETRY_AFTER};
use http::{HeaderValue, StatusCode};
use serde_json::Value;

use super::canned_response::{self, CannedResponse};
use super::operation_id::OperationId;
use super::success;
use crate::ErrorCode;

/// A response that a [`Sandbox`](super::Sandbox) sends to one request instead of the documented
/// response.
///
/// ```
/// use std::time::Duration;
/// use pilot_status::mock::Reply;
/// use pilot_status::{ErrorCode, StatusCode};
/// use serde_json::json;
///
/// Reply::error(StatusCode::CONFLICT, ErrorCode::NumberBlocked);
/// Reply::json(StatusCode::OK, &json!([])).header("x-cache", "stale")?;
/// Reply::documented().delay(Duration::from_secs(60));
/// # Ok::<(), pilot_status::http::Error>(())
/// ```
///
/// A status below 200 is not final, so a reply cannot have it. With 204 or 304, no body is sent.
#[derive(Clone, Debug)]
#[must_use = "a sandbox sends a reply only if it is enqueued"]
pub struct Reply {
    content: Content,
    headers: HeaderMap,
    pub(super) delay: Duration,
}

#[derive(Clone, Debug)]
enum Content {
    Documented,
    Error(StatusCode, Option<ErrorCode>),
    Json(CannedResponse),
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

    /// A response with any final status and any body, without a `Content-Type`.
    pub fn new(status: StatusCode, body: impl Into<Bytes>) -> Self {
        Self::from(Content::Canned(canned_response::plain(status, body)))
    }

    /// A JSON response with any final status. The body is not validated against the document. The first
    /// success under an idempotency key is also the response to repeated requests.
    pub fn json(status: StatusCode, body: &Value) -> Self {
        Self::from(Content::Json(canned_response::json(status, body)))
    }

    /// An HTML page, such as proxies send.
    pub fn html(status: StatusCode) -> Self {
        let page = canned_response::typed(status, "text/html; charset=utf-8", PAGE);
        Self::from(Content::Canned(page))
    }

    /// The documented example for a status and a code. Without a code, the first example for
    /// the status. If there is no example, an error with only the status text and the code.
    pub fn error(status: StatusCode, code: impl Into<Option<ErrorCode>>) -> Self {
        Self::from(Content::Error(status, code.into()))
    }

    /// The documented 429, with an optional wait in `Retry-After`, rounded up to whole seconds.
    pub fn too_many_requests(wait: Option<Duration>) -> Self {
        let mut reply = Self::error(StatusCode::TOO_MANY_REQUESTS, None);
        let up = |wait: Duration| wait.as_secs().saturating_add((wait.subsec_nanos() > 0).into());
        reply.headers.extend(wait.map(|wait| (RETRY_AFTER, HeaderValue::from(up(wait)))));
        reply
    }

    /// Processes the request, then resets the connection instead of responding.
    pub fn reset() -> Self {
        Self::from(Content::Reset)
    }

    /// Sets a header and replaces any previous value. `Content-Length` is always the length of the
    /// body. A [`reset`](Self::reset) has no headers.
    ///
    /// # Errors
    ///
    /// If the name or the value is not valid in a header.
    pub fn header(mut self, name: &str, value: &str) -> Result<Self, http::Error> {
        self.headers.insert(HeaderName::try_from(name)?, HeaderValue::try_from(value)?);
        Ok(self)
    }

    /// Delays the response.
    pub fn delay(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Returns the response to a request, or an error to reset the connection. `process`
    /// processes the request, and returns the given or the documented response.
    pub(super) fn into_response(
        self,
        operation: OperationId,
        process: impl FnOnce(Option<CannedResponse>) -> CannedResponse,
    ) -> io::Result<CannedResponse> {
        let mut response = match self.content {
            Content::Documented => process(None),
            Content::Json(response) => process(Some(response)),
            Content::Error(status, code) => documented_error(operation, status, code.as_ref()),
            Content::Canned(response) => response,
            Content::Reset => {
                process(None);
                return Err(io::ErrorKind::ConnectionReset.into());
            }
        };
        response.headers_mut().extend(self.headers);
        // hyper panics if it is not the length of the body.
        response.headers_mut().remove(CONTENT_LENGTH);
        Ok(response)
    }
}

impl From<Content> for Reply {
    fn from(content: Content) -> Self {
        Self { content, headers: HeaderMap::new(), delay: Duration::ZERO }
    }
}

/// The documented error with a status, or an error with only the status text.
pub(super) fn documented_error(
    operation: OperationId,
    status: StatusCode,
    code: Option<&ErrorCode>,
) -> CannedResponse {
    let code = code.map(ErrorCode::as_str);
    let documented = operation.responses().find(|(other, _)| *other == status.as_str());
    let examples = || documented.into_iter().flat_map(|(_, one)| success::json_examples(one));
    let matching = examples().find(|example| example["code"].as_str() == code);
    // The other fields of an example belong to its code.
    let without_code = || examples().find(|example| code.is_none() || example["code"].is_null());
    match (matching.or_else(without_code).cloned(), code) {
        (Some(Value::Object(mut error)), Some(code)) => {
            error.insert("code".to_owned(), code.into());
            canned_response::json(status, &error.into())
        }
        (Some(example), None) => canned_response::json(status, &example),
        (_, code) => canned_response::undocumented(status, code),
    }
}
