//! What a server may do in place of what was asked.

use std::time::Duration;

use http::header::RETRY_AFTER;
use http::{HeaderValue, StatusCode};
use serde_json::Value;

use super::answer::Answer;
use super::document::Operation;
use super::success;

/// What a [`Sandbox`](super::Sandbox) does with one request in place of answering it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Misbehaviour {
    /// Answers 429. A wait is named in `Retry-After`, in whole seconds, rounded up.
    TooManyRequests(Option<Duration>),
    /// Answers with a status and the example that the document has for it, or else
    /// with an error that says no more than the status.
    Status(StatusCode),
    /// Answers with a status and any JSON.
    Json(StatusCode, Value),
    /// Answers with a status and a page of HTML, as proxies do.
    Html(StatusCode),
    /// Waits, and then answers as if nothing had happened.
    Delay(Duration),
    /// Does what was asked, and resets the connection before the answer.
    Reset,
}

const PAGE: &str = "<!doctype html><html><body><h1>Something went wrong</h1></body></html>";

impl Misbehaviour {
    /// The answer to a request; none where it is answered as usual.
    pub(super) fn answer(&self, operation: &Operation) -> Option<Answer> {
        match self {
            Self::TooManyRequests(wait) => {
                let answer = refusal(operation, StatusCode::TOO_MANY_REQUESTS);
                Some(match wait {
                    Some(wait) => answer.with(RETRY_AFTER, HeaderValue::from(seconds(*wait))),
                    None => answer,
                })
            }
            Self::Status(status) => Some(refusal(operation, *status)),
            Self::Json(status, body) => Some(Answer::json(*status, body)),
            Self::Html(status) => Some(Answer::bytes(*status, "text/html; charset=utf-8", PAGE)),
            Self::Delay(_) | Self::Reset => None,
        }
    }
}

/// The documented answer with a status, or one that says no more than the status.
pub(super) fn refusal(operation: &Operation, status: StatusCode) -> Answer {
    let documented = operation.response(status.as_str()).and_then(success::json_example);
    match documented {
        Some(example) => Answer::json(status, example),
        None => Answer::error(status, status.canonical_reason().unwrap_or("Error"), None),
    }
}

fn seconds(wait: Duration) -> u64 {
    wait.as_secs().saturating_add(u64::from(wait.subsec_nanos() > 0))
}
