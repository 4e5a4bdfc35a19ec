//! Replays the response to a repeated idempotency key.

use std::collections::HashMap;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, StatusCode};

use super::canned_response::{self, CannedResponse};
use super::operation_id::OperationId;
use super::recorded::RecordedRequest;
use crate::request::idempotency::IDEMPOTENCY_KEY;
use crate::response::IDEMPOTENT_REPLAYED;

const REPLAYED: HeaderName = HeaderName::from_static(IDEMPOTENT_REPLAYED);

/// The bodies of requests and their responses, by operation and idempotency key.
#[derive(Default)]
pub struct StoredResponses(HashMap<(OperationId, Vec<u8>), (Bytes, CannedResponse)>);

impl StoredResponses {
    /// Returns the stored response to an earlier request with the same key and body. Otherwise
    /// returns the response of `respond`, and stores it if it is a success.
    pub fn get_or_insert_with(
        &mut self,
        operation: OperationId,
        request: &RecordedRequest,
        respond: impl FnOnce() -> CannedResponse,
    ) -> CannedResponse {
        let is_supported = operation.has_parameter("header", IDEMPOTENCY_KEY.as_str());
        let Some(key) = request.headers.get(IDEMPOTENCY_KEY).filter(|_| is_supported) else {
            return respond();
        };
        let key = (operation, key.as_bytes().to_vec());
        match self.0.get(&key) {
            Some((body, first)) if *body == request.body => {
                let mut replayed = first.clone();
                replayed.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
                replayed
            }
            Some(_) => canned_response::error(
                StatusCode::CONFLICT,
                "the Idempotency-Key was already used with another body",
                Some("IDEMPOTENCY_KEY_REUSED"),
            ),
            None => {
                let response = respond();
                if response.status().is_success() {
                    self.0.insert(key, (request.body.clone(), response.clone()));
                }
                response
            }
        }
    }
}
