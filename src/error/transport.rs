//! Failures of the transport: what they say about the request, and how they read.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::iter::successors;
use std::net::{IpAddr, SocketAddr};

use reqwest::Url;

use super::{Error, ErrorKind};
use crate::text::one_line;

/// The most that an error prints of a cause, in characters.
const LONGEST_CAUSE: usize = 200;

/// What a failed attempt says about the request, where no response arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The server did not process it: a retry is safe for every method.
    NotProcessed,
    /// The server may have processed it.
    Unknown,
    /// This process has no file descriptor left for a connection: nothing was sent, and
    /// retries only add to the shortage.
    OutOfDescriptors,
    /// A retry ends the same way.
    Permanent,
}

impl Outcome {
    fn of(error: &reqwest::Error) -> Self {
        if error.is_connect() {
            return Self::of_connecting(error);
        }
        // After the head of the response, the server has begun to process the request.
        causes(error)
            .filter(|_| error.is_request())
            .find_map(|cause| match cause.downcast_ref::<hyper::Error>() {
                // hyper gives back a request that it has not begun to write.
                Some(hyper) if hyper.is_canceled() => {
                    let is_unasked = causes(error).any(is_unasked_message);
                    Some(if is_unasked { Self::Permanent } else { Self::NotProcessed })
                }
                Some(hyper) if hyper.is_parse() => Some(Self::Permanent),
                // The server may refuse the client's certificate after the handshake.
                _ if is_tls_failure(cause) => Some(Self::Permanent),
                _ => is_refused_stream(cause).then_some(Self::NotProcessed),
            })
            .unwrap_or(Self::Unknown)
    }

    fn of_connecting(error: &reqwest::Error) -> Self {
        if causes(error).any(is_out_of_descriptors) {
            Self::OutOfDescriptors
        } else if causes(error).any(|cause| is_tls_failure(cause) || Tunnel::is_refused(cause)) {
            Self::Permanent
        } else {
            Self::NotProcessed
        }
    }
}

