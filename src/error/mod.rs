//! The error type of this crate.

mod details;
mod display;
mod facts;
mod generated;
mod kind;
mod retry;
mod server_message;
mod transport;

use std::borrow::Cow;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode};

pub use self::kind::ErrorKind;
pub(crate) use self::server_message::ServerMessage;
pub(crate) use self::transport::Outcome;
use crate::operation::Operation;

/// An error from building a client or making a call.
///
/// `Display` and `Debug` contain no API key, no idempotency key, no token in a path and no body,
/// so an error is safe to log. Of the body, they show only the server's message and code, on one
/// line, cut to 300 characters, and only if these repeat no key or token. A key or token of fewer
/// than 8 characters is not recognized. Use [`api_error`](Self::api_error),
/// [`headers`](Self::headers) and [`body`](Self::body) for the full response.
///
/// ```
/// use pilot_status::{Credentials, ErrorKind};
///
/// let error = pilot_status::Client::builder(Credentials::api_key("")).build().unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Credentials);
/// assert_eq!(error.to_string(), "unusable credentials: the API key is blank; set it to the value as issued");
/// ```
#[derive(Clone)]
pub struct Error {
    kind: ErrorKind,
    facts: Box<Facts>,
}

#[derive(Clone, Default)]
struct Facts {
    call: Option<Call>,
    status: Option<StatusCode>,
    headers: HeaderMap,
    body: Option<Bytes>,
    server_message: Option<Box<ServerMessage>>,
    retry_after: Option<Duration>,
    /// Whether the API reported success, in a response that cannot be decoded.
    reported_success: bool,
    /// The known outcome of an attempt without a response.
    outcome: Option<Outcome>,
    detail: Cow<'static, str>,
    source: Option<Arc<reqwest::Error>>,
}

/// The call that an error or a response belongs to.
#[derive(Clone)]
pub(crate) struct Call {
    info: Arc<CallInfo>,
    pub(crate) attempts: u32,
    /// Whether an attempt before the last may have taken effect.
    pub(crate) earlier_uncertain: bool,
}

/// What all attempts of a call have in common.
pub(crate) struct CallInfo {
    pub(crate) operation: Cow<'static, Operation>,
    /// The path of the base URL.
    pub(crate) path_prefix: String,
    pub(crate) idempotency_key: Option<HeaderValue>,
    /// The values in the path of an operation without a credential, which authenticate the call.
    pub(crate) tokens: Vec<String>,
}

impl Call {
    pub(crate) fn new(info: CallInfo) -> Self {
        Self { info: Arc::new(info), attempts: 0, earlier_uncertain: false }
    }

    /// A call whose request holds neither a key nor a token, or is not prepared.
    pub(crate) fn bare(operation: Cow<'static, Operation>, path_prefix: &str) -> Self {
        let path_prefix = path_prefix.to_owned();
        Self::new(CallInfo { operation, path_prefix, idempotency_key: None, tokens: Vec::new() })
    }
}

impl Deref for Call {
    type Target = CallInfo;

    fn deref(&self) -> &CallInfo {
        &self.info
    }
}

impl Error {
    pub(crate) fn new(kind: ErrorKind) -> Self {
        Self { kind, facts: Box::default() }
    }

    /// The error for a request that the client refuses to send.
    pub(crate) fn refused(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::InvalidRequest).with_detail(detail)
    }

    /// The error for an invalid setting.
    pub(crate) fn configuration(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::Configuration).with_detail(detail)
    }

    /// The error for a response with a status.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        Self::new(ErrorKind::of_status(status)).with_response(status, HeaderMap::new(), None)
    }

    /// The error for a success whose body exceeds the limit.
    pub(crate) fn too_long(status: StatusCode, limit: usize) -> Self {
        Self::of_status(status).with_detail(format!(
            "its body is longer than {limit} bytes; raise `max_response_bytes`"
        ))
    }

    pub(crate) fn with_call(mut self, call: Call) -> Self {
        self.facts.call = Some(call);
        self
    }

    pub(crate) fn with_detail(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.facts.detail = detail.into();
        self
    }

    pub(crate) fn add_detail(&mut self, detail: &'static str) {
        self.facts.detail = match &*self.facts.detail {
            "" => detail.into(),
            other => format!("{other}; {detail}").into(),
        };
    }

    pub(crate) fn with_server_message(mut self, message: impl Into<ServerMessage>) -> Self {
        self.facts.server_message = Some(Box::new(message.into()));
        self
    }

    /// Sets the response, whose body may be incomplete or unread.
    pub(crate) fn with_response(
        mut self,
        status: StatusCode,
        headers: HeaderMap,
        body: Option<Bytes>,
    ) -> Self {
        (self.facts.status, self.facts.headers, self.facts.body) = (Some(status), headers, body);
        self
    }

    /// Marks that the API reported success, although its response cannot be decoded.
    pub(crate) fn with_reported_success(mut self) -> Self {
        self.facts.reported_success = true;
        self
    }

    pub(crate) fn with_retry_after(mut self, wait: Option<Duration>) -> Self {
        self.facts.retry_after = wait;
        self
    }

    /// Leaves out the URL, whose query may be confidential.
    fn with_source(mut self, source: reqwest::Error) -> Self {
        self.facts.source = Some(Arc::new(source.without_url()));
        self
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.facts.source.as_deref().map(|source| source as _)
    }
}
