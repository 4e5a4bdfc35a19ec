//! Validates requests and responds to them.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::StatusCode;
use http::header::ALLOW;
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
        // No change leaves the state inconsistent, so a poisoned one can be used.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records a request and responds to it. An error resets the connection.
    pub async fn respond(&self, head: Parts, body: Bytes) -> io::Result<CannedResponse> {
        let found = document::find(&head.method, head.uri.path());
        let request = record(head, body, found.as_ref().ok().copied());
        let accepted = accept(found, &request);
        let (delay, response) = {
            // One lock for all, so that simultaneous requests get the replies in the order in which
            // they are recorded.
            let State { requests, replies, bodies, stored } = &mut *self.lock();
            requests.push(request.clone());
            let operation = match accepted {
                Ok(operation) => operation,
                Err(rejection) => return Ok(*rejection),
            };
            let reply = replies.get_mut(&operation).and_then(VecDeque::pop_front);
            let reply = reply.unwrap_or_else(Reply::documented);
            let body = bodies.get(&operation);
            let documented = || success::response(operation, body, &request.query);
            let process = |reply| stored.respond(operation, &request, reply, documented);
            (reply.delay, reply.into_response(operation, process))
        };
        if !delay.is_zero() {
            sleep(delay).await;
        }
        response
    }
}

/// Rejects a request without an operation, without credentials or with invalid content.
fn accept(
    found: Result<OperationId, String>,
    request: &RecordedRequest,
) -> Result<OperationId, Box<CannedResponse>> {
    let operation = found.map_err(|methods| {
        if methods.is_empty() {
            return canned_response::error(
                StatusCode::NOT_FOUND,
                "the path is not documented",
                None,
            );
        }
        let mut response = canned_response::undocumented(StatusCode::METHOD_NOT_ALLOWED, None);
        response.headers_mut().extend(methods.parse().map(|methods| (ALLOW, methods)));
        response
    })?;
    if !credentials::is_authorized(operation.security(), &request.headers) {
        return Err(reply::documented_error(operation, StatusCode::UNAUTHORIZED, None).into());
    }
    let checked = parameters::check(operation, request);
    checked.and_then(|()| request_body::check(operation, request)).map_err(|violation| {
        canned_response::error(StatusCode::BAD_REQUEST, &violation, Some("VALIDATION_ERROR"))
    })?;
    Ok(operation)
}

fn record(head: Parts, body: Bytes, operation: Option<OperationId>) -> RecordedRequest {
    let Parts { method, uri, mut headers, .. } = head;
    credentials::mark_sensitive(&mut headers);
    let query = parameters::query(uri.query().unwrap_or_default());
    RecordedRequest { operation, method, path: uri.path().to_owned(), query, headers, body, uri }
}
