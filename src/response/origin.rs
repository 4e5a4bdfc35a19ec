//! The call that a response belongs to, for errors that decoding its body may cause.

use bytes::Bytes;

use super::ResponseValue;
use super::success::Problem;
use crate::credentials::{Confidential, Credentials};
use crate::error::{Call, Error};

/// The call of a response whose body is not decoded yet.
#[derive(Clone)]
pub(crate) struct Origin {
    pub(crate) call: Call,
    pub(crate) credentials: Credentials,
}

impl Origin {
    /// The error for a response that cannot be decoded.
    pub(crate) fn error(&self, problem: Problem, response: &ResponseValue<Bytes>) -> Error {
        let Self { call, credentials } = self;
        let idempotency_key = call.idempotency_key.as_ref();
        let confidential = Confidential { credentials, idempotency_key };
        problem
            .into_error(response.status(), confidential)
            .with_response(response.headers().clone(), Bytes::clone(response))
            .with_call(call)
    }
}
