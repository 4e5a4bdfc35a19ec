//! The one error of this crate.

mod details;
mod kind;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderValue, StatusCode};

pub use self::kind::ErrorKind;
use crate::operation::Operation;
use crate::pacing::HeldBack;
use crate::retry::Advice;
use crate::types::{ApiError, ErrorCode};

type Source = Arc<dyn std::error::Error + Send + Sync>;

/// Why a client could not be built or a call failed.
///
/// What it prints holds no key, no header, no body and no query: it may go to a
/// log as it is. What the server wrote is there for programs, in
/// [`code`](Self::code), [`message`](Self::message) and
/// [`api_error`](Self::api_error).
///
/// ```
/// use pilot_status::{Credentials, ErrorKind};
///
/// let error = pilot_status::Client::builder(Credentials::api_key("")).build().unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Credentials);
/// assert_eq!(error.to_string(), "unusable credentials: the API key is blank; set it to the value as issued");
/// ```
#[derive(Clone)]
pub struct Error(Box<Inner>);

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    operation: Option<&'static Operation>,
    status: Option<StatusCode>,
    api_error: Option<Box<ApiError>>,
    retry_after: Option<Duration>,
    attempts: u32,
    idempotency_key: Option<HeaderValue>,
    detail: Cow<'static, str>,
    source: Option<Source>,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind) -> Self {
        Self(Box::new(Inner {
            kind,
            operation: None,
            status: None,
            api_error: None,
            retry_after: None,
            attempts: 0,
            idempotency_key: None,
            detail: Cow::Borrowed(""),
            source: None,
        }))
    }

    /// An error for an answer with a status.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        let mut error = Self::new(ErrorKind::of_status(status));
        error.0.status = Some(status);
        error
    }

    /// The status of an answer that came, but not to its end.
    pub(crate) fn with(mut self, status: StatusCode) -> Self {
        self.0.status = Some(status);
        self
    }

    pub(crate) fn configuration(detail: &'static str, source: reqwest::Error) -> Self {
        Self::new(ErrorKind::Configuration).detail(detail).caused_by(source.without_url())
    }

    pub(crate) fn in_operation(mut self, operation: &'static Operation) -> Self {
        self.0.operation = Some(operation);
        self
    }

    pub(crate) fn attempts_made(mut self, attempts: u32) -> Self {
        self.0.attempts = attempts;
        self
    }

    pub(crate) fn under_key(mut self, key: Option<HeaderValue>) -> Self {
        self.0.idempotency_key = key;
        self
    }

    pub(crate) fn detail(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.0.detail = detail.into();
        self
    }

    pub(crate) fn said(mut self, api_error: ApiError) -> Self {
        self.0.api_error = Some(Box::new(api_error));
        self
    }

    pub(crate) fn asked_to_wait(mut self, wait: Option<Duration>) -> Self {
        self.0.retry_after = wait;
        self
    }

    fn caused_by(mut self, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.0.source = Some(Arc::new(source));
        self
    }

    /// What went wrong.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The `operationId` of the call, such as `list_numbers`. None when a client
    /// could not be built.
    pub fn operation_id(&self) -> Option<&'static str> {
        self.0.operation.map(|operation| operation.id)
    }

    /// The status of the answer, where there was one.
    pub fn status(&self) -> Option<StatusCode> {
        self.0.status
    }

    /// The server's constant for the reason, such as
    /// [`ErrorCode::NumberNotFound`]; one that this version does not know is
    /// [`ErrorCode::Unknown`].
    pub fn code(&self) -> Option<&ErrorCode> {
        self.api_error()?.code.as_ref()
    }

    /// The server's words for the reason.
    pub fn message(&self) -> Option<&str> {
        self.api_error()?.error.as_deref()
    }

    /// What the server said of the error: a JSON object of up to 64 KiB. None
    /// when it said anything else.
    pub fn api_error(&self) -> Option<&ApiError> {
        self.0.api_error.as_deref()
    }

    /// How long the server asked to wait. Where the call was not sent, how much longer
    /// the pause lasts that the answers to earlier calls began.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// How many times the request was sent, or was tried to be. 0 when the
    /// error came before that.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// The `Idempotency-Key` of the call, where it had one: the caller's, or the one
    /// that it was given. Under the same key, the call can be repeated without being
    /// done twice.
    pub fn idempotency_key(&self) -> Option<&str> {
        self.0.idempotency_key.as_ref()?.to_str().ok()
    }

    /// Whether the failure may pass, so that the same call can succeed later:
    /// 408, 429, 502, 503 and 504, timeouts, and connections that broke or did
    /// not come about. Some codes say otherwise: a service that is not set up
    /// stays so, and the first call under an idempotency key comes to its end.
    ///
    /// It does not say that repeating is harmless: after all of these but 429
    /// and [`ErrorKind::Connect`] the server may have done what it was asked.
    pub fn is_retryable(&self) -> bool {
        match self.advice() {
            Some(Advice::Never) => return false,
            Some(Advice::Later) => return true,
            Some(Advice::Alone) | None => {}
        }
        match self.0.kind {
            ErrorKind::RateLimited
            | ErrorKind::Connect
            | ErrorKind::Timeout
            | ErrorKind::Interrupted => true,
            ErrorKind::Server => {
                self.0.status.is_some_and(|status| matches!(status.as_u16(), 502..=504))
            }
            _ => false,
        }
    }

    /// What the document says of repeating the call, by the code.
    pub(crate) fn advice(&self) -> Option<Advice> {
        Advice::of(self.code()?.as_str())
    }

    /// Whether the request may have reached the server, and nothing says what
    /// the server did.
    fn is_broken_off(&self) -> bool {
        matches!(self.0.kind, ErrorKind::Timeout | ErrorKind::Interrupted | ErrorKind::Server)
    }

    /// The same, of an operation that does more when it is repeated.
    fn may_have_taken_effect(&self) -> bool {
        self.is_broken_off() && self.does_more_when_repeated()
    }

    /// Whether the server did what was asked, and only its answer cannot be read, of
    /// such an operation.
    fn has_taken_effect(&self) -> bool {
        self.0.kind == ErrorKind::Decode
            && self.0.status.is_some_and(|status| status.is_success())
            && self.does_more_when_repeated()
    }

    fn does_more_when_repeated(&self) -> bool {
        self.0.operation.is_some_and(|operation| !operation.safe_to_repeat)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        if let Some(operation) = inner.operation {
            write!(f, "{} ({} {}): ", operation.id, operation.method, operation.path)?;
        }
        if let Some(status) = inner.status {
            write!(f, "{status}: ")?;
        }
        f.write_str(inner.kind.text())?;
        if !inner.detail.is_empty() {
            write!(f, ": {}", inner.detail)?;
        }
        // Any other may hold what no log should show.
        if let Some(known) = self.code().filter(|code| !code.is_unknown()) {
            write!(f, ": {known}")?;
        }
        if self.has_taken_effect() {
            f.write_str("; it has done what was asked, so do not repeat it")?;
        } else if self.may_have_taken_effect() {
            f.write_str(match inner.idempotency_key {
                Some(_) => "; it may have done what was asked, so repeat it under the same key",
                None => "; it may have done what was asked, so look before you repeat it",
            })?;
        } else if self.is_broken_off() {
            let advice = if self.is_retryable() {
                "try again later"
            } else {
                "tell its operator if it goes on"
            };
            write!(f, "; {advice}")?;
        }
        if let Some(wait) = inner.retry_after {
            let said = if inner.attempts > 0 { "the server asked to wait" } else { "wait" };
            write!(f, " ({said} {} s)", wait.as_secs_f64().ceil())?;
        }
        if inner.attempts > 1 {
            write!(f, " ({} attempts)", inner.attempts)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        f.debug_struct("Error")
            .field("text", &self.to_string())
            .field("kind", &inner.kind)
            .field("operation", &inner.operation.map(|operation| operation.id))
            .field("status", &inner.status)
            .field("retry_after", &inner.retry_after)
            .field("attempts", &inner.attempts)
            .field("source", &inner.source)
            .finish_non_exhaustive()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

impl From<HeldBack> for Error {
    fn from(HeldBack(pause_left): HeldBack) -> Self {
        Self::new(ErrorKind::RateLimited)
            .detail("not sent, since earlier calls were rejected")
            .asked_to_wait((!pause_left.is_zero()).then_some(pause_left))
    }
}

impl From<reqwest::Error> for Error {
    /// The URL, and with it the query, is left out.
    fn from(error: reqwest::Error) -> Self {
        let kind = if error.is_builder() {
            ErrorKind::InvalidRequest
        } else if error.is_connect() {
            ErrorKind::Connect
        } else if error.is_timeout() {
            ErrorKind::Timeout
        } else {
            ErrorKind::Interrupted
        };
        let error = error.without_url();
        let detail = if kind == ErrorKind::Connect { root_cause(&error) } else { String::new() };
        Self::new(kind).detail(detail).caused_by(error)
    }
}

/// What came first, on one line: the words of the system, or of TLS on a
/// certificate, which may quote names in it.
fn root_cause(error: &dyn std::error::Error) -> String {
    const LONGEST: usize = 200;
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string().chars().filter(|character| !character.is_control()).take(LONGEST).collect()
}

impl<E> From<progenitor_client::Error<E>> for Error {
    fn from(error: progenitor_client::Error<E>) -> Self {
        use progenitor_client::Error as Generated;
        match error {
            Generated::InvalidRequest(reason) | Generated::Custom(reason) => {
                Self::new(ErrorKind::InvalidRequest).detail(reason)
            }
            Generated::CommunicationError(error)
            | Generated::InvalidUpgrade(error)
            | Generated::ResponseBodyError(error) => Self::from(error),
            Generated::ErrorResponse(response) => Self::of_status(response.status()),
            // The payload and the words of the decoder quote what was sent.
            Generated::InvalidResponsePayload(..) => Self::new(ErrorKind::Decode),
            Generated::UnexpectedResponse(response) => Self::of_status(response.status()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn operation(method: &'static str, safe_to_repeat: bool) -> &'static Operation {
        Box::leak(Box::new(Operation { method, safe_to_repeat, ..Operation::ODD }))
    }

    #[test]
    fn a_failure_warns_of_what_it_may_have_done() {
        let table = [
            (Error::new(ErrorKind::Timeout), Some("look before you repeat it")),
            (Error::new(ErrorKind::Interrupted), Some("look before you repeat it")),
            (Error::of_status(StatusCode::BAD_GATEWAY), Some("look before you repeat it")),
            (Error::of_status(StatusCode::CREATED), Some("do not repeat it")),
            (Error::new(ErrorKind::Connect), None),
            (Error::of_status(StatusCode::TOO_MANY_REQUESTS), None),
            (Error::of_status(StatusCode::CONFLICT), None),
        ];
        for (error, warning) in table {
            let unsafe_to_repeat = error.clone().in_operation(operation("POST", false)).to_string();
            match warning {
                Some(warning) => assert!(unsafe_to_repeat.ends_with(warning), "{unsafe_to_repeat}"),
                None => assert!(!unsafe_to_repeat.contains("repeat it"), "{unsafe_to_repeat}"),
            }
            let safe = error.in_operation(operation("PUT", true)).to_string();
            assert!(!safe.contains("repeat it"), "{safe}");
        }
    }
}
