//! Replays the response to a repeated idempotency key.

use std::collections::HashMap;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, StatusCode};

use super::canned_response::{self, CannedResponse};
use super::operation_id::OperationId;
use super::recorded::RecordedRequest;
use crate::credentials::number_scope::NUMBER_ID;
use crate::request::idempotency::IDEMPOTENCY_KEY;
use crate::response::IDEMPOTENT_REPLAYED;

const REPLAYED: HeaderName = HeaderName::from_static(IDEMPOTENT_REPLAYED);

/// The bodies of requests and their responses. An idempotency key applies to one operation and to
/// the number in the header. The sandbox has one account.
#[derive(Default)]
pub struct StoredResponses(HashMap<Scope, (Bytes, CannedResponse)>);

/// The operation, the number and the idempotency key of a request.
type Scope = (OperationId, Option<HeaderValue>, HeaderValue);

impl StoredResponses {
    /// Returns the response of a reply. Otherwise returns the stored response to an earlier request
    /// with the same key and body, or the response of `documented`. Stores the first success.
    pub fn respond(
        &mut self,
        operation: OperationId,
        request: &RecordedRequest,
        reply: Option<CannedResponse>,
        documented: impl FnOnce() -> CannedResponse,
    ) -> CannedResponse {
        let is_supported = operation.has_parameter("header", IDEMPOTENCY_KEY.as_str());
        let Some(key) = request.headers.get(IDEMPOTENCY_KEY).filter(|_| is_supported) else {
            return reply.unwrap_or_else(documented);
        };
        let scope = (operation, request.headers.get(NUMBER_ID).cloned(), key.clone());
        let response = match (reply, self.0.get(&scope)) {
            (Some(reply), _) => reply,
            (None, None) => documented(),
            (None, Some((body, first))) if *body == request.body => {
                let mut replayed = first.clone();
                replayed.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
                return replayed;
            }
            (None, Some(_)) => {
                return canned_response::error(
                    StatusCode::CONFLICT,
                    "the Idempotency-Key was already used with another body",
                    Some("IDEMPOTENCY_KEY_REUSED"),
                );
            }
        };
        if response.status().is_success() {
            self.0.entry(scope).or_insert_with(|| (request.body.clone(), response.clone()));
        }
        response
    }
}
