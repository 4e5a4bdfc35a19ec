//! What can go wrong, and what to do about it.

use http::StatusCode;

/// The kinds of [`Error`](super::Error).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The credentials are missing, cannot be sent, or are not of the kind that the
    /// operation takes. Nothing was sent.
    Credentials,
    /// A setting of the client is wrong. Nothing was sent.
    Configuration,
    /// The request could not be built from what it was given. Nothing was sent.
    InvalidRequest,
    /// No connection could be made. The last attempt sent nothing; an earlier one may have:
    /// see [`may_have_taken_effect`](super::Error::may_have_taken_effect).
    Connect,
    /// An attempt or the whole call ran out of time, or the server sent 408: it ran out
    /// there.
    Timeout,
    /// The connection broke before the response was complete.
    Interrupted,
    /// The server sent 401: the API key is missing, wrong or revoked.
    Unauthorized,
    /// The server sent 402: the account has to pay first.
    PaymentRequired,
    /// The server sent 403: it does not permit the request, for example because of the
    /// scope of the API key or the state of the account.
    Forbidden,
    /// The server sent 404.
    NotFound,
    /// The server sent 409: the state of the resource does not allow it.
    Conflict,
    /// The server sent 429, and the retry policy allows no further attempt; or the client
    /// pauses because the server rejected earlier calls, and the pause is longer than this
    /// call may wait: then it was not sent.
    RateLimited,
    /// The server sent 400, or a 4xx status that has no kind of its own: it does not accept
    /// the request as it is.
    BadRequest,
    /// The server sent 422: it read the request, and does not accept its values.
    Unprocessable,
    /// The server sent a 5xx status, or 304, which answers no request of this client.
    Server,
    /// The server sent a 3xx status other than 304. Redirects are not followed.
    Redirect,
    /// The server sent a success status with a body that is too long or not what the
    /// document describes. [`Error::body`](super::Error::body) has it.
    Decode,
}

impl ErrorKind {
    /// The kind for a response that is not a success.
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

    /// What happened, and what to do about it where that is always the same.
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
            Self::BadRequest => "the server refused the request",
            Self::Unprocessable => "the server refused the values of the request",
            Self::Server => "the server failed",
            Self::Redirect => {
                "redirects are not followed, so that the key stays where it is; check the base URL"
            }
            Self::Decode => "the response is not what the API document describes",
        }
    }
}
