//! The call that a response belongs to, for errors that decoding its body may cause.

use std::borrow::Cow;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode};

use super::ResponseValue;
use super::success::Problem;
use crate::credentials::{Confidential, Credentials};
use crate::error::Error;
use crate::operation::Operation;

/// A call that has a response.
#[derive(Clone)]
pub(crate) struct Ended {
    pub(crate) operation: Cow<'static, Operation>,
    pub(crate) attempts: u32,
    pub(crate) earlier_uncertain: bool,
    pub(crate) idempotency_key: Option<HeaderValue>,
}

impl Ended {
    pub(crate) fn confidential<'a>(&'a self, credentials: &'a Credentials) -> Confidential<'a> {
        Confidential { credentials, idempotency_key: self.idempotency_key.as_ref() }
    }

    /// The error for a success with a problem.
    pub(crate) fn error(
        &self,
        problem: Problem,
        status: StatusCode,
        headers: HeaderMap,
        body: Bytes,
        credentials: &Credentials,
    ) -> Error {
        problem
            .into_error(status, self.confidential(credentials))
            .with_headers(headers)
            .with_body(body)
            .with_attempts(self.attempts)
            .with_earlier_uncertain(self.earlier_uncertain)
            .with_idempotency_key(self.idempotency_key.clone())
    }
}

/// The call of a response whose body is not decoded yet.
#[derive(Clone)]
pub(crate) struct Origin {
    pub(crate) call: Ended,
    pub(crate) credentials: Credentials,
    pub(crate) path_prefix: String,
}

impl Origin {
    /// The operation that was called.
    pub(crate) fn operation(&self) -> &Operation {
        &self.call.operation
    }

    /// The error for a response that cannot be decoded.
    pub(crate) fn error(&self, problem: Problem, response: &ResponseValue<Bytes>) -> Error {
        let Self { call, credentials, path_prefix } = self;
        let error = call.error(
            problem,
            response.status(),
            response.headers().clone(),
            Bytes::clone(response),
            credentials,
        );
        error.with_operation(call.operation.clone()).with_path_prefix(path_prefix)
    }
}
