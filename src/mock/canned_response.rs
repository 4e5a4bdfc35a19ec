//! Responses of the sandbox.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Response, StatusCode};
use serde_json::{Value, json};

/// A response whose body is complete.
pub type CannedResponse = Response<Bytes>;

/// A response without a `Content-Type`.
pub fn plain(status: StatusCode, body: impl Into<Bytes>) -> CannedResponse {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    response
}

pub fn typed(
    status: StatusCode,
    media_type: &'static str,
    body: impl Into<Bytes>,
) -> CannedResponse {
    let mut response = plain(status, body);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    response
}

pub fn json(status: StatusCode, body: &Value) -> CannedResponse {
    typed(status, "application/json", body.to_string())
}

/// An error in the form of the API.
pub fn error(status: StatusCode, message: &str, code: Option<&str>) -> CannedResponse {
    let mut body = json!({ "error": message });
    if let Some(code) = code {
        body["code"] = json!(code);
    }
    json(status, &body)
}

/// An error whose message is the reason phrase of its status.
pub fn undocumented(status: StatusCode, code: Option<&str>) -> CannedResponse {
    error(status, status.canonical_reason().unwrap_or("Error"), code)
}