/// Why the server did not process a request, where no error of reqwest says so.
#[derive(Debug)]
struct NotProcessed(&'static str);

impl fmt::Display for NotProcessed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl StdError for NotProcessed {}

const REFUSED_STREAM: NotProcessed =
    NotProcessed("the server refused the HTTP/2 stream before it processed the request");
const NO_SLOT: NotProcessed = NotProcessed(
    "not sent, since `max_concurrent_requests` other requests of the client did not end in \
     time; raise that limit, and keep polling calls and downloads until they end",
);

impl Error {
    /// What the failed attempt says about the request. None where a response arrived, or
    /// nothing was attempted.
    pub(crate) fn outcome(&self) -> Option<Outcome> {
        let source = self.0.source.as_deref()?;
        if source.is::<NotProcessed>() {
            return Some(Outcome::NotProcessed);
        }
        source.downcast_ref().map(Outcome::of)
    }

    /// The time of a call ran out before it had a slot to send its request.
    pub(crate) fn no_slot() -> Self {
        Self::new(ErrorKind::Timeout).detail(NO_SLOT.0).caused_by(NO_SLOT)
    }

    /// reqwest cannot build a client.
    pub(crate) fn of_builder(error: reqwest::Error) -> Self {
        const NO_CERTIFICATES: &str = "no CA certificates were found on this machine, so that no \
            server can be trusted; install them (on most systems the package `ca-certificates`), \
            or name a file of them in SSL_CERT_FILE";
        let cause = root_cause(&error);
        // The text of rustls-platform-verifier, which has no type for it.
        let detail = if cause.contains("No CA certificates were loaded") {
            NO_CERTIFICATES.to_owned()
        } else {
            format!("the HTTP client cannot be built: {cause}")
        };
        Self::new(ErrorKind::Configuration).detail(detail).caused_by(error.without_url())
    }
}

impl From<reqwest::Error> for Error {
    /// The URL, and with it the query, is left out.
    fn from(error: reqwest::Error) -> Self {
        let (kind, detail) = if error.is_builder() {
            (ErrorKind::InvalidRequest, String::new())
        } else if error.is_connect() {
            (ErrorKind::Connect, connect_detail(&error))
        } else if error.is_timeout() {
            (ErrorKind::Timeout, String::new())
        } else {
            return interrupted(error);
        };
        Self::new(kind).detail(detail).caused_by(error.without_url())
    }
}

fn interrupted(error: reqwest::Error) -> Error {
    let interrupted = Error::new(ErrorKind::Interrupted);
    let is_refused = causes(&error).any(is_refused_stream);
    if is_refused && Outcome::of(&error) == Outcome::NotProcessed {
        return interrupted.detail(REFUSED_STREAM.0).caused_by(REFUSED_STREAM);
    }
    if causes(&error).any(is_go_away) {
        // The cause would print what the server wrote into its GOAWAY frame.
        return interrupted.detail("the server closed the HTTP/2 connection");
    }
    let is_unreadable =
        causes(&error).any(|cause| cause.downcast_ref().is_some_and(hyper::Error::is_parse));
    let prefix = if is_unreadable { "the head of the response is not valid HTTP: " } else { "" };
    let detail = format!("{prefix}{}", root_cause(&error));
    interrupted.detail(detail).caused_by(error.without_url())
}

/// Which end failed, where it is, and why.
fn connect_detail(error: &reqwest::Error) -> String {
    let host = error.url().and_then(Url::host_str).unwrap_or_default();
    let port = error.url().and_then(Url::port_or_known_default).unwrap_or_default();
    let cause = root_cause(error);
    let address = causes(error).find_map(tcp_address);
    // In plain text, a proxy takes requests without a tunnel.
    let is_plaintext = error.url().is_some_and(|url| url.scheme() == "http");
    let is_elsewhere = address.filter(|_| is_plaintext).is_some_and(|address| {
        let is_other_host =
            host.trim_matches(['[', ']']).parse().is_ok_and(|ip: IpAddr| ip != address.ip());
        address.port() != port || is_other_host
    });
    if is_elsewhere || causes(error).any(Tunnel::is_one) {
        let proxy = address.map(|address| format!(" {address}")).unwrap_or_default();
        return format!(
            "the proxy{proxy} failed on the way to {host}:{port}: {cause}; check the proxy settings"
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
        // `source` leaves out what an I/O error wraps.
        Some(error) => error.get_ref().map(|wrapped| wrapped as _),
        None => cause.source(),
    })
}

/// What came first, on one line: the words of the system, or of TLS on a certificate,
/// which may quote names in it.
fn root_cause(error: &reqwest::Error) -> String {
    let cause = causes(error).last().map(ToString::to_string).unwrap_or_default();
    one_line(&cause, LONGEST_CAUSE)
}

/// Whether the process or the system has no file descriptor left.
fn is_out_of_descriptors(cause: &(dyn StdError + 'static)) -> bool {
    // ENFILE and EMFILE are the same on all Unix systems; WSAEMFILE.
    let codes: &[i32] = if cfg!(windows) { &[10024] } else { &[23, 24] };
    let code = cause.downcast_ref().and_then(io::Error::raw_os_error);
    code.is_some_and(|code| codes.contains(&code))
}

/// Whether the two sides do not agree on TLS: an invalid certificate, an alert, a server
/// that does not speak it. rustls reports all of them as invalid data. The types of OpenSSL
/// are out of reach, so its text decides; "unexpected eof" means a broken connection.
fn is_tls_failure(cause: &(dyn StdError + 'static)) -> bool {
    if let Some(error) = cause.downcast_ref::<io::Error>() {
        return error.kind() == io::ErrorKind::InvalidData;
    }
    let text = cause.to_string();
    text.starts_with("error:")
        && text.contains(":SSL routines:")
        && !text.contains("unexpected eof")
}

/// The errors of a tunnel through a proxy. Their type is private, their text is not.
struct Tunnel;

impl Tunnel {
    fn is_one(cause: &(dyn StdError + 'static)) -> bool {
        cause.to_string().starts_with("tunnel error: ")
    }

    /// Whether the proxy responded, and not with success.
    fn is_refused(cause: &(dyn StdError + 'static)) -> bool {
        matches!(
            cause.to_string().strip_prefix("tunnel error: "),
            Some(
                "unsuccessful" | "proxy authorization required" | "proxy response headers too long"
            )
        )
    }
}

/// Whether a server speaks before it is asked, as with another protocol. hyper has no
/// predicate for it.
fn is_unasked_message(cause: &(dyn StdError + 'static)) -> bool {
    cause.to_string() == "received unexpected message from connection"
}

/// Whether an HTTP/2 server says that it did not process the request (RFC 9113, section
/// 8.7). The types of h2 are out of reach without a dependency on it.
fn is_refused_stream(cause: &(dyn StdError + 'static)) -> bool {
    is_go_away(cause) || cause.to_string().starts_with("stream error received: refused stream")
}

/// Whether an HTTP/2 server went away. h2 reports that for the streams that the server
/// did not process; the others end with an I/O error.
fn is_go_away(cause: &(dyn StdError + 'static)) -> bool {
    cause.to_string().starts_with("connection error received: ")
}

/// The address that a TCP connection was attempted to. Only `Debug` shows it.
fn tcp_address(cause: &(dyn StdError + 'static)) -> Option<SocketAddr> {
    let shown = format!("{cause:?}");
    shown.strip_prefix("ConnectError(\"tcp connect error\", ")?.split(", ").next()?.parse().ok()
}
