//! The way of every call between the generated code and the server: check where
//! it goes, sign it, and send it as often as the policy wants.

use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use http::header::{HeaderMap, HeaderValue};
use reqwest::{Request, Response};
use serde::de::DeserializeOwned;
use tokio::time::{Instant, timeout};

use crate::attempts::{self, Rules, Success};
use crate::auth::Credentials;
use crate::client::{A_YEAR, Settings};
use crate::decode::decode;
use crate::draft::Draft;
use crate::error::{Error, ErrorKind};
use crate::generated::Client;
use crate::idempotency::IDEMPOTENCY_KEY;
use crate::operation::Operation;
use crate::telemetry::Span;
use crate::{Download, ResponseValue, StatusCode, body, idempotency, path_guard, refusal};

/// A successful answer, read to its end.
pub(crate) struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

/// A call that succeeded, all but what the caller gets of its answer.
pub(crate) struct Answered<A> {
    answer: A,
    operation: &'static Operation,
    attempts: u32,
    span: Span,
}

/// A call under way. It is the same for every operation, so that it is compiled once,
/// and no operation has to carry the room for it.
type Pending<'a, A> = Pin<Box<dyn Future<Output = Result<Answered<A>, Error>> + Send + 'a>>;

/// Makes a call that is answered with JSON. The generated code ends with this.
#[allow(dead_code, reason = "not every document has such an operation")]
pub(crate) fn json<T: DeserializeOwned>(
    client: &Client,
    request: Request,
    operation_id: &str,
) -> impl Future<Output = Result<ResponseValue<T>, Error>> {
    let pending = client.whole(request, operation_id);
    async move { pending.await?.decode(decode) }
}

/// Makes a call that is answered with nothing of interest.
#[allow(dead_code, reason = "not every document has such an operation")]
pub(crate) fn empty(
    client: &Client,
    request: Request,
    operation_id: &str,
) -> impl Future<Output = Result<ResponseValue<()>, Error>> {
    let pending = client.whole(request, operation_id);
    async move { pending.await?.decode(|_| Ok(())) }
}

/// Makes a call that is answered with bytes of any kind, which the caller reads.
#[allow(dead_code, reason = "not every document has such an operation")]
pub(crate) async fn download(
    client: &Client,
    request: Request,
    operation_id: &str,
) -> Result<ResponseValue<Download>, Error> {
    let settings: &Settings = &client.inner.settings;
    let transport = |mut request: Request| {
        // How long all of it may take is for the caller to say.
        *request.timeout_mut() = Some(A_YEAR);
        client.client.execute(request)
    };
    let read = async |mut response: Response| {
        hide_credentials(response.headers_mut(), &settings.credentials);
        Ok(response)
    };
    let pending = client.make(request, Operation::find(operation_id), transport, read);
    pending.await?.give(|response, operation, attempts| {
        let (status, headers) = (response.status(), response.headers().clone());
        let download = Download::new(response, operation, attempts, settings);
        Ok(ResponseValue::new(download, status, headers))
    })
}

/// A request as the generated code built it, or why it did not.
#[allow(dead_code, reason = "not every document has an operation")]
pub(crate) fn built(
    request: Result<Request, progenitor_client::Error<()>>,
    operation_id: &str,
) -> Result<Request, Error> {
    request.map_err(|error| match Operation::find(operation_id) {
        Some(operation) => Error::from(error).in_operation(operation),
        None => error.into(),
    })
}

/// The value of a header, for the generated code.
#[allow(dead_code, reason = "not every document has such a parameter")]
#[allow(clippy::result_large_err, reason = "the generated code returns it")]
pub(crate) fn header(name: &str, value: &str) -> Result<HeaderValue, progenitor_client::Error<()>> {
    HeaderValue::from_str(value).map_err(|_| {
        progenitor_client::Error::InvalidRequest(format!(
            "`{name}` has a character that no header can carry, such as a line break; take it out"
        ))
    })
}

