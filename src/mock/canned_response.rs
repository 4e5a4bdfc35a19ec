//! A response of the sandbox.

use std::fmt;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use http::{Response, StatusCode};
use http_body_util::Full;
use serde_json::{Value, json};

/// A status, headers and a body.
#[derive(Clone, Debug)]
pub struct CannedResponse {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl CannedResponse {
    /// A response without a body.
    pub fn empty(status: StatusCode) -> Self {
        Self { status, headers: HeaderMap::new(), body: Bytes::new() }
    }

    pub fn json(status: StatusCode, body: &Value) -> Self {
        Self::bytes(status, "application/json", body.to_string())
    }

    pub fn bytes(status: StatusCode, media_type: &'static str, body: impl Into<Bytes>) -> Self {
        Self { body: body.into(), ..Self::empty(status) }.with_header(CONTENT_TYPE, media_type)
    }

    /// An error in the form of the API.
    pub fn error(status: StatusCode, message: &str, code: Option<&str>) -> Self {
        let mut body = json!({ "error": message });
        if let Some(code) = code {
            body["code"] = json!(code);
        }
        Self::json(status, &body)
    }

    /// Adds a header, unless the value is not valid in a header.
    pub fn with_header(mut self, name: HeaderName, value: impl TryInto<HeaderValue>) -> Self {
        if let Ok(value) = value.try_into() {
            self.headers.insert(name, value);
        }
        self
    }

    pub fn into_response(self) -> Response<Full<Bytes>> {
        let mut response = Response::new(Full::new(self.body));
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        response
    }
}

/// Makes the server reset the connection instead of responding.
#[derive(Debug)]
pub struct ConnectionReset;

impl fmt::Display for ConnectionReset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the sandbox resets the connection")
    }
}

impl std::error::Error for ConnectionReset {}
