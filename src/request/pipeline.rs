//! The pipeline of every call: check the URL, add the credential, and run the attempts.

use std::borrow::Cow;
use std::pin::Pin;

use bytes::Bytes;
use http::HeaderValue;
use http::header::ACCEPT;
use reqwest::{Request, Response};

use super::deadline::Deadline;
use super::exchange::{Reads, Received, exchange, take_headers};
use super::idempotency::{self, IDEMPOTENCY_KEY};
use super::path_guard;
use super::replayable::ReplayableRequest;
use super::succeeded::Succeeded;
use super::upload::Upload;
use crate::client::Inner;
use crate::credentials::Confidential;
use crate::error::Error;
use crate::generated::Client;
use crate::operation::{Content, Operation, ResponseBody};
use crate::response::ResponseValue;
use crate::response::origin::{Ended, Origin};
use crate::response::success;
use crate::retry::attempts::{self, Rules};
use crate::telemetry::Span;
use crate::time::MAX_TIMEOUT;

/// A pending call. Boxed, so that it is compiled once and does not enlarge the future of every
/// operation.
type Pending<'c> = Pin<Box<dyn Future<Output = Result<Succeeded<'c>, Error>> + Send + 'c>>;

/// Makes a call whose response the caller decodes. An HTML page is a success only if
/// `takes_pages`.
pub(crate) async fn bytes(
    client: &Client,
    request: Request,
    operation: Cow<'static, Operation>,
    takes_pages: bool,
) -> Result<ResponseValue<Bytes>, Error> {
    let succeeded = client.execute(request, Some(operation), Reads::All).await?;
    let origin = Origin {
        call: succeeded.call.clone(),
        credentials: client.inner.settings.credentials.clone(),
        path_prefix: client.path_prefix().to_owned(),
    };
    let body = succeeded.received.body.clone();
    let (body, succeeded) = succeeded.check(|success| {
        if !takes_pages {
            success::no_page(success)?;
        }
        Ok(body)
    })?;
    Ok(succeeded.with(body).with_origin(origin))
}

