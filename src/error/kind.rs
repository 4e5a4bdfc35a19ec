//! What can go wrong, and what to do about it.

use http::StatusCode;

/// The kinds of [`Error`](super::Error).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The credentials are missing, cannot be sent, or are not of the kind that
    /// the operation takes. Nothing was sent.
    Credentials,
    /// A setting of the client is wrong. Nothing was sent.
    Configuration,
    /// The request could not be built from what it was given. Nothing was sent.
    InvalidRequest,
    /// No connection came about. Nothing was sent.
    Connect,
    /// The time for an attempt or for the whole call ran out, or the server
    /// answered 408: it ran out there.
    Timeout,
    /// The connection broke before the answer was complete.
    Interrupted,
    /// The server answered 401: the key is missing, wrong or revoked.
    Unauthorized,
    /// The server answered 402: the account has to pay first.
    PaymentRequired,
    /// The server answered 403: the key may not do this.
    Forbidden,
    /// The server answered 404.
    NotFound,
    /// The server answered 409: the state of the resource does not allow it.
    Conflict,
    /// The server answered 429, and the retry policy allows no further attempt;
    /// or it did so to an earlier call, and this one was not sent, since it
    /// would have waited for longer than it may.
    RateLimited,
    /// The server answered with another 4xx status.
    Client,
    /// The server answered with a 5xx status.
    Server,
    /// The server answered with a 3xx status. Redirects are not followed.
    Redirect,
    /// The server answered with success, but with a body that is too long or
    /// not what the document describes.
    Decode,
}

impl ErrorKind {
    /// The kind for an answer that is not a success.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        match status.as_u16() {
            401 => Self::Unauthorized,
            402 => Self::PaymentRequired,
            403 => Self::Forbidden,
            404 => Self::NotFound,
            408 => Self::Timeout,
            409 => Self::Conflict,
            429 => Self::RateLimited,
            300..=399 => Self::Redirect,
            400..=499 => Self::Client,
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
            Self::Connect => {
                "no connection to the server; check the network, the proxy and the base URL"
            }
            Self::Timeout => "no complete answer came from the server in time",
            Self::Interrupted => {
                "the connection to the server broke before the answer was complete"
            }
            Self::Unauthorized => "the API key is missing, wrong or revoked; check the credentials",
            Self::PaymentRequired => {
                "the account has to pay first; check its subscription and charges"
            }
            Self::Forbidden => {
                "the API key may not do this; use one with the scope that the operation needs"
            }
            Self::NotFound => "there is no such resource for this API key; check the id",
            Self::Conflict => {
                "the state of the resource does not allow it; look at it and decide anew"
            }
            Self::RateLimited => "too many requests; send fewer or wait longer",
            Self::Client => "the server refused the request; check its values",
            Self::Server => "the server failed",
            Self::Redirect => {
                "redirects are not followed, so that the key stays where it is; check the base URL"
            }
            Self::Decode => "the answer is not what the API document describes",
        }
    }
}
