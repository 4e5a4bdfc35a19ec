//! The facts that an error reports about its call and the response.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use super::{Error, ErrorKind};
use crate::types::{ApiError, ErrorCode};

impl Error {
    /// The kind of the error.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The `operationId` of the call, such as `list_numbers`. None if a client or a model could
    /// not be built, or for a [raw call](crate::Client::request) of an undocumented operation.
    pub fn operation_id(&self) -> Option<&'static str> {
        self.facts.call.as_ref()?.operation.id
    }

    /// The status of the response, if one arrived.
    pub fn status(&self) -> Option<StatusCode> {
        self.facts.status
    }

    /// The headers of the response, if one arrived. They may contain a request id for the
    /// vendor's support.
    pub fn headers(&self) -> Option<&HeaderMap> {
        self.facts.status.map(|_| &self.facts.headers)
    }

    /// The body of the response, if one arrived. It ends where the connection broke or the call
    /// timed out, and at [`max_response_bytes`](crate::ClientBuilder::max_response_bytes).
    ///
    /// For [`ErrorKind::Decode`], it is the only copy of the server's data, such as a new API
    /// key or the id of a message. It may contain secrets: extract what you need, and do not
    /// log it.
    ///
    /// ```no_run
    /// # async fn f(client: pilot_status::Client) {
    /// if let Err(error) = client.rotate_api_key().send().await {
    ///     eprintln!("{error}");
    ///     if let Some(body) = error.body() {
    ///         std::fs::write("rotation-response", body).expect("a writable folder");
    ///     }
    /// }
    /// # }
    /// ```
    pub fn body(&self) -> Option<&Bytes> {
        self.facts.body.as_ref()
    }

    /// The server's error code, such as [`ErrorCode::NumberNotFound`]. A code that this
    /// version does not know is [`ErrorCode::Unknown`].
    pub fn code(&self) -> Option<&ErrorCode> {
        self.api_error()?.code.as_ref()
    }

    /// The server's error message: the field `error`, else `message` (a list is joined),
    /// else `title` and `detail`.
    pub fn message(&self) -> Option<&str> {
        self.facts.server_message.as_ref()?.message.as_deref()
    }

    /// The body of the error response, if it is a JSON object.
    pub fn api_error(&self) -> Option<&ApiError> {
        Some(&self.facts.server_message.as_ref()?.api_error)
    }

    /// How long to wait before the next attempt: the server's `Retry-After`, minus the time that
    /// has passed. For a call that was not sent, the rest of the pause that earlier calls caused.
    pub fn retry_after(&self) -> Option<Duration> {
        self.facts.retry_after
    }

    /// The number of attempts, including failed connections. 0 if the call failed before the
    /// first attempt.
    pub fn attempts(&self) -> u32 {
        self.facts.call.as_ref().map_or(0, |call| call.attempts)
    }

    /// The `Idempotency-Key` of the call, if it had one: the caller's or a generated one.
    /// A server that honours the key processes the call once.
    pub fn idempotency_key(&self) -> Option<&str> {
        self.facts.call.as_ref()?.idempotency_key.as_ref()?.to_str().ok()
    }
}
