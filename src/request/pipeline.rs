//! The pipeline of every call: check the URL, add the credential, and run the attempts.

use std::borrow::Cow;
use std::pin::Pin;

use bytes::Bytes;
use http::HeaderValue;
use http::header::ACCEPT;
use reqwest::Request;

use super::deadline::Deadline;
use super::exchange::{Reads, Received, exchange, take_headers};
use super::idempotency::{self, IDEMPOTENCY_KEY};
use super::succeeded::Succeeded;
use super::upload::Upload;
use super::{path_guard, replayable};
use crate::client::Inner;
use crate::credentials::Confidential;
use crate::error::{Call, Error};
use crate::generated::Client;
use crate::operation::{Content, Operation, ResponseBody};
use crate::response::ResponseValue;
use crate::response::origin::Origin;
use crate::response::success;
use crate::retry::{Rules, attempts};
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
    let credentials = client.inner.settings.credentials.clone();
    let origin = Origin { call: succeeded.call.clone(), credentials };
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
        Box::pin(async move {
            let mut request = request;
            let operation =
                operation.ok_or_else(|| Error::refused("the document has no such operation"))?;
            let span = Span::call(&operation, request.url());
            let prepared = self.prepare(&mut request, &operation);
            let key = request.headers().get(IDEMPOTENCY_KEY).cloned();
            let sent = async {
                prepared?;
                self.send(request, &operation, key.as_ref(), reads).await
            };
            match span.within(sent).await {
                Ok(attempts::Success { mut value, attempts, earlier_uncertain, slot }) => {
                    let confidential = self.confidential(key.as_ref());
                    let headers = take_headers(&mut value.response, confidential);
                    let path_prefix = self.path_prefix().to_owned();
                    let idempotency_key = key;
                    let call = Call {
                        operation,
                        path_prefix,
                        attempts,
                        earlier_uncertain,
                        idempotency_key,
                    };
                    Ok(Succeeded { client: self, received: value, headers, call, span, slot })
                }
                Err(error) => {
                    let error = error
                        .with_idempotency_key(key)
                        .with_operation(operation, self.path_prefix());
                    span.failed(&error);
                    Err(error)
                }
            }
        })
    }

    /// The values that no error of a call with an idempotency key may print.
    pub(super) fn confidential<'a>(&'a self, key: Option<&'a HeaderValue>) -> Confidential<'a> {
        Confidential { credentials: &self.inner.settings.credentials, idempotency_key: key }
    }

    /// The path of the base URL, which precedes that of an operation.
    pub(crate) fn path_prefix(&self) -> &str {
        let (_, host) = self.baseurl.split_once("://").unwrap_or_default();
        host.find('/').map_or("", |start| &host[start..])
    }

    async fn send(
        &self,
        request: Request,
        operation: &Operation,
        key: Option<&HeaderValue>,
        reads: Reads,
    ) -> Result<attempts::Success<Received>, Error> {
        let Inner { settings, number, retry, attempt_timeout, .. } = &self.inner;
        let queue = retry.queue(&settings.shared, operation, number);
        let mut rules = Rules {
            policy: *retry,
            repeatable: operation.safe_to_repeat || key.is_some(),
            queue: queue.as_deref(),
            budget: retry.budget(&settings.shared),
            slots: &settings.slots,
        };
        if request.body().is_some_and(|body| body.as_bytes().is_none()) {
            // A stream cannot be sent twice.
            rules.policy = rules.policy.max_attempts(1);
        }
        let limit = settings.response_limit(operation);
        let mut next = Some(request);
        attempts::run(rules, fastrand::f64, |attempt, time_left| {
            let sent = replayable::take(&mut next).map(|mut request| {
                if reads == Reads::Head {
                    // The caller limits the duration of a download.
                    *request.timeout_mut() = Some(MAX_TIMEOUT);
                }
                let upload = Upload::track(&mut request);
                let deadline = Deadline::new(*attempt_timeout, time_left, upload);
                let span = Span::attempt(operation, request.url());
                (span, self.client.execute(request), deadline)
            });
            async move {
                let (span, sent, deadline) = sent?;
                let confidential = self.confidential(key);
                let exchanged = exchange(sent, operation, reads, limit, confidential, &deadline);
                let result = span.within(exchanged).await;
                span.ended(result.as_ref().map(|received| received.response.status()), attempt);
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
