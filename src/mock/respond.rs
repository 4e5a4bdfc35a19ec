//! From a request to its answer.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::StatusCode;
use http::request::Parts;
use serde_json::Value;
use tokio::time::sleep;

use super::answer::{Answer, ConnectionReset};
use super::document::{Document, Operation};
use super::idempotency::Stored;
use super::recorded::RecordedRequest;
use super::reply::{self, Reply};
use super::route::{self, Route};
use super::{credentials, parameters, request_body, success};

const VALIDATION_ERROR: &str = "VALIDATION_ERROR";

/// What the server knows, shared by its connections.
#[derive(Default)]
pub struct State(Mutex<Known>);

#[derive(Default)]
struct Known {
    requests: Vec<RecordedRequest>,
    /// By the operation, what it was told to answer next.
    replies: HashMap<&'static str, VecDeque<Reply>>,
    /// By the operation, the body of its success.
    bodies: HashMap<&'static str, Value>,
    stored: Stored,
}

impl State {
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.known().requests.clone()
    }

    pub fn reply(&self, operation: &'static str, reply: Reply) {
        self.known().replies.entry(operation).or_default().push_back(reply);
    }

    pub fn respond_with(&self, operation: &'static str, body: Value) {
        self.known().bodies.insert(operation, body);
    }

    /// Remembers a request and answers it.
    pub async fn respond(&self, head: Parts, body: Bytes) -> Result<Answer, ConnectionReset> {
        let route = route::find(&Document::get().operations, &head.method, head.uri.path());
        let request = record(head, body, &route);
        self.known().requests.push(request.clone());
        let (operation, values) = match route {
            Route::Found(operation, values) => (operation, values),
            Route::OtherMethod => return Ok(bare(StatusCode::METHOD_NOT_ALLOWED)),
            Route::Nowhere => return Ok(bare(StatusCode::NOT_FOUND)),
        };
        if let Some(refusal) = refusal(operation, &values, &request) {
            return Ok(refusal);
        }
        let reply = self.next_reply(operation).unwrap_or_else(Reply::documented);
        let delay = reply.wait();
        let answer = reply.answer(operation, || self.documented(operation, &request));
        if !delay.is_zero() {
            sleep(delay).await;
        }
        answer
    }

    fn documented(&self, operation: &Operation, request: &RecordedRequest) -> Answer {
        let Known { bodies, stored, .. } = &mut *self.known();
        stored.once(operation, request, || {
            success::answer(operation, bodies.get(operation.id), &request.query)
        })
    }

    fn next_reply(&self, operation: &Operation) -> Option<Reply> {
        self.known().replies.get_mut(operation.id)?.pop_front()
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        // Every change of it is made at once, so it is whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The answer to a request that an operation does not let in, or does not take.
fn refusal(
    operation: &Operation,
    values: &[(&'static str, String)],
    request: &RecordedRequest,
) -> Option<Answer> {
    if !credentials::is_authorized(operation, &request.headers) {
        return Some(reply::documented(operation, StatusCode::UNAUTHORIZED, None));
    }
    let violation = parameters::check(operation, values, request)
        .and_then(|()| request_body::check(operation, request))
        .err()?;
    Some(Answer::error(StatusCode::BAD_REQUEST, &violation, Some(VALIDATION_ERROR)))
}

fn record(head: Parts, body: Bytes, route: &Route) -> RecordedRequest {
    let Parts { method, uri, mut headers, .. } = head;
    credentials::mark_sensitive(&mut headers);
    let operation = match route {
        Route::Found(operation, _) => Some(operation.id),
        Route::OtherMethod | Route::Nowhere => None,
    };
    let query = parameters::query(uri.query().unwrap_or_default());
    RecordedRequest { operation, method, path: uri.path().to_owned(), query, headers, body, uri }
}

/// A refusal that no operation documents.
fn bare(status: StatusCode) -> Answer {
    Answer::error(status, status.canonical_reason().unwrap_or_default(), None)
}
