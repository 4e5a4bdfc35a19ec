//! Answers the same request with the same answer.

use std::collections::HashMap;

use bytes::Bytes;
use http::{HeaderName, StatusCode};

use super::answer::Answer;
use super::document::Operation;
use super::recorded::RecordedRequest;
use crate::request::idempotency::IDEMPOTENCY_KEY;

const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// By the operation and the name of a request, its body and the answer to it.
#[derive(Default)]
pub struct Stored(HashMap<(&'static str, Vec<u8>), (Bytes, Answer)>);

impl Stored {
    /// The answer to a request: the first one again where it has the name and the body
    /// of an earlier one.
    pub fn once(
        &mut self,
        operation: &Operation,
        request: &RecordedRequest,
        answer: impl FnOnce() -> Answer,
    ) -> Answer {
        let is_taken = operation.parameter("header", IDEMPOTENCY_KEY.as_str()).is_some();
        let Some(name) = request.headers.get(IDEMPOTENCY_KEY).filter(|_| is_taken) else {
            return answer();
        };
        let place = (operation.id, name.as_bytes().to_vec());
        match self.0.get(&place) {
            Some((body, first)) if *body == request.body => first.clone().with(REPLAYED, "true"),
            Some(_) => Answer::error(
                StatusCode::CONFLICT,
                "the Idempotency-Key came with another body before",
                Some("IDEMPOTENCY_KEY_REUSED"),
            ),
            None => {
                let answer = answer();
                if answer.status.is_success() {
                    self.0.insert(place, (request.body.clone(), answer.clone()));
                }
                answer
            }
        }
    }
}
