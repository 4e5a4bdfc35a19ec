//! The pipeline of every call: check the URL, add the credential, and run the attempts.

use std::borrow::Cow;
use std::pin::pin;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_LENGTH};
use http::{HeaderValue, Method};
use reqwest::{Body, Request, Response};

use super::exchange::exchange;
use super::idempotency::{self, IDEMPOTENCY_KEY};
use super::path_guard;
use super::succeeded::Succeeded;
use crate::client::Inner;
use crate::credentials::Confidential;
use crate::credentials::number_scope::NUMBER_ID;
use crate::error::{Call, CallInfo, Error, ErrorKind};
use crate::generated::Client;
use crate::operation::{Content, Operation};
use crate::rate_limit::Pacing;
use crate::rate_limit::slots::Slot;
use crate::response::success;
use crate::retry::{Rules, attempts};
use crate::telemetry::Span;

/// A request body prolongs the attempt timeout by the time that it takes at this rate, in bytes a
/// second.
const SLOWEST_UPLOAD: usize = 64 * 1024;

const SLOW_UPLOAD: &str = "the request body is long; raise `RetryPolicy::total_timeout`, and \
    `attempt_timeout` for a connection that sends less than 64 KiB a second";

/// A successful response and its body, the call, and its slot.
type Sent = ((Box<Response>, Bytes), Call, Slot);

impl Client {
    /// Makes a call of the generated code. Returns a success whose body matches the operation,
    /// except that JSON is not decoded yet.
    pub(crate) async fn call(
        &self,
        mut request: Request,
        operation_id: &'static str,
    ) -> Result<Succeeded<'_>, Error> {
        let operation = Operation::find(operation_id)
            .ok_or_else(|| Error::refused("the document has no such operation"))?;
        let succeeded = self.execute(&mut request, Cow::Borrowed(operation)).await?;
        match operation.response.content {
            Content::Json => {}
            Content::Nothing => succeeded.read(success::nothing)?,
            Content::File => succeeded.read(success::file)?,
        }
        Ok(succeeded)
    }

    /// Completes a request, and makes its call. Returns the successful response.
    pub(super) async fn execute(
        &self,
        request: &mut Request,
        operation: Cow<'static, Operation>,
    ) -> Result<Succeeded<'_>, Error> {
        let span = Span::call(&operation, request.url());
        let call = self.prepare(request, operation);
        let sending = pin!(async { self.send(request, call?).await });
        let sent = span.within(sending).await.inspect_err(|error| span.failed(error));
        let ((response, body), call, slot) = sent?;
        Ok(Succeeded { client: self, response, body, call, span, slot })
    }

    /// The values that no error of a call may print.
    pub(super) fn confidential<'a>(&'a self, call: &'a Call) -> Confidential<'a> {
        Confidential { credentials: &self.inner.settings.credentials, call }
    }

    /// The path of the base URL, which precedes the path of an operation.
    pub(crate) fn path_prefix(&self) -> &str {
        self.inner.settings.base_url.path().trim_end_matches('/')
    }

    /// Completes a request, and describes its call.
    fn prepare(
        &self,
        request: &mut Request,
        operation: Cow<'static, Operation>,
    ) -> Result<Call, Error> {
        let completed = self.complete(request, &operation);
        let idempotency_key = request.headers().get(IDEMPOTENCY_KEY).cloned();
        let mut tokens = Vec::new();
        if operation.anonymous {
            let values = path_guard::values(request.url(), &operation.path);
            tokens.extend(values.map(str::to_owned));
        }
        let path_prefix = self.path_prefix().to_owned();
        let call = Call::new(CallInfo { operation, path_prefix, idempotency_key, tokens });
        match completed {
            Ok(()) => Ok(call),
            Err(error) => Err(error.with_call(call)),
        }
    }

    async fn send(&self, request: &Request, call: Call) -> Result<Sent, Error> {
        let Inner { settings, number, retry, attempt_timeout, .. } = &self.inner;
        let (confidential, attempted) = (self.confidential(&call), call.clone());
        let CallInfo { operation, idempotency_key, .. } = &*call;
        let is_paced = retry.get_pacing() != Pacing::Off;
        let queue = is_paced.then(|| settings.queues.of(operation, number));
        let body = request.body().and_then(Body::as_bytes).unwrap_or_default();
        let upload = Duration::from_secs((body.len() / SLOWEST_UPLOAD) as u64);
        let rules = Rules {
            policy: *retry,
            attempt_timeout: attempt_timeout.saturating_add(upload),
            repeatable: operation.safe_to_repeat || idempotency_key.is_some(),
            queue: queue.as_deref(),
            budget: retry.has_budget().then_some(&settings.budget),
            slots: &settings.slots,
        };
        let limit = settings.response_limit(operation);
        attempts::run(&rules, attempted, fastrand::f64, |attempt, deadline| async move {
            let span = Span::attempt(operation, request.url());
            let sent = pin!(self.client.execute(copy(request)?));
            let exchanged = pin!(exchange(sent, limit, confidential, deadline));
            let result = span.within(exchanged).await.map_err(|error| match error.kind() {
                ErrorKind::Timeout if error.status().is_some() => error,
                ErrorKind::Timeout if !upload.is_zero() => error.with_detail(SLOW_UPLOAD),
                ErrorKind::Timeout => error.with_detail(format!(
                    "an attempt has {attempt_timeout:?} (`attempt_timeout`), or less if \
                     `total_timeout` ends before"
                )),
                _ => error,
            });
            span.ended(result.as_ref().map(|(response, _)| response.status()), attempt);
            result
        })
        .await
    }

    /// Adds the headers of the operation, if the URL belongs to it.
    fn complete(&self, request: &mut Request, operation: &Operation) -> Result<(), Error> {
        self.inner.check()?;
        if operation.takes_idempotency_key || request.headers().contains_key(IDEMPOTENCY_KEY) {
            idempotency::ensure_key(request.headers_mut())?;
        }
        path_guard::check(request.url(), &self.baseurl, operation)?;
        let has_length = matches!(*request.method(), Method::POST | Method::PUT | Method::PATCH);
        if has_length && request.body().is_none() {
            // Some proxies require it (RFC 9110, section 8.6).
            request.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        if let Some(accept) = operation.response.accept {
            request.headers_mut().insert(ACCEPT, HeaderValue::from_static(accept));
        }
        let number = self.inner.number.header()?;
        if let Some((name, value)) = self.inner.settings.credentials.for_operation(operation)? {
            request.headers_mut().insert(name, value);
            if let Some(number) = number {
                request.headers_mut().insert(NUMBER_ID, number);
            }
        }
        Ok(())
    }
}

/// A copy of a request, for one attempt.
fn copy(request: &Request) -> Result<Request, Error> {
    if request.body().is_some() {
        // Fails only for a stream, which no call has.
        return request.try_clone().ok_or_else(|| Error::refused("its body is a stream"));
    }
    // `try_clone` sets a timeout, which doubles the allocations.
    let mut copy = Request::new(request.method().clone(), request.url().clone());
    copy.headers_mut().clone_from(request.headers());
    Ok(copy)
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
