//! The requests that the sandbox records.

use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, Method, Uri};
use serde_json::Value;

use super::operation_id::OperationId;

/// A request that a [`Sandbox`](super::Sandbox) received.
///
/// `Debug` omits credentials, and the path, query and body, which may contain secrets.
#[derive(Clone)]
#[non_exhaustive]
pub struct RecordedRequest {
    /// The operation. `None` if the document has no operation for the request.
    pub operation: Option<OperationId>,
    /// The method.
    pub method: Method,
    /// The path as received, percent-encoded.
    pub path: String,
    /// The decoded query parameters, in order.
    pub query: Vec<(String, String)>,
    /// The headers. Credentials are marked as sensitive, so that `Debug` does not print them.
    pub headers: HeaderMap,
    /// The body as received.
    pub body: Bytes,
    pub(super) uri: Uri,
}

impl RecordedRequest {
    /// The method and the percent-encoded path and query, such as
    /// `GET /v1/messages/wamid.A%2FB`. In a request to a proxy, the URL instead of the path.
    pub fn line(&self) -> String {
        format!("{} {}", self.method, self.uri)
    }

    /// The body as JSON. Null if it is empty or not JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

impl fmt::Debug for RecordedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecordedRequest")
            .field("operation", &self.operation)
            .field("method", &self.method)
            .field("headers", &self.headers)
            .finish_non_exhaustive()
    }
}