impl Client {
    /// Makes a call of the generated code. Returns a success whose body matches the operation,
    /// except that JSON is not decoded yet.
    pub(crate) async fn call(
        &self,
        mut request: Request,
        operation_id: &str,
    ) -> Result<Succeeded<'_>, Error> {
        let operation = Operation::find(operation_id);
        let response = operation.map_or(ResponseBody::ANY, |operation| operation.response);
        if let Some(accept) = response.accept {
            request.headers_mut().insert(ACCEPT, HeaderValue::from_static(accept));
        }
        let reads = if response.content == Content::File { Reads::Head } else { Reads::All };
        let succeeded = self.execute(request, operation.map(Cow::Borrowed), reads).await?;
        let check = match response.content {
            Content::Json => return Ok(succeeded),
            Content::Nothing => success::nothing,
            Content::File => success::file,
        };
        succeeded.check(check).map(|((), succeeded)| succeeded)
    }

    /// Makes a call. Returns its successful response.
    fn execute(
        &self,
        request: Request,
        operation: Option<Cow<'static, Operation>>,
        reads: Reads,
    ) -> Pending<'_> {
        let transport = move |mut request: Request| {
            if reads == Reads::Head {
                // The caller limits the duration of a download.
                *request.timeout_mut() = Some(MAX_TIMEOUT);
            }
            self.client.execute(request)
        };
        self.execute_by(request, operation, reads, transport)
    }

    /// Makes a call, each request of which `transport` sends.
    fn execute_by<'a, Sent>(
        &'a self,
        request: Request,
        operation: Option<Cow<'static, Operation>>,
        reads: Reads,
        transport: impl Fn(Request) -> Sent + Send + Sync + 'a,
    ) -> Pending<'a>
    where
        Sent: Future<Output = reqwest::Result<Response>> + Send,
    {
        let mut request = ReplayableRequest::new(request);
        Box::pin(async move {
            let operation =
                operation.ok_or_else(|| Error::refused("the document has no such operation"))?;
            let span = Span::call(&operation, request.get()?.url());
            let prepared = self.prepare(request.get_mut()?, &operation);
            let key = request.get()?.headers().get(IDEMPOTENCY_KEY).cloned();
            let sent = async {
                prepared?;
                self.send(&mut request, &operation, key.as_ref(), reads, transport).await
            };
            match span.within(sent).await {
                Ok(attempts::Success {
                    value: mut received,
                    attempts,
                    earlier_uncertain,
                    slot,
                }) => {
                    let call =
                        Ended { operation, attempts, earlier_uncertain, idempotency_key: key };
                    let confidential = call.confidential(&self.inner.settings.credentials);
                    let headers = take_headers(&mut received.response, confidential);
                    Ok(Succeeded { client: self, received, headers, call, span, slot })
                }
                Err(error) => Err(self.failed(error.with_idempotency_key(key), operation, &span)),
            }
        })
    }

    /// Completes the error that ends a call.
    pub(super) fn failed(
        &self,
        error: Error,
        operation: Cow<'static, Operation>,
        span: &Span,
    ) -> Error {
        span.ended(Err(&error), error.attempts());
        span.failed(&error);
        error.with_operation(operation).with_path_prefix(self.path_prefix())
    }

    /// The path of the base URL, which precedes that of an operation.
    pub(crate) fn path_prefix(&self) -> &str {
        let (_, host) = self.baseurl.split_once("://").unwrap_or_default();
        host.find('/').map_or("", |start| &host[start..])
    }

    async fn send<Sent>(
        &self,
        request: &mut ReplayableRequest,
        operation: &Operation,
        key: Option<&HeaderValue>,
        reads: Reads,
        transport: impl Fn(Request) -> Sent,
    ) -> Result<attempts::Success<Received>, Error>
    where
        Sent: Future<Output = reqwest::Result<Response>>,
    {
        let Inner { settings, number, retry, attempt_timeout, .. } = &self.inner;
        let queue = retry.queue(&settings.shared, operation, number);
        let mut rules = Rules {
            policy: *retry,
            repeatable: operation.safe_to_repeat || key.is_some(),
            queue: queue.as_deref(),
            budget: retry.budget(&settings.shared),
            slots: &settings.slots,
        };
        if request.get()?.body().is_some_and(|body| body.as_bytes().is_none()) {
            // A stream cannot be sent twice.
            rules.policy = rules.policy.max_attempts(1);
        }
        let confidential =
            Confidential { credentials: &settings.credentials, idempotency_key: key };
        let limit = settings.response_limit(operation);
        attempts::run(rules, fastrand::f64, |attempt, time_left| {
            let sent = request.take().map(|mut request| {
                let upload = Upload::track(&mut request);
                let deadline = Deadline::new(*attempt_timeout, time_left, upload);
                (Span::attempt(operation, request.url()), transport(request), deadline)
            });
            async move {
                let (span, sent, deadline) = sent?;
                let exchanged = exchange(sent, operation, reads, limit, confidential, &deadline);
                let (status, result) = span.within(exchanged).await;
                span.ended(result.as_ref().map(|_| status), attempt);
                result
            }
        })
        .await
    }

    /// Adds the idempotency key and the credentials, if the URL is that of the operation.
    fn prepare(&self, request: &mut Request, operation: &Operation) -> Result<(), Error> {
        self.inner.check()?;
        if operation.takes_idempotency_key || request.headers().contains_key(IDEMPOTENCY_KEY) {
            idempotency::ensure_key(request.headers_mut())?;
        }
        path_guard::check(request.url(), &self.baseurl, &operation.path)?;
        if let Some((name, value)) = self.inner.settings.credentials.for_operation(operation)? {
            request.headers_mut().insert(name, value);
            if let Some((name, value)) = self.inner.number.header()? {
                request.headers_mut().insert(name, value);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
