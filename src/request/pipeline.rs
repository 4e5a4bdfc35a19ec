//! The way of every call from the generated code to the server: check where it goes, add the
//! credential, and send it as often as the policy allows.

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
use crate::error::{Error, ErrorKind};
use crate::generated::Client;
use crate::operation::{Content, Operation, ResponseBody};
use crate::response::ResponseValue;
use crate::response::origin::{Ended, Origin};
use crate::response::success;
use crate::retry::attempts::{self, Rules};
use crate::telemetry::Span;
use crate::time::MAX_TIMEOUT;

/// A call under way. It is the same for every operation, so that it is compiled once,
/// and no operation has to carry the room for it.
type Pending<'c> = Pin<Box<dyn Future<Output = Result<Succeeded<'c>, Error>> + Send + 'c>>;

/// Makes a call whose response the caller decodes. A page is a success only if `takes_pages`.
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
    /// Makes a call of the generated code, up to a successful response that is what the
    /// operation describes, but for its JSON.
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

    /// Makes a call, up to its successful response.
    fn execute(
        &self,
        request: Request,
        operation: Option<Cow<'static, Operation>>,
        reads: Reads,
    ) -> Pending<'_> {
        let transport = move |mut request: Request| {
            if reads == Reads::Head {
                // The caller decides how long all of it may take.
                *request.timeout_mut() = Some(MAX_TIMEOUT);
            }
            self.client.execute(request)
        };
        self.execute_by(request, operation, reads, transport)
    }

    /// The same, where `transport` sends one request.
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
        let mut draft = ReplayableRequest::new(request);
        Box::pin(async move {
            let operation = operation.ok_or_else(|| {
                Error::new(ErrorKind::InvalidRequest).detail("the document has no such operation")
            })?;
            let span = Span::call(&operation, draft.request()?.url());
            let signed = self.sign(draft.request_mut()?, &operation);
            let key = draft.request()?.headers().get(IDEMPOTENCY_KEY).cloned();
            let sent = async {
                signed?;
                self.send(&mut draft, &operation, key.as_ref(), reads, transport).await
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
                Err(error) => Err(self.failed(error.under_key(key), operation, &span)),
            }
        })
    }

    /// The error that ends a call.
    pub(super) fn failed(
        &self,
        error: Error,
        operation: Cow<'static, Operation>,
        span: &Span,
    ) -> Error {
        span.ended(Err(&error), error.attempts());
        error.in_operation(operation).under(self.path_prefix())
    }

    /// The path of the base URL, which goes before that of an operation.
    pub(crate) fn path_prefix(&self) -> &str {
        let (_, host) = self.baseurl.split_once("://").unwrap_or_default();
        host.find('/').map_or("", |place| &host[place..])
    }

    async fn send<Sent>(
        &self,
        draft: &mut ReplayableRequest,
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
        if draft.request()?.body().is_some_and(|body| body.as_bytes().is_none()) {
            // A stream is gone once it was sent.
            rules.policy = rules.policy.max_attempts(1);
        }
        let confidential =
            Confidential { credentials: &settings.credentials, idempotency_key: key };
        let limit = settings.response_limit(operation);
        attempts::run(rules, fastrand::f64, |attempt, time_left| {
            let sent = draft.take().map(|mut request| {
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

    /// Gives a request what no attempt may go out without, if it goes to where the
    /// operation is.
    fn sign(&self, request: &mut Request, operation: &Operation) -> Result<(), Error> {
        self.inner.check()?;
        if operation.takes_idempotency_key || request.headers().contains_key(IDEMPOTENCY_KEY) {
            idempotency::name(request.headers_mut())?;
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
