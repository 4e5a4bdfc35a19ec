//! The kinds of errors.

use std::fmt;

use http::StatusCode;

/// The kinds of [`Error`](super::Error).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The credentials are missing, malformed, or of a kind that the operation does not
    /// accept. Nothing was sent.
    Credentials,
    /// A setting of the client is invalid. Nothing was sent.
    Configuration,
    /// The request could not be built from its arguments. Nothing was sent.
    InvalidRequest,
    /// The connection failed. The last attempt sent nothing, but an earlier one may have:
    /// see [`may_have_taken_effect`](super::Error::may_have_taken_effect).
    Connect,
    /// An attempt or the whole call timed out, or the server sent 408.
    Timeout,
    /// The connection broke before the response was complete, or the response is not HTTP.
    Interrupted,
    /// The server sent 401: the API key is missing, wrong or revoked.
    Unauthorized,
    /// The server sent 402: a payment is due first.
    PaymentRequired,
    /// The server sent 403: the scope of the API key or the state of the account, for
    /// example, does not permit the request.
    Forbidden,
    /// The server sent 404.
    NotFound,
    /// The server sent 409: the request conflicts with the state of the resource.
    Conflict,
    /// The server sent 429 and the retry policy allows no further attempt. Or earlier calls
    /// were rate limited and this call cannot wait until the pause ends: in that case it was
    /// not sent.
    RateLimited,
    /// The server sent 400, or a 4xx status without a kind of its own.
    BadRequest,
    /// The server sent 422: it parsed the request but rejected its values.
    Unprocessable,
    /// The server sent a 5xx status, a status that HTTP does not define, or 304, although no
    /// request is conditional.
    Server,
    /// The server sent a 3xx status other than 304. The client does not follow redirects.
    Redirect,
    /// The server sent a success status, but its body is too long or does not match the API
    /// document. [`Error::body`](super::Error::body) returns the body.
    Decode,
}

/// Prints the name of the kind, such as `RateLimited`, for metrics and queries. A kind keeps its
/// name.
impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl ErrorKind {
    /// The kind of error for a status.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        match status.as_u16() {
            401 => Self::Unauthorized,
            402 => Self::PaymentRequired,
            403 => Self::Forbidden,
            404 => Self::NotFound,
            408 => Self::Timeout,
            409 => Self::Conflict,
            429 => Self::RateLimited,
            422 => Self::Unprocessable,
            300..=303 | 305..=399 => Self::Redirect,
            400..=499 => Self::BadRequest,
            200..=299 => Self::Decode,
            _ => Self::Server,
        }
    }

    /// What went wrong, and the remedy if there is only one.
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Credentials => "unusable credentials",
            Self::Configuration => "unusable configuration",
            Self::InvalidRequest => "the request could not be built",
            Self::Connect => "no connection",
            Self::Timeout => "no complete response arrived in time",
            Self::Interrupted => "the connection broke before the response was complete",
            Self::Unauthorized => "the API key is missing, wrong or revoked; check the credentials",
            Self::PaymentRequired => "the server requires a payment first",
            Self::Forbidden => "the server does not permit this request",
            Self::NotFound => "the server found no such resource",
            Self::Conflict => "the request conflicts with the state of the resource",
            Self::RateLimited => "too many requests",
            Self::BadRequest => "the server rejected the request",
            Self::Unprocessable => "the server rejected the values of the request",
            Self::Server => "the server failed",
            Self::Redirect => {
                "redirects are not followed, so that the key stays where it is; check the base URL"
            }
            Self::Decode => "the response is not what the API document describes",
        }
    }
}
