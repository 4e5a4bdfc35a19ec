//! Responses: models for successes, errors for all others, and downloads. Uses the slots of
//! `rate_limit` and the rooms below it.

pub(crate) mod body;
pub(crate) mod download;
pub(crate) mod error_response;
mod retry_after;
pub(crate) mod success;

use std::fmt;
use std::ops::Deref;

use http::{HeaderMap, StatusCode};

pub use self::download::Download;
use crate::credentials::Credentials;
use crate::error::Call;

/// The header of a stored response to an earlier request under the same idempotency key.
pub(crate) const IDEMPOTENT_REPLAYED: &str = "idempotent-replayed";

/// The call of a response that the caller decodes, and the credentials that no error may print.
#[derive(Clone)]
pub(crate) struct Origin {
    pub(crate) call: Call,
    pub(crate) credentials: Credentials,
}

/// The value of a successful response, with its status and headers.
///
/// ```no_run
/// # async fn f(client: pilot_status::Client) -> Result<(), pilot_status::Error> {
/// use pilot_status::types::MessageRequest;
///
/// let message = MessageRequest::builder().destination_number("+5511988887777").text("Olá!");
/// let sent = client.send_message().body(message).idempotency_key("order-42").send().await?;
/// println!("{}: {}, replayed: {}", sent.id, sent.status(), sent.is_replayed());
/// let message = sent.into_inner();
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct ResponseValue<T> {
    value: T,
    status: StatusCode,
    headers: HeaderMap,
    attempts: u32,
    /// Set if the caller decodes the body.
    pub(crate) origin: Option<Box<Origin>>,
}

impl<T> ResponseValue<T> {
    /// Constructs a response, for tests of code that accepts one.
    pub fn new(value: T, status: StatusCode, headers: HeaderMap) -> Self {
        Self { value, status, headers, attempts: 1, origin: None }
    }

    pub(crate) fn with_attempts(self, attempts: u32) -> Self {
        Self { attempts, ..self }
    }

    /// Returns the value without status and headers.
    pub fn into_inner(self) -> T {
        self.value
    }

    /// The status of the response, from 200 to 299.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The headers of the response.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The number of attempts of the call, starting at 1. After several, the response describes
    /// the last one: an earlier attempt may have done what this one found already done.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Whether this is the stored response to an earlier request under the same
    /// `Idempotency-Key`. If so, the server did not process this request.
    pub fn is_replayed(&self) -> bool {
        let header = self.headers.get(IDEMPOTENT_REPLAYED);
        header.is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"true"))
    }
}

impl<T> Deref for ResponseValue<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> IntoIterator for ResponseValue<Vec<T>> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.value.into_iter()
    }
}

impl<'a, T> IntoIterator for &'a ResponseValue<Vec<T>> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.value.iter()
    }
}

impl<T: fmt::Debug> fmt::Debug for ResponseValue<T> {
    /// Omits the headers and a raw body, which may contain secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("ResponseValue");
        shown.field("status", &self.status);
        if self.origin.is_none() {
            shown.field("value", &self.value);
        }
        shown.finish_non_exhaustive()
    }
}