impl Answered<Answer> {
    /// What the caller gets: `decode` reads the body.
    fn decode<T>(
        self,
        decode: impl Fn(&[u8]) -> Result<T, String>,
    ) -> Result<ResponseValue<T>, Error> {
        self.give(|answer, _, _| match decode(&answer.body) {
            Ok(value) => Ok(ResponseValue::new(value, answer.status, answer.headers)),
            Err(problem) => Err(Error::of_status(answer.status).detail(problem)),
        })
    }
}

impl<A> Answered<A> {
    /// What the caller gets: `make` makes it of the answer, which ends the call.
    fn give<T>(
        self,
        make: impl FnOnce(A, &'static Operation, u32) -> Result<ResponseValue<T>, Error>,
    ) -> Result<ResponseValue<T>, Error> {
        let Self { answer, operation, attempts, span } = self;
        match make(answer, operation, attempts) {
            Ok(value) => {
                span.ended(Ok(value.status()), attempts);
                Ok(value)
            }
            Err(error) => Err(failed(error.attempts_made(attempts), operation, &span)),
        }
    }
}

/// The error that ends a call.
fn failed(error: Error, operation: &'static Operation, span: &Span) -> Error {
    span.ended(Err(&error), error.attempts());
    error.in_operation(operation)
}

impl Client {
    /// Makes a call, and reads its answer to the end.
    fn whole(&self, request: Request, operation_id: &str) -> Pending<'_, Answer> {
        let transport = |request| self.client.execute(request);
        self.whole_by(request, Operation::find(operation_id), transport)
    }

    /// The same, where `transport` sends one request.
    fn whole_by<'a, Sent>(
        &'a self,
        request: Request,
        operation: Option<&'static Operation>,
        transport: impl Fn(Request) -> Sent + Send + Sync + 'a,
    ) -> Pending<'a, Answer>
    where
        Sent: Future<Output = reqwest::Result<Response>> + Send,
    {
        let settings: &Settings = &self.inner.settings;
        let read = move |response| read_whole(response, settings);
        self.make(request, operation, transport, read)
    }

    /// Makes a call: `transport` sends one request, `read` takes the answer of a
    /// success.
    fn make<'a, A: Send, Sent, Read>(
        &'a self,
        request: Request,
        operation: Option<&'static Operation>,
        transport: impl Fn(Request) -> Sent + Send + Sync + 'a,
        read: impl Fn(Response) -> Read + Send + Sync + 'a,
    ) -> Pending<'a, A>
    where
        Sent: Future<Output = reqwest::Result<Response>> + Send,
        Read: Future<Output = Result<A, Error>> + Send,
    {
        let mut draft = Draft::new(request);
        Box::pin(async move {
            let operation = operation.ok_or_else(|| {
                Error::new(ErrorKind::InvalidRequest).detail("the document has no such operation")
            })?;
            let span = Span::call(operation, draft.request()?.url());
            let sent = span.within(self.send(&mut draft, operation, transport, read)).await;
            match sent {
                Ok(Success { value: answer, attempts }) => {
                    Ok(Answered { answer, operation, attempts, span })
                }
                Err(error) => Err(failed(error, operation, &span)),
            }
        })
    }

    async fn send<A, Sent, Read>(
        &self,
        draft: &mut Draft,
        operation: &Operation,
        transport: impl Fn(Request) -> Sent,
        read: impl Fn(Response) -> Read,
    ) -> Result<Success<A>, Error>
    where
        Sent: Future<Output = reqwest::Result<Response>>,
        Read: Future<Output = Result<A, Error>>,
    {
        let settings: &Settings = &self.inner.settings;
        self.sign(draft.request_mut()?, operation)?;
        let request = draft.request()?;
        let key = request.headers().get(IDEMPOTENCY_KEY).cloned();
        let line = settings.shared.lines.of(operation);
        let mut rules = Rules {
            policy: settings.retry,
            repeatable: operation.safe_to_repeat || key.is_some(),
            line: line.as_deref(),
            budget: settings.shared.budget.as_ref(),
        };
        if request.body().is_some_and(|body| body.as_bytes().is_none()) {
            // A stream is gone once it was sent.
            rules.policy = rules.policy.max_attempts(1);
        }
        attempts::run(rules, fastrand::f64, |attempt, time_left| {
            let sent = draft
                .take()
                .map(|request| (Span::attempt(operation, request.url()), transport(request)));
            let time = settings.request_timeout.min(time_left);
            let read = &read;
            async move {
                let (span, sent) = sent?;
                let answered = exchange(sent, read, &settings.credentials, time);
                let (status, result) = span.within(answered).await;
                span.ended(result.as_ref().map(|_| status), attempt);
                result
            }
        })
        .await
        .map_err(|error| error.under_key(key))
    }

    /// Gives a request what no attempt may go out without, if it goes to where the
    /// operation is.
    fn sign(&self, request: &mut Request, operation: &Operation) -> Result<(), Error> {
        if operation.takes_idempotency_key {
            idempotency::name(request.headers_mut())?;
        }
        path_guard::check(request.url(), &self.baseurl, operation.path)?;
        if let Some((name, value)) = self.inner.settings.credentials.for_operation(operation)? {
            request.headers_mut().insert(name, value);
            if let Some((name, value)) = self.inner.number.header()? {
                request.headers_mut().insert(name, value);
            }
        }
        Ok(())
    }
}

