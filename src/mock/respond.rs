//! Validates requests and responds to them.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::StatusCode;
use http::request::Parts;
use serde_json::Value;
use tokio::time::sleep;

use super::canned_response::{self, CannedResponse};
use super::idempotency::StoredResponses;
use super::operation_id::OperationId;
use super::recorded::RecordedRequest;
use super::reply::{self, Reply};
use super::{credentials, document, parameters, request_body, success};

/// The state of the server, shared by its connections.
#[derive(Default)]
pub struct Shared(Mutex<State>);

#[derive(Default)]
pub struct State {
    pub requests: Vec<RecordedRequest>,
    /// The enqueued replies.
    pub replies: HashMap<OperationId, VecDeque<Reply>>,
    /// The custom bodies of successful responses.
    pub bodies: HashMap<OperationId, Value>,
    stored: StoredResponses,
}

impl Shared {
    pub fn lock(&self) -> MutexGuard<'_, State> {
        // Every change is a single step, so a poisoned state is still consistent.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records a request and responds to it. An error resets the connection.
    pub async fn respond(&self, head: Parts, body: Bytes) -> io::Result<CannedResponse> {
        let found = document::find(&head.method, head.uri.path());
        let request = record(head, body, found.as_ref().ok().copied());
        self.lock().requests.push(request.clone());
        let operation = match found {
            Ok(operation) => operation,
            Err((status, headers)) => {
                let mut response = canned_response::undocumented(status, None);
                response.headers_mut().extend(headers);
                return Ok(response);
            }
        };
        if let Some(rejection) = rejection(operation, &request) {
            return Ok(rejection);
        }
        let reply = self.lock().replies.get_mut(&operation).and_then(VecDeque::pop_front);
        let reply = reply.unwrap_or_else(Reply::documented);
        let delay = reply.delay;
        let response = reply.into_response(operation, |reply| {
            let State { bodies, stored, .. } = &mut *self.lock();
            let body = bodies.get(&operation);
            let documented = || success::response(operation, body, &request.query);
            stored.respond(operation, &request, reply, documented)
        });
        if !delay.is_zero() {
            sleep(delay).await;
        }
        response
    }
}

/// The response to a request without credentials or with invalid content.
fn rejection(operation: OperationId, request: &RecordedRequest) -> Option<CannedResponse> {
    if !credentials::is_authorized(operation.security(), &request.headers) {
        return Some(reply::documented_error(operation, StatusCode::UNAUTHORIZED, None));
    }
    let violation = parameters::check(operation, request)
        .and_then(|()| request_body::check(operation, request))
        .err()?;
    Some(canned_response::error(StatusCode::BAD_REQUEST, &violation, Some("VALIDATION_ERROR")))
}

fn record(head: Parts, body: Bytes, operation: Option<OperationId>) -> RecordedRequest {
    let Parts { method, uri, mut headers, .. } = head;
    credentials::mark_sensitive(&mut headers);
    let query = parameters::query(uri.query().unwrap_or_default());
    RecordedRequest { operation, method, path: uri.path().to_owned(), query, headers, body, uri }
}
