//! Converts a successful response into the return value of a call.

use bytes::Bytes;
use reqwest::Response;
use serde::de::DeserializeOwned;

use crate::StatusCode;
use crate::client::Inner;
use crate::error::{Call, Error};
use crate::generated::Client;
use crate::rate_limit::slots::Slot;
use crate::response::success::{self, Success};
use crate::response::{Download, ResponseValue};
use crate::telemetry::Span;

/// A call with a successful response that is not decoded yet.
pub(crate) struct Succeeded<'c> {
    pub(super) client: &'c Client,
    /// Boxed, since every level of a call moves it.
    pub(super) response: Box<Response>,
    /// Empty if the caller reads it.
    pub(super) body: Bytes,
    pub(super) call: Call,
    pub(super) span: Span,
    pub(super) slot: Slot,
}

impl Succeeded<'_> {
    pub(crate) fn status(&self) -> StatusCode {
        self.response.status()
    }

    /// Decodes the body.
    pub(crate) fn into_value<T: DeserializeOwned>(self) -> Result<ResponseValue<T>, Error> {
        let value = self.read(success::model)?;
        Ok(self.with(value))
    }

    /// Leaves the body to the caller.
    pub(crate) fn into_download(self) -> ResponseValue<Download> {
        let Self { client, response, call, slot, .. } = self;
        let (status, headers) = (response.status(), response.headers().clone());
        let Inner { settings, attempt_timeout, .. } = &client.inner;
        let (limit, attempts) = (settings.response_limit(&call.operation), call.attempts);
        let download = Download::new(*response, call, slot, *attempt_timeout, limit);
        ResponseValue::new(download, status, headers).with_attempts(attempts)
    }

    pub(crate) fn with<T>(mut self, value: T) -> ResponseValue<T> {
        ResponseValue::new(value, self.status(), std::mem::take(self.response.headers_mut()))
            .with_attempts(self.call.attempts)
    }

    /// Ends the call with the result of `read`.
    pub(super) fn read<T>(
        &self,
        read: impl FnOnce(Success<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let Self { client, response, body, call, span, .. } = self;
        let (status, headers) = (response.status(), response.headers());
        let success = Success { status, headers, body, confidential: client.confidential(call) };
        let failed = |error: Error| {
            error.with_response(status, headers.clone(), Some(body.clone())).with_call(call.clone())
        };
        let value = read(success).map_err(failed).inspect_err(|error| span.failed(error))?;
        span.ended(Ok(status), call.attempts);
        Ok(value)
    }
}
