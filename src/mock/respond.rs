//! Validates requests and responds to them.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::StatusCode;
use http::header::ALLOW;
use http::request::Parts;
use serde_json::Value;
use tokio::time::sleep;

use super::canned_response::{CannedResponse, ConnectionReset};
use super::document::{Document, Operation};
use super::idempotency::StoredResponses;
use super::recorded::RecordedRequest;
use super::reply::{self, Reply};
use super::route::{self, Route};
use super::{credentials, parameters, request_body, success};

const VALIDATION_ERROR: &str = "VALIDATION_ERROR";

/// The state of the server, shared by its connections.
#[derive(Default)]
pub struct State(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    requests: Vec<RecordedRequest>,
    /// The enqueued replies, by operation.
    replies: HashMap<&'static str, VecDeque<Reply>>,
    /// The custom bodies of successes, by operation.
    bodies: HashMap<&'static str, Value>,
    stored: StoredResponses,
}

impl State {
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.lock().requests.clone()
    }

    pub fn enqueue(&self, operation: &'static str, reply: Reply) {
        self.lock().replies.entry(operation).or_default().push_back(reply);
    }

    pub fn respond_with(&self, operation: &'static str, body: Value) {
        self.lock().bodies.insert(operation, body);
    }

    /// Records a request and responds to it.
    pub async fn respond(
        &self,
        head: Parts,
        body: Bytes,
    ) -> Result<CannedResponse, ConnectionReset> {
        let route = route::find(&Document::get().operations, &head.method, head.uri.path());
        let request = record(head, body, &route);
        self.lock().requests.push(request.clone());
        let (operation, values) = match route {
            Route::Found(operation, values) => (operation, values),
            Route::OtherMethod(allowed) => {
                let response = undocumented(StatusCode::METHOD_NOT_ALLOWED);
                return Ok(response.with_header(ALLOW, allowed));
            }
            Route::NotFound => return Ok(undocumented(StatusCode::NOT_FOUND)),
        };
        if let Some(rejection) = rejection(operation, &values, &request) {
            return Ok(rejection);
        }
        let reply = self.next_reply(operation).unwrap_or_else(Reply::documented);
        let delay = reply.wait();
        let response = reply.into_response(operation, || self.documented(operation, &request));
        if !delay.is_zero() {
            sleep(delay).await;
        }
        response
    }

    fn documented(&self, operation: &Operation, request: &RecordedRequest) -> CannedResponse {
        let Inner { bodies, stored, .. } = &mut *self.lock();
        stored.get_or_insert_with(operation, request, || {
            success::response(operation, bodies.get(operation.id), &request.query)
        })
    }

    fn next_reply(&self, operation: &Operation) -> Option<Reply> {
        self.lock().replies.get_mut(operation.id)?.pop_front()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // Every change is a single step, so a poisoned state is still consistent.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The response to a request without credentials or with invalid content.
fn rejection(
    operation: &Operation,
    values: &[(&'static str, String)],
    request: &RecordedRequest,
) -> Option<CannedResponse> {
    if !credentials::is_authorized(operation, &request.headers) {
        return Some(reply::documented_error(operation, StatusCode::UNAUTHORIZED, None));
    }
    let violation = parameters::check(operation, values, request)
        .and_then(|()| request_body::check(operation, request))
        .err()?;
    Some(CannedResponse::error(StatusCode::BAD_REQUEST, &violation, Some(VALIDATION_ERROR)))
}

fn record(head: Parts, body: Bytes, route: &Route) -> RecordedRequest {
    let Parts { method, uri, mut headers, .. } = head;
    credentials::mark_sensitive(&mut headers);
    let operation = match route {
        Route::Found(operation, _) => Some(operation.id),
        Route::OtherMethod(_) | Route::NotFound => None,
    };
    let query = parameters::query(uri.query().unwrap_or_default());
    RecordedRequest { operation, method, path: uri.path().to_owned(), query, headers, body, uri }
}

/// An undocumented error.
fn undocumented(status: StatusCode) -> CannedResponse {
    CannedResponse::error(status, status.canonical_reason().unwrap_or_default(), None)
}
