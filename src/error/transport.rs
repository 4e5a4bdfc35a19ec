//! Transport failures: whether the server processed the request, and the error texts.

use std::error::Error as StdError;
use std::io;
use std::iter::successors;

use reqwest::Url;

use super::{Error, ErrorKind};
use crate::text::one_line;

/// An error prints at most this many characters of a cause.
const MAX_CAUSE_CHARS: usize = 200;

/// Whether the server processed the request of an attempt without a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The server did not process it: a retry is safe for every method.
    NotProcessed,
    /// This process has no file descriptor left for a connection: nothing was sent, and
    /// retries only add to the shortage.
    OutOfDescriptors,
    /// A retry would fail in the same way.
    Permanent,
}

impl Outcome {
    /// None if the server may have processed the request.
    fn of(error: &reqwest::Error) -> Option<Self> {
        if error.is_connect() {
            return Some(if causes(error).any(is_out_of_descriptors) {
                Self::OutOfDescriptors
            } else if causes(error).any(|cause| is_tls_failure(cause) || is_refused_tunnel(cause)) {
                Self::Permanent
            } else {
                Self::NotProcessed
            });
        }
        // Once the head of the response arrives, the server has begun to process the request.
        causes(error).filter(|_| error.is_request()).find_map(|cause| {
            match cause.downcast_ref::<hyper::Error>() {
                // hyper cancels only requests that it has not begun to write.
                Some(hyper) if hyper.is_canceled() => {
                    let is_unsolicited = causes(error).any(is_unsolicited_message);
                    Some(if is_unsolicited { Self::Permanent } else { Self::NotProcessed })
                }
                Some(hyper) if hyper.is_parse() => Some(Self::Permanent),
                // The server may reject the client's certificate after the handshake.
                _ if is_tls_failure(cause) => Some(Self::Permanent),
                _ => is_refused_stream(cause).then_some(Self::NotProcessed),
            }
        })
    }
}

impl Error {
    /// The error for a call that timed out before it got a slot.
    pub(crate) fn no_slot() -> Self {
        Self::new(ErrorKind::Timeout).with_detail(
            "not sent, since `max_concurrent_requests` other requests of the client did not \
             finish in time; raise that limit, and poll calls and downloads to completion",
        )
    }

    /// The error for a reqwest client that cannot be built.
    pub(crate) fn of_builder(error: reqwest::Error) -> Self {
        const NO_CERTIFICATES: &str = "no CA certificates were found on this machine, so TLS \
            cannot trust any server; install them (on most systems the package \
            `ca-certificates`), or set SSL_CERT_FILE to a file of certificates";
        let cause = root_cause(&error);
        // rustls-platform-verifier has no type for this error.
        let converted = if cause.contains("No CA certificates were loaded") {
            Self::configuration(NO_CERTIFICATES)
        } else {
            Self::configuration(format!("the HTTP client cannot be built: {cause}"))
        };
        converted.with_source(error)
    }
}

impl From<reqwest::Error> for Error {
    fn from(error: reqwest::Error) -> Self {
        let (kind, detail) = if error.is_builder() {
            (ErrorKind::InvalidRequest, root_cause(&error))
        } else if error.is_connect() {
            (ErrorKind::Connect, connect_detail(&error))
        } else if error.is_timeout() {
            (ErrorKind::Timeout, String::new())
        } else {
            (ErrorKind::Interrupted, interruption_detail(&error))
        };
        let mut converted = Self::new(kind).with_detail(detail);
        converted.facts.outcome = Outcome::of(&error);
        // The source of a GOAWAY would print the server's debug data, and the source of a
        // refused stream adds nothing.
        if causes(&error).any(is_refused_stream) { converted } else { converted.with_source(error) }
    }
}

