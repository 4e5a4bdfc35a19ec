//! The way of every call between the generated code and the server: check where
//! it goes, sign it, and send it as often as the policy wants.

use std::time::Duration;

use bytes::Bytes;
use http::header::HeaderMap;
use progenitor_client::ResponseValue;
use reqwest::{Request, Response};
use serde::de::DeserializeOwned;
use tokio::time::{Instant, timeout};

use crate::attempts::{self, Rules, Success};
use crate::client::Settings;
use crate::decode::decode;
use crate::draft::Draft;
use crate::error::{Error, ErrorKind};
use crate::generated::Client;
use crate::operation::Operation;
use crate::telemetry::Span;
use crate::{StatusCode, body, path_guard, refusal};

/// Lets a server tell the second arrival of a request from another request.
const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// A successful answer, read to its end.
pub(crate) struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

/// Makes a call that is answered with JSON. The generated code ends with this.
pub(crate) fn json<T: DeserializeOwned>(
    client: &Client,
    request: Request,
    operation_id: &str,
) -> impl Future<Output = Result<ResponseValue<T>, Error>> {
    let transport = |request| client.client.execute(request);
    client.call(request, Operation::find(operation_id), transport, decode)
}

/// Makes a call that is answered with nothing of interest.
#[allow(dead_code, reason = "not every document has such an operation")]
pub(crate) fn empty(
    client: &Client,
    request: Request,
    operation_id: &str,
) -> impl Future<Output = Result<ResponseValue<()>, Error>> {
    let transport = |request| client.client.execute(request);
    client.call(request, Operation::find(operation_id), transport, |_| Ok(()))
}

impl Client {
    /// Makes a call: `transport` sends one request, `decode` reads the body of a
    /// success.
    ///
    /// Not an async function: that would hold the request twice.
    fn call<T, Sent>(
        &self,
        request: Request,
        operation: Option<&'static Operation>,
        transport: impl Fn(Request) -> Sent,
        decode: impl Fn(&[u8]) -> Result<T, String>,
    ) -> impl Future<Output = Result<ResponseValue<T>, Error>>
    where
        Sent: Future<Output = reqwest::Result<Response>>,
    {
        let mut draft = Draft::new(request);
        async move {
            let operation = operation.ok_or_else(|| {
                Error::new(ErrorKind::InvalidRequest).detail("the document has no such operation")
            })?;
            let span = Span::call(operation, draft.request()?.url());
            let sent = span.within(self.send(&mut draft, operation, transport)).await;
            let result =
                sent.and_then(|Success { value: answer, attempts }| match decode(&answer.body) {
                    Ok(value) => {
                        Ok((ResponseValue::new(value, answer.status, answer.headers), attempts))
                    }
                    Err(problem) => {
                        Err(Error::of_status(answer.status).detail(problem).attempts_made(attempts))
                    }
                });
            match result {
                Ok((value, attempts)) => {
                    span.ended(Ok(value.status()), attempts);
                    Ok(value)
                }
                Err(error) => {
                    span.ended(Err(&error), error.attempts());
                    Err(error.in_operation(operation))
                }
            }
        }
    }

    async fn send<Sent>(
        &self,
        draft: &mut Draft,
        operation: &Operation,
        transport: impl Fn(Request) -> Sent,
    ) -> Result<Success<Answer>, Error>
    where
        Sent: Future<Output = reqwest::Result<Response>>,
    {
        let settings: &Settings = &self.inner.0;
        let request = draft.request()?;
        path_guard::check(request.url(), &self.baseurl, operation.path)?;
        let credential = settings.credentials.for_operation(operation)?;
        let line = settings.shared.lines.of(operation);
        let mut rules = Rules {
            policy: settings.retry,
            repeatable: operation.safe_to_repeat || request.headers().contains_key(IDEMPOTENCY_KEY),
            line: line.as_deref(),
            budget: settings.shared.budget.as_ref(),
        };
        if request.body().is_some_and(|body| body.as_bytes().is_none()) {
            // A stream is gone once it was sent.
            rules.policy = rules.policy.max_attempts(1);
        }
        attempts::run(rules, fastrand::f64, |attempt, time_left| {
            let sent = draft.take().map(|mut request| {
                if let Some((name, value)) = &credential {
                    request.headers_mut().insert(*name, value.clone());
                }
                (Span::attempt(operation, request.url()), transport(request))
            });
            let time = settings.request_timeout.min(time_left);
            async move {
                let (span, sent) = sent?;
                let result = span.within(exchange(sent, settings, time)).await;
                span.ended(result.as_ref().map(|answer| answer.status), attempt);
                result
            }
        })
        .await
    }
}

/// Sends a request and reads its answer, for which there is so much time.
async fn exchange(
    sent: impl Future<Output = reqwest::Result<Response>>,
    settings: &Settings,
    time: Duration,
) -> Result<Answer, Error> {
    let begun = Instant::now();
    let response = timeout(time, sent).await.map_err(|_| Error::new(ErrorKind::Timeout))??;
    receive(response, settings, time.saturating_sub(begun.elapsed())).await
}

/// Reads an answer to its end, for which there is so much time.
async fn receive(
    mut response: Response,
    settings: &Settings,
    time: Duration,
) -> Result<Answer, Error> {
    let status = response.status();
    let Settings { credentials, max_response_bytes: limit, .. } = settings;
    if !status.is_success() {
        // Apart, so that no success has to carry the room for it.
        return Err(Box::pin(refusal::error(response, credentials, time)).await);
    }
    let body = timeout(time, body::read(&mut response, *limit))
        .await
        .map_err(|_| Error::new(ErrorKind::Timeout).with(status))?
        .map_err(|error| Error::from(error).with(status))?
        .ok_or_else(|| Error::of_status(status).detail(format!("longer than {limit} bytes")))?;
    let mut headers = std::mem::take(response.headers_mut());
    for value in headers.values_mut().filter(|value| credentials.occur_in(value.as_bytes())) {
        // Its Debug form shows it no longer.
        value.set_sensitive(true);
    }
    Ok(Answer { status, headers, body })
}

#[cfg(test)]
mod overhead;
#[cfg(test)]
mod tests;
