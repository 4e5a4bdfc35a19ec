//! What a server may be told to answer.

use std::time::Duration;

use bytes::Bytes;
use http::header::{HeaderMap, HeaderName, RETRY_AFTER};
use http::{HeaderValue, StatusCode};
use serde_json::Value;

use super::answer::{Answer, ConnectionReset};
use super::document::Operation;
use super::success;
use crate::ErrorCode;

/// What a [`Sandbox`](super::Sandbox) answers one request with, in place of what it
/// would.
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
#[must_use = "it is a sandbox sends it once it is enqueued"]
pub struct Reply {
    what: What,
    headers: HeaderMap,
    delay: Duration,
}

#[derive(Clone, Debug)]
enum What {
    Documented,
    Error(StatusCode, Option<ErrorCode>),
    Given(Answer),
    Reset,
}

const PAGE: &str = "<!doctype html><html><body><h1>Something went wrong</h1></body></html>";

impl Reply {
    /// The documented response, which the sandbox sends without a reply too. Change it with
    /// [`header`](Self::header) and [`delay`](Self::delay), or enqueue it before another reply.
    pub fn documented() -> Self {
        Self::from(What::Documented)
    }

    /// Any status and body, without a media type.
    pub fn new(status: StatusCode, body: impl Into<Bytes>) -> Self {
        Self::from(What::Given(Answer { body: body.into(), ..Answer::empty(status) }))
    }

    /// Any status and JSON. Nothing checks it against the document.
    pub fn json(status: StatusCode, body: &Value) -> Self {
        Self::from(What::Given(Answer::json(status, body)))
    }

    /// A page of HTML, as proxies send them.
    pub fn html(status: StatusCode) -> Self {
        Self::from(What::Given(Answer::bytes(status, "text/html; charset=utf-8", PAGE)))
    }

    /// The example that the document has for a status and a code, or else for the status;
    /// without any, an error that says no more than the status. Its code is the given one.
    pub fn error(status: StatusCode, code: impl Into<Option<ErrorCode>>) -> Self {
        Self::from(What::Error(status, code.into()))
    }

    /// The documented 429. A wait is named in `Retry-After`, in whole seconds, rounded
    /// up.
    pub fn too_many_requests(wait: Option<Duration>) -> Self {
        let mut reply = Self::error(StatusCode::TOO_MANY_REQUESTS, None);
        if let Some(wait) = wait {
            reply.headers.insert(RETRY_AFTER, HeaderValue::from(seconds(wait)));
        }
        reply
    }

    /// None: what was asked is done, and the connection is reset before the answer.
    pub fn reset() -> Self {
        Self::from(What::Reset)
    }

    /// The same with a header, in place of one of that name.
    ///
    /// # Panics
    ///
    /// When no header can have that name or that value.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let named = HeaderName::try_from(name).ok().zip(HeaderValue::try_from(value).ok());
        let Some((name, value)) = named else { panic!("{name:?} and {value:?} are no header") };
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

    /// The answer to a request for an operation, which is usually answered so.
    pub(super) fn answer(
        self,
        operation: &Operation,
        documented_response: impl FnOnce() -> Answer,
    ) -> Result<Answer, ConnectionReset> {
        let mut answer = match self.what {
            What::Documented => documented_response(),
            What::Error(status, code) => documented(operation, status, code.as_ref()),
            What::Given(answer) => answer,
            What::Reset => {
                documented_response();
                return Err(ConnectionReset);
            }
        };
        answer.headers.extend(self.headers);
        Ok(answer)
    }
}

impl From<What> for Reply {
    fn from(what: What) -> Self {
        Self { what, headers: HeaderMap::new(), delay: Duration::ZERO }
    }
}

/// The documented answer with a status, or one that says no more than the status.
pub(super) fn documented(
    operation: &Operation,
    status: StatusCode,
    code: Option<&ErrorCode>,
) -> Answer {
    let code = code.map(ErrorCode::as_str);
    let examples =
        || operation.response(status.as_str()).into_iter().flat_map(success::json_examples);
    let fitting = examples().find(|example| example["code"].as_str() == code);
    match (fitting.or_else(|| examples().next()).cloned(), code) {
        (Some(Value::Object(mut error)), Some(code)) => {
            error.insert("code".to_owned(), code.into());
            Answer::json(status, &error.into())
        }
        (Some(example), None) => Answer::json(status, &example),
        (_, code) => Answer::error(status, status.canonical_reason().unwrap_or("Error"), code),
    }
}

fn seconds(wait: Duration) -> u64 {
    wait.as_secs().saturating_add(u64::from(wait.subsec_nanos() > 0))
}
