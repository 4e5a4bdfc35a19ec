//! What the document says about retries of an error code: the extension `x-retry` of the
//! schema of codes.

use super::RETRY_ADVICE;

/// What a code says beyond the status of its response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RetryAdvice {
    /// `never`: a retry fails too.
    Permanent,
    /// `alone`: the failure concerns the resource of this call, so other calls go on. It
    /// ends when the server says.
    OnlyThisCall,
    /// `later`: the failure is transient, though its status does not say so.
    Transient,
}

impl RetryAdvice {
    /// The advice for a code, if the document has one.
    pub(crate) fn of(code: &str) -> Option<Self> {
        RETRY_ADVICE.iter().find(|(known, _)| *known == code).map(|(_, advice)| *advice)
    }
}
