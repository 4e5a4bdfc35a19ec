//! The way of every call between the generated code and the server: sign it,
//! send it as often as the policy wants, and turn whatever is not a success
//! into an [`Error`].

use std::time::Duration;

use bytes::Bytes;
use http::header::LOCATION;
use progenitor_client::{ClientHooks, OperationInfo};
use reqwest::{Request, Response, Url};
use serde_json::{Map, Value};

use crate::attempts::{self, Success};
use crate::auth::{API_KEY, API_KEY_ID};
use crate::body;
use crate::client::Inner;
use crate::decode::Delivered;
use crate::error::{Error, ErrorKind};
use crate::generated::Client;
use crate::generated::types::ApiError;
use crate::operation::Operation;
use crate::retry::server_hint;

/// How much is read of an answer that is not a success. More than any error
/// of the API needs; a page of a proxy may be longer.
const MAX_ERROR_BYTES: usize = 64 * 1024;

/// The generated code names the version of the document in every request; the
/// API knows no such header.
const API_VERSION: &str = "api-version";

impl ClientHooks<Inner> for Client {
    async fn exec(&self, request: Request, info: &OperationInfo) -> reqwest::Result<Response> {
        Ok(match self.call(request, info.operation_id).await {
            Ok(response) => response,
            Err(error) => error.into_response(),
        })
    }
}

impl Client {
    async fn call(&self, mut request: Request, operation_id: &str) -> Result<Response, Error> {
        let operation = Operation::find(operation_id).ok_or_else(|| {
            Error::new(ErrorKind::InvalidRequest).detail("the document has no such operation")
        })?;
        self.sign(&mut request, operation).map_err(|error| error.in_operation(operation))?;

        let mut policy = self.inner.0.retry;
        let is_stream = request.body().is_some_and(|body| body.as_bytes().is_none());
        if is_stream {
            // It is gone once it was sent.
            policy = policy.max_attempts(1);
        }
        let mut request = Some(request);
        let attempt = |time_left: Duration| {
            let copy = request.as_ref().and_then(Request::try_clone);
            let request = copy.or_else(|| request.take());
            async move {
                let mut request = request.ok_or_else(|| Error::new(ErrorKind::InvalidRequest))?;
                *request.timeout_mut() = Some(self.inner.0.request_timeout.min(time_left));
                self.attempt(request).await
            }
        };
        let Success { value: mut response, attempts } =
            attempts::run(policy, fastrand::f64, attempt)
                .await
                .map_err(|error| error.in_operation(operation))?;
        response.extensions_mut().insert(Delivered { operation, attempts });
        Ok(response)
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
            return Err(refusal(response).await);
        }
        let limit = self.inner.0.max_response_bytes;
        match body::read(&mut response, limit).await? {
            Some(body) => Ok(with_body(response, body)),
            None => {
                Err(Error::of_status(response.status())
                    .detail(format!("longer than {limit} bytes")))
            }
        }
    }
}

/// The error that an answer is. Its body is read first, so that the connection
/// can be used again, and whatever it is, the status counts.
async fn refusal(mut response: Response) -> Error {
    let body = body::read(&mut response, MAX_ERROR_BYTES).await.ok().flatten().unwrap_or_default();
    let said: Map<String, Value> = serde_json::from_slice(&body).unwrap_or_default();
    let hint = server_hint(response.headers(), &said);
    let error = Error::of_status(response.status()).said(api_error(said)).asked_to_wait(hint);
    match redirect_target(&response) {
        Some(origin) => error.detail(format!("to {origin}")),
        None => error,
    }
}

/// What the server said, where a field of another type than the document's is
/// kept among the others rather than failing.
fn api_error(mut said: Map<String, Value>) -> ApiError {
    let mut take = |key: &str| match said.remove(key) {
        Some(Value::String(text)) => Some(text),
        Some(other) => {
            said.insert(key.to_owned(), other);
            None
        }
        None => None,
    };
    ApiError { error: take("error"), code: take("code"), extra: said }
}

/// The origin that a redirect points to; its path and query may hold anything.
fn redirect_target(response: &Response) -> Option<String> {
    if !response.status().is_redirection() {
        return None;
    }
    let location = response.headers().get(LOCATION)?.to_str().ok()?;
    let target: Url = response.url().join(location).ok()?;
    Some(target.origin().ascii_serialization())
}

/// The same response with a body that was read.
fn with_body(mut response: Response, body: Bytes) -> Response {
    let mut complete = http::Response::new(body);
    *complete.status_mut() = response.status();
    std::mem::swap(complete.headers_mut(), response.headers_mut());
    Response::from(complete)
}
