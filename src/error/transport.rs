//! Failures of the transport become errors.

use super::{Error, ErrorKind};

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
