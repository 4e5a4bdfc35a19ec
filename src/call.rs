//! The way of every call between the generated code and the server: check where
//! it goes, sign it, and send it as often as the policy wants.

use std::borrow::Cow;
use std::pin::{Pin, pin};

use bytes::Bytes;
use http::header::{ACCEPT, HeaderMap, HeaderValue};
use reqwest::{Request, Response};
use serde::de::{DeserializeOwned, IgnoredAny};

use crate::attempts::{self, Rules};
use crate::auth::{Confidential, Credentials};
use crate::body::Body;
use crate::client::{Inner, MAX_TIMEOUT};
use crate::deadline::Deadline;
use crate::error::{Error, ErrorKind};
use crate::generated::Client;
use crate::idempotency::IDEMPOTENCY_KEY;
use crate::operation::{Content, Operation, ResponseBody};
use crate::replayable_request::ReplayableRequest;
use crate::slots::Slot;
use crate::success::{self, Problem, Success, is_page};
use crate::telemetry::Span;
use crate::upload::Upload;
use crate::{Download, ResponseValue, StatusCode, error_response, idempotency, path_guard};

/// A successful response, with its body unless the caller reads that.
pub(crate) struct Received {
    response: Response,
    body: Bytes,
}

/// What a call reads of a successful response.
#[derive(Clone, Copy, PartialEq)]
enum Reads {
    All,
    /// The head only; the caller reads the body.
    Head,
}

/// A call that succeeded, all but what the caller gets of its response.
pub(crate) struct Succeeded<'c> {
    client: &'c Client,
    received: Received,
    headers: HeaderMap,
    call: Ended,
    span: Span,
    slot: Slot,
}

/// What is known of a call that has a response.
#[derive(Clone)]
pub(crate) struct Ended {
    pub(crate) operation: Cow<'static, Operation>,
    attempts: u32,
    earlier_uncertain: bool,
    idempotency_key: Option<HeaderValue>,
}

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
    let origin = Origin { client: client.clone(), call: succeeded.call.clone() };
    let body = succeeded.received.body.clone();
    let (body, succeeded) = succeeded.check(|success| {
        if !takes_pages {
            success::no_page(success)?;
        }
        Ok(body)
    })?;
    Ok(succeeded.with(body).with_origin(origin))
}

/// Where a response came from whose body is not decoded yet.
#[derive(Clone)]
pub(crate) struct Origin {
    client: Client,
    call: Ended,
}

impl Origin {
    /// The operation that was called.
    pub(crate) fn operation(&self) -> &Operation {
        &self.call.operation
    }

    /// The error for a response that cannot be decoded.
    pub(crate) fn error(&self, problem: Problem, response: &ResponseValue<Bytes>) -> Error {
        let Self { client, call } = self;
        let error = call.error(
            problem,
            response.status(),
            response.headers().clone(),
            Bytes::clone(response),
            &client.inner.settings.credentials,
        );
        error.in_operation(call.operation.clone()).under(client.path_prefix())
    }
}

impl Succeeded<'_> {
    pub(crate) fn status(&self) -> StatusCode {
        self.received.response.status()
    }

    /// The model in the body.
    pub(crate) fn into_value<T: DeserializeOwned>(self) -> Result<ResponseValue<T>, Error> {
        let (value, succeeded) = self.check(success::model)?;
        Ok(succeeded.with(value))
    }

    /// Nothing but the status and the headers.
    pub(crate) fn into_nothing(self) -> ResponseValue<()> {
        self.with(())
    }

    /// The body as the caller reads it.
    pub(crate) fn into_download(self) -> ResponseValue<Download> {
        let status = self.status();
        let Self { client, received, headers, call, slot, .. } = self;
        let mut response = received.response;
        response.headers_mut().clone_from(&headers);
        let download = Download::new(response, call.operation, call.attempts, client, slot);
        ResponseValue::new(download, status, headers)
    }

    fn with<T>(self, value: T) -> ResponseValue<T> {
        ResponseValue::new(value, self.status(), self.headers)
    }

    /// Ends the call with what `read` makes of the response.
    fn check<T>(
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
                let credentials = &client.inner.settings.credentials;
                let (headers, body) = (headers.clone(), body.clone());
                let error = call.error(problem, self.status(), headers, body, credentials);
                Err(client.failed(error, call.operation.clone(), span))
            }
        }
    }
}

