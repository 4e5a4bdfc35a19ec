//! What the sandbox remembers of a request.

use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, Method, Uri};
use serde_json::Value;

/// A request that a [`Sandbox`](super::Sandbox) received.
///
/// Its `Debug` form holds neither credentials nor anything of path, query and body,
/// which may hold some.
#[derive(Clone)]
#[non_exhaustive]
pub struct RecordedRequest {
    /// The `operationId` of what it is for, such as `list_numbers`; none where the
    /// document has no such operation.
    pub operation: Option<&'static str>,
    /// The method.
    pub method: Method,
    /// The path as it was sent, with its escapes.
    pub path: String,
    /// The parameters of the query in their order, without escapes.
    pub query: Vec<(String, String)>,
    /// The headers. Those with credentials are marked as sensitive, so that their
    /// `Debug` form does not show the value.
    pub headers: HeaderMap,
    /// The body as it was sent.
    pub body: Bytes,
    pub(super) uri: Uri,
}

impl RecordedRequest {
    /// The method, and path and query as they were sent, with their escapes, such as
    /// `GET /v1/messages/wamid.A%2FB`.
    pub fn line(&self) -> String {
        format!("{} {}", self.method, self.uri)
    }

    /// The body as JSON; null where it is empty or no JSON.
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