fn interruption_detail(error: &reqwest::Error) -> String {
    if error.is_request() && causes(error).any(is_refused_stream) {
        return "the server refused the HTTP/2 stream before it processed the request".to_owned();
    }
    if causes(error).any(is_go_away) {
        return "the server closed the HTTP/2 connection".to_owned();
    }
    let is_unreadable =
        causes(error).any(|cause| cause.downcast_ref().is_some_and(hyper::Error::is_parse));
    let prefix = if is_unreadable { "the head of the response is not valid HTTP: " } else { "" };
    format!("{prefix}{}", root_cause(error))
}

/// Whether the server or the tunnel through a proxy failed, the address of the server, and the
/// cause.
fn connect_detail(error: &reqwest::Error) -> String {
    let host = error.url().and_then(Url::host_str).unwrap_or_default();
    let port = error.url().and_then(Url::port_or_known_default).unwrap_or_default();
    let cause = root_cause(error);
    // The type of the error is private.
    if causes(error).any(|cause| cause.to_string().starts_with("tunnel error: ")) {
        return format!(
            "the proxy failed to reach {host}:{port}: {cause}; check the proxy settings"
        );
    }
    let advice = if causes(error).any(is_out_of_descriptors) {
        "raise the limit of open files or lower `max_concurrent_requests`"
    } else {
        "check the network and the base URL"
    };
    format!("the server {host}:{port} was not reached: {cause}; {advice}")
}

/// The causes of an error, from the outermost to the first.
fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn StdError + 'static)> {
    successors(error.source(), |&cause| match cause.downcast_ref::<io::Error>() {
        // `source` skips the error that an I/O error wraps.
        Some(error) => error.get_ref().map(|wrapped| wrapped as _),
        None => cause.source(),
    })
}

/// The first cause, on one line: the text of the system or of the TLS library.
fn root_cause(error: &reqwest::Error) -> String {
    let cause = causes(error).last().map(ToString::to_string).unwrap_or_default();
    one_line(&cause, MAX_CAUSE_CHARS)
}

/// Whether the process or the system has no file descriptor left.
fn is_out_of_descriptors(cause: &(dyn StdError + 'static)) -> bool {
    // ENFILE and EMFILE, which are the same on all Unix systems, and WSAEMFILE on Windows.
    let code = cause.downcast_ref().and_then(io::Error::raw_os_error);
    matches!(code, Some(23 | 24 | 10024))
}

/// Whether TLS failed: an invalid certificate, an alert, or a server that does not speak TLS.
/// rustls reports all of them as invalid data. The types of OpenSSL are not accessible, so
/// its text decides; "unexpected eof" means a broken connection.
fn is_tls_failure(cause: &(dyn StdError + 'static)) -> bool {
    if let Some(error) = cause.downcast_ref::<io::Error>() {
        return error.kind() == io::ErrorKind::InvalidData;
    }
    let text = cause.to_string();
    text.starts_with("error:")
        && text.contains(":SSL routines:")
        && !text.contains("unexpected eof")
}

/// Whether the proxy sent a response other than success.
fn is_refused_tunnel(cause: &(dyn StdError + 'static)) -> bool {
    const REFUSALS: [&str; 3] =
        ["unsuccessful", "proxy authorization required", "proxy response headers too long"];
    let text = cause.to_string();
    text.strip_prefix("tunnel error: ").is_some_and(|failure| REFUSALS.contains(&failure))
}

/// Whether a server sends data before the request, which means another protocol. hyper has
/// no predicate for it.
fn is_unsolicited_message(cause: &(dyn StdError + 'static)) -> bool {
    cause.to_string() == "received unexpected message from connection"
}

/// Whether an HTTP/2 server reports that it did not process the request (RFC 9113, section
/// 8.7). The types of h2 are not accessible without a dependency on it.
fn is_refused_stream(cause: &(dyn StdError + 'static)) -> bool {
    is_go_away(cause) || cause.to_string().starts_with("stream error received: refused stream")
}

/// Whether an HTTP/2 server sent GOAWAY. h2 reports it for the streams that the server did
/// not process; the others end with an I/O error.
fn is_go_away(cause: &(dyn StdError + 'static)) -> bool {
    cause.to_string().starts_with("connection error received: ")
}
