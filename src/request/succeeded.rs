//! Converts a successful response into the return value of a call.

use http::HeaderMap;
use serde::de::DeserializeOwned;

use super::exchange::Received;
use crate::StatusCode;
use crate::error::{Call, Error};
use crate::generated::Client;
use crate::rate_limit::slots::Slot;
use crate::response::success::{self, Problem, Success};
use crate::response::{Download, ResponseValue, download};
use crate::telemetry::Span;
use crate::time::MAX_TIMEOUT;

/// A call with a successful response that is not decoded yet.
pub(crate) struct Succeeded<'c> {
    pub(super) client: &'c Client,
    pub(super) received: Received,
    pub(super) headers: HeaderMap,
    pub(super) call: Call,
    pub(super) span: Span,
    pub(super) slot: Slot,
}

impl Succeeded<'_> {
    pub(crate) fn status(&self) -> StatusCode {
        self.received.response.status()
    }

    /// Decodes the body.
    pub(crate) fn into_value<T: DeserializeOwned>(self) -> Result<ResponseValue<T>, Error> {
        let (value, succeeded) = self.check(success::model)?;
        Ok(succeeded.with(value))
    }

    /// Keeps only the status and the headers.
    pub(crate) fn into_nothing(self) -> ResponseValue<()> {
        self.with(())
    }

    /// Leaves the body to the caller.
    pub(crate) fn into_download(self) -> ResponseValue<Download> {
        let status = self.status();
        let Self { client, received, headers, call, slot, .. } = self;
        let mut response = received.response;
        response.headers_mut().clone_from(&headers);
        let source = download::Source {
            status,
            headers: headers.clone(),
            // A longer timeout could overflow the clock.
            longest_silence: client.inner.attempt_timeout.min(MAX_TIMEOUT),
            max_bytes: client.inner.settings.response_limit(&call.operation),
            call,
        };
        let download = Download::new(response, source, slot);
        ResponseValue::new(download, status, headers)
    }

    pub(super) fn with<T>(self, value: T) -> ResponseValue<T> {
        ResponseValue::new(value, self.status(), self.headers)
    }

    /// Ends the call with the result of `read`.
    pub(super) fn check<T>(
        self,
        read: impl FnOnce(Success<'_>) -> Result<T, Problem>,
    ) -> Result<(T, Self), Error> {
        let Self { client, received, headers, call, span, .. } = &self;
        let body = &received.body;
        match read(Success { operation: &call.operation, headers, body }) {
            Ok(value) => {
                span.ended(Ok(self.status()), call.attempts);
                Ok((value, self))
            }
            Err(problem) => {
                let error = problem
                    .into_error(self.status(), client.confidential(call.idempotency_key.as_ref()))
                    .with_response(headers.clone(), body.clone())
                    .with_call(call);
                span.failed(&error);
                Err(error)
            }
        }
    }
}