/// Sends a request and reads its answer, for which there is so much time. The status
/// is that of the answer, if there was one.
async fn exchange<A, Read>(
    sent: impl Future<Output = reqwest::Result<Response>>,
    read: &impl Fn(Response) -> Read,
    credentials: &Credentials,
    time: Duration,
) -> (StatusCode, Result<A, Error>)
where
    Read: Future<Output = Result<A, Error>>,
{
    let begun = Instant::now();
    let mut status = None;
    let answered = timeout(time, async {
        // So that only what reads the response has to carry the room for it.
        let (code, response) = {
            let response = sent.await?;
            (response.status(), response)
        };
        status = Some(code);
        if code.is_success() { Ok(Ok(read(response).await?)) } else { Ok(Err(response)) }
    })
    .await;
    let result = match answered {
        Ok(Ok(Ok(answer))) => Ok(answer),
        Ok(Ok(Err(response))) => {
            let time = time.saturating_sub(begun.elapsed());
            // Apart, so that no success has to carry the room for it.
            Err(Box::pin(refusal::error(response, credentials, time)).await)
        }
        Ok(Err(error)) => Err(error),
        Err(_) => Err(Error::new(ErrorKind::Timeout)),
    };
    match status {
        Some(status) => (status, result.map_err(|error| error.with(status))),
        None => (StatusCode::OK, result),
    }
}

/// Reads an answer to its end.
#[allow(clippy::manual_async_fn, reason = "an `async fn` has room for each argument twice")]
fn read_whole(
    mut response: Response,
    settings: &Settings,
) -> impl Future<Output = Result<Answer, Error>> + Send {
    async move {
        let (status, limit) = (response.status(), settings.max_response_bytes);
        let body = body::read(&mut response, limit)
            .await?
            .ok_or_else(|| Error::of_status(status).detail(format!("longer than {limit} bytes")))?;
        let mut headers = std::mem::take(response.headers_mut());
        hide_credentials(&mut headers, &settings.credentials);
        Ok(Answer { status, headers, body })
    }
}

/// Keeps the `Debug` form of headers from showing a credential that a server echoes.
fn hide_credentials(headers: &mut HeaderMap, credentials: &Credentials) {
    for value in headers.values_mut().filter(|value| credentials.occur_in(value.as_bytes())) {
        value.set_sensitive(true);
    }
}

#[cfg(test)]
mod overhead;
#[cfg(test)]
mod tests;
