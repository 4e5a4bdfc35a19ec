//! The error type of this crate.

mod details;
mod generated;
mod kind;
mod server_message;
mod transport;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, StatusCode};

pub use self::kind::ErrorKind;
pub(crate) use self::server_message::ServerMessage;
pub(crate) use self::transport::Outcome;
use crate::operation::Operation;
use crate::operation::RetryAdvice;
use crate::time::MAX_TIMEOUT;
use crate::types::{ApiError, ErrorCode};

type Source = Arc<dyn std::error::Error + Send + Sync>;

/// Why a client could not be built or a call failed.
///
/// `Display` and `Debug` contain no API key, no idempotency key and no body, so an error is
/// safe to log. Of the response they show only the server's message and code, on one line,
/// cut to 300 characters, and only if they contain neither key. Use
/// [`api_error`](Self::api_error), [`headers`](Self::headers) and [`body`](Self::body) for the
/// full response.
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
    operation: Option<Cow<'static, Operation>>,
    /// The path of the base URL.
    path_prefix: String,
    status: Option<StatusCode>,
    headers: HeaderMap,
    body: Option<Bytes>,
    server_message: Option<Box<ServerMessage>>,
    retry_after: Option<Duration>,
    attempts: u32,
    /// Whether an attempt before the last may have taken effect.
    earlier_uncertain: bool,
    /// Whether the API reported success, in a response that cannot be decoded.
    reported_success: bool,
    idempotency_key: Option<HeaderValue>,
    detail: Cow<'static, str>,
    source: Option<Source>,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind) -> Self {
        Self(Box::new(Inner {
            kind,
            operation: None,
            path_prefix: String::new(),
            status: None,
            headers: HeaderMap::new(),
            body: None,
            server_message: None,
            retry_after: None,
            attempts: 0,
            earlier_uncertain: false,
            reported_success: false,
            idempotency_key: None,
            detail: Cow::Borrowed(""),
            source: None,
        }))
    }

    /// The error for a request that the client refuses to send.
    pub(crate) fn refused(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::InvalidRequest).with_detail(detail)
    }

    /// The error for a response with a status.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        let mut error = Self::new(ErrorKind::of_status(status));
        error.0.status = Some(status);
        error
    }

    /// The error for a success whose body exceeds the limit.
    pub(crate) fn too_long(status: StatusCode, limit: usize) -> Self {
        Self::of_status(status).with_detail(format!(
            "its body is longer than {limit} bytes; raise `max_response_bytes`"
        ))
    }

    /// Sets the status of a response that did not arrive completely.
    pub(crate) fn with_status(mut self, status: StatusCode) -> Self {
        self.0.status = Some(status);
        self
    }

    pub(crate) fn with_operation(mut self, operation: Cow<'static, Operation>) -> Self {
        self.0.operation = Some(operation);
        self
    }

    /// Sets the path of the base URL, which precedes that of the operation.
    pub(crate) fn with_path_prefix(mut self, path_prefix: &str) -> Self {
        path_prefix.clone_into(&mut self.0.path_prefix);
        self
    }

    pub(crate) fn with_attempts(mut self, attempts: u32) -> Self {
        self.0.attempts = attempts;
        self
    }

    /// Sets whether an attempt before the last may have taken effect.
    pub(crate) fn with_earlier_uncertain(mut self, is_uncertain: bool) -> Self {
        self.0.earlier_uncertain = is_uncertain;
        self
    }

    pub(crate) fn with_idempotency_key(mut self, key: Option<HeaderValue>) -> Self {
        self.0.idempotency_key = key;
        self
    }

    pub(crate) fn with_detail(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.0.detail = detail.into();
        self
    }

    pub(crate) fn with_server_message(mut self, message: impl Into<ServerMessage>) -> Self {
        self.0.server_message = Some(Box::new(message.into()));
        self
    }

    pub(crate) fn with_headers(mut self, headers: HeaderMap) -> Self {
        self.0.headers = headers;
        self
    }

    pub(crate) fn with_body(mut self, body: Bytes) -> Self {
        self.0.body = Some(body);
        self
    }

    /// Marks that the API reported success, although its response cannot be decoded.
    pub(crate) fn with_reported_success(mut self) -> Self {
        self.0.reported_success = true;
        self
    }

    pub(crate) fn with_retry_after(mut self, wait: Option<Duration>) -> Self {
        self.0.retry_after = wait;
        self
    }

    fn with_source(mut self, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.0.source = Some(Arc::new(source));
        self
    }

    /// The kind of the error.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The `operationId` of the call, such as `list_numbers`. None if a client could not be
    /// built, or for a [raw call](crate::Client::request) of an undocumented operation.
    pub fn operation_id(&self) -> Option<&'static str> {
        self.0.operation.as_ref()?.id
    }

    /// The status of the response, if one arrived.
    pub fn status(&self) -> Option<StatusCode> {
        self.0.status
    }

    /// The headers of the response, if one arrived. They may hold a request id for the
    /// vendor's support.
    pub fn headers(&self) -> Option<&HeaderMap> {
        self.0.status.map(|_| &self.0.headers)
    }

    /// The body of the response, if one arrived. It is cut where the connection broke or the
    /// call timed out, and at
    /// [`max_response_bytes`](crate::ClientBuilder::max_response_bytes).
    ///
    /// For [`ErrorKind::Decode`] it is the only copy of what the server sent, such as a new
    /// API key or the id of a message. It may contain secrets: extract what you need, and do
    /// not log it.
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
        self.0.body.as_ref()
    }

    /// The server's error code, such as [`ErrorCode::NumberNotFound`]. A code that this
    /// version does not know is [`ErrorCode::Unknown`].
    pub fn code(&self) -> Option<&ErrorCode> {
        self.api_error()?.code.as_ref()
    }

    /// The server's error message: the field `error`, else `message` (a list is joined),
    /// else `title` and `detail`.
    pub fn message(&self) -> Option<&str> {
        self.0.server_message.as_ref()?.message.as_deref()
    }

    /// The body of the error response, if it is a JSON object.
    pub fn api_error(&self) -> Option<&ApiError> {
        Some(&self.0.server_message.as_ref()?.api_error)
    }

    /// How long to wait before the next attempt: the server's `Retry-After`, less the time
    /// that has passed. For a call that was not sent, the rest of the pause that earlier
    /// calls caused.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The number of attempts, failed connections included. 0 if the call failed before the
    /// first.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// The `Idempotency-Key` of the call, if it had one: the caller's or a generated one.
    /// Under the same key, the server processes the call only once.
    pub fn idempotency_key(&self) -> Option<&str> {
        self.0.idempotency_key.as_ref()?.to_str().ok()
    }

    /// Whether the same call can succeed later: after 408, 429, 502, 503 and 504, timeouts,
    /// failed and broken connections, but not after an invalid certificate, a proxy that
    /// refuses the tunnel or a response that is not HTTP. Some [codes](Self::code) take
    /// precedence: `PROVIDER_NOT_CONFIGURED` is permanent, `IDEMPOTENCY_KEY_IN_USE` is
    /// transient.
    ///
    /// This does not mean that a retry is safe: see
    /// [`may_have_taken_effect`](Self::may_have_taken_effect).
    pub fn is_retryable(&self) -> bool {
        match self.advice() {
            Some(RetryAdvice::Permanent) => return false,
            Some(RetryAdvice::Transient) => return true,
            Some(RetryAdvice::OnlyThisCall) | None => {}
        }
        if self.outcome() == Some(Outcome::Permanent) {
            return false;
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

    /// Whether the server may have processed any attempt of the call, although the call
    /// failed.
    ///
    /// An attempt may have been processed if it ended in a timeout, a broken connection, a
    /// 303, a 408, a 5xx or a success that cannot be decoded, or if the server is still
    /// processing the first request under the idempotency key. It was not processed if the
    /// connection failed or the server rejected the request. Always false for operations
    /// that only read.
    ///
    /// If true, repeat the call under the same [`idempotency_key`](Self::idempotency_key) if
    /// it had one. PUT and DELETE are safe to repeat, except `remove_extra_numbers`. For all
    /// others, check the state first, for example with a `get_` or `list_` operation.
    ///
    /// ```no_run
    /// # async fn f(client: pilot_status::Client) {
    /// # use pilot_status::types::WebhookRequest;
    /// # let webhook = WebhookRequest::builder();
    /// if let Err(error) = client.create_webhook().body(webhook).send().await {
    ///     if error.may_have_taken_effect() {
    ///         println!("check list_webhooks before creating it again: {error}");
    ///     } else {
    ///         println!("not created: {error}");
    ///     }
    /// }
    /// # }
    /// ```
    pub fn may_have_taken_effect(&self) -> bool {
        self.0.operation.as_ref().is_some_and(|operation| !operation.is_read_only())
            && (self.0.earlier_uncertain || self.is_uncertain() || self.is_in_progress())
    }

    /// Whether the last attempt may have been processed.
    pub(crate) fn is_uncertain(&self) -> bool {
        self.0.attempts > 0
            && self.outcome() != Some(Outcome::NotProcessed)
            && match self.0.kind {
                ErrorKind::Timeout
                | ErrorKind::Interrupted
                | ErrorKind::Server
                | ErrorKind::Decode => true,
                // 303 points to the result of a request that was processed.
                ErrorKind::Redirect => self.0.status == Some(StatusCode::SEE_OTHER),
                _ => false,
            }
    }

    /// Whether the server is still processing an earlier attempt of this call.
    pub(crate) fn awaits_earlier_attempt(&self) -> bool {
        self.is_in_progress() && self.0.earlier_uncertain
    }

    /// Whether the server is still processing the first request under the idempotency key.
    pub(crate) fn is_in_progress(&self) -> bool {
        self.advice() == Some(RetryAdvice::Transient)
    }

    /// The document's retry advice for the code.
    pub(crate) fn advice(&self) -> Option<RetryAdvice> {
        RetryAdvice::of(self.code()?.as_str())
    }

    /// Whether and how to repeat the call, as far as that is certain.
    fn instruction(&self) -> Option<String> {
        let Inner { operation, idempotency_key, .. } = &*self.0;
        if !self.may_have_taken_effect() {
            let may_pass = self.is_uncertain() && self.is_retryable();
            return may_pass.then(|| "try again later".to_owned());
        }
        let operation = operation.as_ref()?;
        let repeat = match idempotency_key {
            Some(_) => "repeat it only under the same key",
            None if operation.safe_to_repeat => "it is safe to repeat",
            None if self.0.reported_success => "do not repeat it",
            None => "check before you repeat it",
        };
        let is_gone = matches!(self.0.status, Some(StatusCode::NOT_FOUND | StatusCode::GONE));
        Some(if self.0.reported_success {
            format!("the server reported success, so {repeat}")
        } else if self.is_uncertain() || self.is_in_progress() {
            format!("it may have taken effect; {repeat}")
        } else if is_gone && operation.method == Method::DELETE {
            "an earlier attempt may have deleted it".to_owned()
        } else {
            format!("an earlier attempt may have taken effect; {repeat}")
        })
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        match inner.operation.as_deref() {
            Some(Operation { id: Some(id), method, path, .. }) => {
                write!(f, "{id} ({method} {}{path}): ", inner.path_prefix)?;
            }
            Some(Operation { id: None, method, path, .. }) => {
                write!(f, "{method} {}{path}: ", inner.path_prefix)?;
            }
            None => {}
        }
        if let Some(status) = inner.status {
            write!(f, "{status}: ")?;
        }
        f.write_str(inner.kind.text())?;
        if !inner.detail.is_empty() {
            write!(f, ": {}", inner.detail)?;
        }
        if let Some(message) =
            inner.server_message.as_ref().filter(|message| !message.shown.is_empty())
        {
            write!(f, ": {}", message.shown)?;
        }
        if let Some(instruction) = self.instruction() {
            write!(f, "; {instruction}")?;
        }
        match inner.retry_after.filter(|wait| !wait.is_zero() && self.is_retryable()) {
            Some(wait) if wait > MAX_TIMEOUT => f.write_str(" (wait more than a year)")?,
            Some(wait) => write!(f, " (wait {} s)", wait.as_secs_f64().ceil())?,
            None => {}
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
            .field("operation", &self.operation_id())
            .field("status", &inner.status)
            .field("retry_after", &inner.retry_after)
            .field("attempts", &inner.attempts)
            .field("may_have_taken_effect", &self.may_have_taken_effect())
            .field("source", &inner.source)
            .finish_non_exhaustive()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn operation(method: &str, safe_to_repeat: bool) -> Cow<'static, Operation> {
        let method = method.parse().unwrap();
        Cow::Owned(Operation { method, safe_to_repeat, ..Operation::ODD })
    }

    fn after(attempts: u32, error: Error) -> Error {
        error.with_attempts(attempts)
    }

    #[test]
    fn an_error_warns_if_the_call_may_have_taken_effect() {
        let of = |status| Error::of_status(StatusCode::from_u16(status).unwrap());
        let possible = Some("; it may have taken effect; check before you repeat it");
        let earlier =
            Some("; an earlier attempt may have taken effect; check before you repeat it");
        let table = [
            (Error::new(ErrorKind::Timeout), possible),
            (Error::new(ErrorKind::Interrupted), possible),
            (of(408), possible),
            (of(500), possible),
            (of(502), possible),
            (of(201), possible),
            (Error::new(ErrorKind::Connect), None),
            (of(429), None),
            (of(409), None),
            (Error::new(ErrorKind::Connect).with_earlier_uncertain(true), earlier),
            (of(404).with_earlier_uncertain(true), earlier),
            (of(429).with_earlier_uncertain(true), earlier),
        ];
        for (error, warning) in table {
            let error = after(2, error);
            let writing = error.clone().with_operation(operation("POST", false));
            assert_eq!(writing.may_have_taken_effect(), warning.is_some(), "{writing}");
            let text = writing.to_string();
            match warning {
                Some(warning) => assert!(text.contains(warning), "{text}"),
                None => assert!(!text.contains("effect"), "{text}"),
            }
            let reading = error.clone().with_operation(operation("GET", true));
            assert!(!reading.may_have_taken_effect(), "{reading}");
            assert!(!reading.to_string().contains("repeat"), "{reading}");
            let again = error.with_operation(operation("PUT", true)).to_string();
            assert_eq!(again.contains("it is safe to repeat"), warning.is_some(), "{again}");
        }
    }

    #[test]
    fn an_error_before_the_first_attempt_has_no_effect() {
        for kind in [ErrorKind::Timeout, ErrorKind::RateLimited, ErrorKind::InvalidRequest] {
            let error = Error::new(kind).with_operation(operation("POST", false));
            assert!(!error.may_have_taken_effect(), "{error}");
        }
    }

    #[test]
    fn the_error_for_a_reported_success_advises_against_a_repeat() {
        let error = after(1, Error::of_status(StatusCode::OK).with_reported_success());
        let writing = error.clone().with_operation(operation("POST", false));
        assert!(writing.may_have_taken_effect());
        assert!(
            writing.to_string().ends_with("the server reported success, so do not repeat it"),
            "{writing}"
        );
        let reading = error.with_operation(operation("GET", true));
        assert!(!reading.to_string().contains("repeat"), "{reading}");
    }

    #[test]
    fn a_deletion_that_finds_nothing_after_a_timeout_may_have_deleted_it() {
        let error = Error::of_status(StatusCode::NOT_FOUND).with_earlier_uncertain(true);
        let error = after(2, error).with_operation(operation("DELETE", true));
        assert!(error.to_string().contains("; an earlier attempt may have deleted it"), "{error}");
        assert!(error.may_have_taken_effect());
    }
}
