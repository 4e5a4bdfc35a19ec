//! The one error of this crate.

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
/// `Display` and `Debug` hold no API key, no idempotency key and no body: an error may go to a
/// log as it is. Of what the server sent they show its message and code, on one line, cut to
/// 300 characters and only if they repeat neither key. The whole response is there for
/// programs, in [`api_error`](Self::api_error), [`headers`](Self::headers) and
/// [`body`](Self::body).
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
    /// The prefix of the path that the base URL adds.
    path_prefix: String,
    status: Option<StatusCode>,
    headers: HeaderMap,
    body: Option<Bytes>,
    said: Option<Box<ServerMessage>>,
    retry_after: Option<Duration>,
    attempts: u32,
    /// Whether an attempt before the last may have taken effect.
    earlier_uncertain: bool,
    /// Whether the API itself reported success, in a response that cannot be decoded.
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
            said: None,
            retry_after: None,
            attempts: 0,
            earlier_uncertain: false,
            reported_success: false,
            idempotency_key: None,
            detail: Cow::Borrowed(""),
            source: None,
        }))
    }

    /// An error for a response with a status.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        let mut error = Self::new(ErrorKind::of_status(status));
        error.0.status = Some(status);
        error
    }

    /// The body of a success is longer than the client reads.
    pub(crate) fn too_long(status: StatusCode, limit: usize) -> Self {
        Self::of_status(status)
            .detail(format!("its body is longer than {limit} bytes; raise `max_response_bytes`"))
    }

    /// The status of a response that did not arrive completely.
    pub(crate) fn with_status(mut self, status: StatusCode) -> Self {
        self.0.status = Some(status);
        self
    }

    pub(crate) fn in_operation(mut self, operation: Cow<'static, Operation>) -> Self {
        self.0.operation = Some(operation);
        self
    }

    /// The path of the base URL, which goes before that of the operation.
    pub(crate) fn under(mut self, path_prefix: &str) -> Self {
        path_prefix.clone_into(&mut self.0.path_prefix);
        self
    }

    pub(crate) fn attempts_made(mut self, attempts: u32) -> Self {
        self.0.attempts = attempts;
        self
    }

    /// Says whether an attempt before the last may have taken effect.
    pub(crate) fn after_uncertain_attempt(mut self, is_uncertain: bool) -> Self {
        self.0.earlier_uncertain = is_uncertain;
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

    pub(crate) fn said(mut self, message: impl Into<ServerMessage>) -> Self {
        self.0.said = Some(Box::new(message.into()));
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

    /// Says that the API reported success, though its response cannot be decoded.
    pub(crate) fn after_success(mut self) -> Self {
        self.0.reported_success = true;
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
    /// could not be built, or for a [raw call](crate::Client::request) of an operation that
    /// the document does not describe.
    pub fn operation_id(&self) -> Option<&'static str> {
        self.0.operation.as_ref()?.id
    }

    /// The status of the response, if one arrived.
    pub fn status(&self) -> Option<StatusCode> {
        self.0.status
    }

    /// The headers of the response, if one arrived: a request id for the vendor's support,
    /// for example.
    pub fn headers(&self) -> Option<&HeaderMap> {
        self.0.status.map(|_| &self.0.headers)
    }

    /// The body of the response, if one arrived: as much of it as came before the connection
    /// broke or the time ran out, up to
    /// [`max_response_bytes`](crate::ClientBuilder::max_response_bytes).
    ///
    /// A success that cannot be decoded is an error of kind [`ErrorKind::Decode`], and its
    /// body is the only copy of what the server sent, such as a new API key or the id of a
    /// message. It may hold secrets: take out what you need, and do not log it whole.
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

    /// The server's constant for the reason, such as
    /// [`ErrorCode::NumberNotFound`]; one that this version does not know is
    /// [`ErrorCode::Unknown`].
    pub fn code(&self) -> Option<&ErrorCode> {
        self.api_error()?.code.as_ref()
    }

    /// The server's words for the reason: its `error`, else its `message` (a list is
    /// joined), else its `title` and `detail`.
    pub fn message(&self) -> Option<&str> {
        self.0.said.as_ref()?.message.as_deref()
    }

    /// The JSON object that the server sent with the error. None when it sent anything
    /// else.
    pub fn api_error(&self) -> Option<&ApiError> {
        Some(&self.0.said.as_ref()?.api_error)
    }

    /// How long to wait before the next attempt: what the server asked for, less what has
    /// passed of it. Where the call was not sent, the time that is left of the pause that
    /// earlier calls began.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The number of attempts, failed connections included. 0 when the error came before
    /// the first.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// The `Idempotency-Key` of the call, if it had one: the caller's, or the generated
    /// one. Under the same key, the call can be repeated without being done twice.
    pub fn idempotency_key(&self) -> Option<&str> {
        self.0.idempotency_key.as_ref()?.to_str().ok()
    }

    /// Whether the failure may pass, so that the same call can succeed later:
    /// 408, 429, 502, 503 and 504, timeouts, failed and broken connections, but not an
    /// invalid certificate, a proxy that refuses the tunnel or a response that is not HTTP.
    /// Some [codes](Self::code) say otherwise: a service that is not set up stays so, and the
    /// first call under an idempotency key comes to its end.
    ///
    /// It does not say that a retry is safe: see
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

    /// Whether the server may have done what the call asked for, although the call failed:
    /// any of its attempts may have been processed, not only the last.
    ///
    /// An attempt may have been processed when it ended in a timeout, a broken connection,
    /// a 303, a 408, a 5xx or a success that cannot be decoded, or when the server still works on
    /// the first request under the idempotency key. It was not when the connection failed
    /// or the server refused the request. Always false for operations that only read.
    ///
    /// When true, repeat the call under the same [`idempotency_key`](Self::idempotency_key)
    /// if it had one. PUT and DELETE can be repeated as they are, but for
    /// `remove_extra_numbers`. Otherwise look first, for example with a `get_` or `list_`
    /// operation.
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

    /// Whether the last attempt may have taken effect, if the operation has any.
    pub(crate) fn is_uncertain(&self) -> bool {
        self.0.attempts > 0
            && self.outcome() != Some(Outcome::NotProcessed)
            && match self.0.kind {
                ErrorKind::Timeout
                | ErrorKind::Interrupted
                | ErrorKind::Server
                | ErrorKind::Decode => true,
                // It leads to the result of a request that was processed.
                ErrorKind::Redirect => self.0.status == Some(StatusCode::SEE_OTHER),
                _ => false,
            }
    }

    /// Whether the server still works on an earlier attempt of the same call.
    pub(crate) fn awaits_earlier_attempt(&self) -> bool {
        self.is_in_progress() && self.0.earlier_uncertain
    }

    /// Whether the server still works on the first request under the idempotency key.
    pub(crate) fn is_in_progress(&self) -> bool {
        self.advice() == Some(RetryAdvice::Transient)
    }

    /// What the document says of repeating the call, by the code.
    pub(crate) fn advice(&self) -> Option<RetryAdvice> {
        RetryAdvice::of(self.code()?.as_str())
    }

    /// What to do about the failure, where that is certain.
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
        if let Some(said) = inner.said.as_ref().filter(|said| !said.shown.is_empty()) {
            write!(f, ": {}", said.shown)?;
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
        error.attempts_made(attempts)
    }

    #[test]
    fn a_failure_warns_of_what_it_may_have_done() {
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
            (Error::new(ErrorKind::Connect).after_uncertain_attempt(true), earlier),
            (of(404).after_uncertain_attempt(true), earlier),
            (of(429).after_uncertain_attempt(true), earlier),
        ];
        for (error, warning) in table {
            let error = after(2, error);
            let writing = error.clone().in_operation(operation("POST", false));
            assert_eq!(writing.may_have_taken_effect(), warning.is_some(), "{writing}");
            let text = writing.to_string();
            match warning {
                Some(warning) => assert!(text.contains(warning), "{text}"),
                None => assert!(!text.contains("effect"), "{text}"),
            }
            let reading = error.clone().in_operation(operation("GET", true));
            assert!(!reading.may_have_taken_effect(), "{reading}");
            assert!(!reading.to_string().contains("repeat"), "{reading}");
            let again = error.in_operation(operation("PUT", true)).to_string();
            assert_eq!(again.contains("it is safe to repeat"), warning.is_some(), "{again}");
        }
    }

    #[test]
    fn an_error_before_the_first_attempt_has_no_effect() {
        for kind in [ErrorKind::Timeout, ErrorKind::RateLimited, ErrorKind::InvalidRequest] {
            let error = Error::new(kind).in_operation(operation("POST", false));
            assert!(!error.may_have_taken_effect(), "{error}");
        }
    }

    #[test]
    fn a_reported_success_is_not_to_be_repeated() {
        let error = after(1, Error::of_status(StatusCode::OK).after_success());
        let writing = error.clone().in_operation(operation("POST", false));
        assert!(writing.may_have_taken_effect());
        assert!(
            writing.to_string().ends_with("the server reported success, so do not repeat it"),
            "{writing}"
        );
        let reading = error.in_operation(operation("GET", true));
        assert!(!reading.to_string().contains("repeat"), "{reading}");
    }

    #[test]
    fn a_deletion_that_finds_nothing_after_a_timeout_may_have_deleted_it() {
        let error = Error::of_status(StatusCode::NOT_FOUND).after_uncertain_attempt(true);
        let error = after(2, error).in_operation(operation("DELETE", true));
        assert!(error.to_string().contains("; an earlier attempt may have deleted it"), "{error}");
        assert!(error.may_have_taken_effect());
    }
}
