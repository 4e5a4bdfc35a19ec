//! The way of every call between the generated code and the server: check where
//! it goes, sign it, and send it as often as the policy wants.

use std::time::Duration;

use bytes::Bytes;
use progenitor_client::{ClientHooks, OperationInfo};
use reqwest::{Request, Response};

use crate::attempts::{self, Call, Success};
use crate::auth::{API_KEY, API_KEY_ID};
use crate::client::Inner;
use crate::decode::Delivered;
use crate::error::{Error, ErrorKind};
use crate::generated::Client;
use crate::operation::Operation;
use crate::{body, path_guard, refusal};

/// The generated code names the version of the document in every request; the
/// API knows no such header.
const API_VERSION: &str = "api-version";

/// Lets a server tell the second arrival of a request from another request.
const IDEMPOTENCY_KEY: &str = "idempotency-key";

impl ClientHooks<Inner> for Client {
    async fn exec(&self, request: Request, info: &OperationInfo) -> reqwest::Result<Response> {
        Ok(match self.call(request, info.operation_id).await {
            Ok(response) => response,
            Err(error) => error.into_response(),
        })
    }
}

impl Client {
    async fn call(&self, request: Request, operation_id: &str) -> Result<Response, Error> {
        let operation = Operation::find(operation_id).ok_or_else(|| {
            Error::new(ErrorKind::InvalidRequest).detail("the document has no such operation")
        })?;
        let Success { value: mut response, attempts } =
            self.send(request, operation).await.map_err(|error| error.in_operation(operation))?;
        response.extensions_mut().insert(Delivered { operation, attempts });
        Ok(response)
    }

    async fn send(
        &self,
        mut request: Request,
        operation: &Operation,
    ) -> Result<Success<Response>, Error> {
        path_guard::check(request.url(), &self.baseurl, operation.path)?;
        self.sign(&mut request, operation)?;
        let repeatable =
            operation.safe_to_repeat || request.headers().contains_key(IDEMPOTENCY_KEY);
        let request_timeout = self.inner.0.request_timeout;
        let mut policy = self.inner.0.retry;
        if is_stream(&request) {
            // It is gone once it was sent.
            policy = policy.max_attempts(1);
        }
        let mut request = Some(request);
        let attempt = |time_left: Duration| {
            let request = copy_or_take(&mut request);
            async move {
                let mut request = request.ok_or_else(|| Error::new(ErrorKind::InvalidRequest))?;
                *request.timeout_mut() = Some(request_timeout.min(time_left));
                self.attempt(request).await
            }
        };
        let line = self.inner.0.shared.lines.of(operation);
        let budget = self.inner.0.shared.budget.as_ref();
        let call = Call { policy, repeatable, line: line.as_deref(), budget };
        attempts::run(call, fastrand::f64, attempt).await
    }

    /// Leaves in the request the one credential header that its operation takes.
    fn sign(&self, request: &mut Request, operation: &Operation) -> Result<(), Error> {
        let credential = self.inner.0.credentials.for_operation(operation)?;
        let headers = request.headers_mut();
        for name in [API_VERSION, API_KEY, API_KEY_ID] {
            headers.remove(name);
        }
        if let Some((name, value)) = credential {
            headers.insert(name, value);
        }
        Ok(())
    }

    /// Sends a request once and reads the answer to its end.
    async fn attempt(&self, request: Request) -> Result<Response, Error> {
        let mut response = self.client.execute(request).await?;
        if !response.status().is_success() {
            return Err(refusal::error(response, &self.inner.0.credentials).await);
        }
        let limit = self.inner.0.max_response_bytes;
        let status = response.status();
        match body::read(&mut response, limit)
            .await
            .map_err(|error| Error::from(error).with(status))?
        {
            Some(body) => Ok(with_body(response, body)),
            None => Err(Error::of_status(status).detail(format!("longer than {limit} bytes"))),
        }
    }
}

fn is_stream(request: &Request) -> bool {
    request.body().is_some_and(|body| body.as_bytes().is_none())
}

/// A copy of a request, or the request itself where its body is a stream.
fn copy_or_take(request: &mut Option<Request>) -> Option<Request> {
    match request.as_ref()?.try_clone() {
        Some(copy) => Some(copy),
        None => request.take(),
    }
}

/// The same response with a body that was read.
fn with_body(mut response: Response, body: Bytes) -> Response {
    let mut complete = http::Response::new(body);
    *complete.status_mut() = response.status();
    std::mem::swap(complete.headers_mut(), response.headers_mut());
    Response::from(complete)
}

#[cfg(test)]
mod tests;