impl Ended {
    fn confidential<'a>(&'a self, credentials: &'a Credentials) -> Confidential<'a> {
        Confidential { credentials, idempotency_key: self.idempotency_key.as_ref() }
    }

    /// The error for a response with a success status that has a problem.
    fn error(
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
            .attempts_made(self.attempts)
            .after_uncertain_attempt(self.earlier_uncertain)
            .under_key(self.idempotency_key.clone())
    }
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
    fn failed(&self, error: Error, operation: Cow<'static, Operation>, span: &Span) -> Error {
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

/// Sends a request and reads its response before the deadline. The status is that of a
/// success.
async fn exchange(
    sent: impl Future<Output = reqwest::Result<Response>>,
    operation: &Operation,
    reads: Reads,
    limit: usize,
    confidential: Confidential<'_>,
    deadline: &Deadline,
) -> (StatusCode, Result<Received, Error>) {
    // Out of reach of the timeout: what arrived in time stays.
    let (mut response, mut body) = (None, Body::default());
    let end = {
        let work = pin!(async {
            let response: &mut Response = response.insert(sent.await?);
            if reads == Reads::Head && is_file(response) {
                return Ok(true);
            }
            body.read(response, limit).await
        });
        deadline.bound(work).await
    };
    let end = match end {
        Ok(end) => end.map_err(Error::from),
        Err(_) => Err(deadline.error()),
    };
    match response {
        None => (StatusCode::OK, Err(end.err().unwrap_or_else(|| deadline.error()))),
        Some(response) => {
            let status = response.status();
            let body = body.into_bytes();
            (status, received(response, body, end, operation, limit, confidential))
        }
    }
}

/// Whether a response is a file that the caller can read.
fn is_file(response: &Response) -> bool {
    response.status().is_success() && !success::is_page_or_json(response.headers())
}

/// A successful response, or the error that another one is, or that ended it. `end` tells
/// whether the body fits within `limit`, or why it is incomplete.
fn received(
    mut response: Response,
    body: Bytes,
    end: Result<bool, Error>,
    operation: &Operation,
    limit: usize,
    confidential: Confidential<'_>,
) -> Result<Received, Error> {
    let status = response.status();
    // Of JSON that has arrived completely, nothing is missing. A call that reads is retried.
    let is_complete = match &end {
        Ok(fits) => *fits,
        Err(_) if operation.is_read_only() => false,
        Err(_) => serde_json::from_slice::<IgnoredAny>(&body).is_ok(),
    };
    if status.is_success() && is_complete {
        return Ok(Received { response, body });
    }
    let headers = take_headers(&mut response, confidential);
    if !status.is_success() {
        return Err(error_response::error(&response, headers, body, confidential));
    }
    let error = match end {
        Err(error) => error.with_status(status),
        Ok(_) if is_page(&headers, &body) => Error::too_long(status, limit),
        Ok(_) => Error::too_long(status, limit).after_success(),
    };
    Err(error.with_headers(headers).with_body(body))
}

/// Takes the headers out of a response. The `Debug` form of those that echo a key does not
/// show their values.
fn take_headers(response: &mut Response, confidential: Confidential<'_>) -> HeaderMap {
    let mut headers = std::mem::take(response.headers_mut());
    for value in headers.values_mut().filter(|value| confidential.appears_in(value.as_bytes())) {
        value.set_sensitive(true);
    }
    headers
}

/// Prints of a call only its name: a token may be in its path.
macro_rules! debug {
    ($call:ident) => {
        impl ::std::fmt::Debug for $call<'_> {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.debug_struct(stringify!($call)).finish_non_exhaustive()
            }
        }
    };
}

pub(crate) use debug;

#[cfg(test)]
mod tests;
