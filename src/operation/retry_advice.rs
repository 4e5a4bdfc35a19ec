//! The document's advice on retries by error code: the extension `x-retry`.

use super::RETRY_ADVICE;

/// Whether a call that failed with a code can be retried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RetryAdvice {
    /// `never`: a retry would fail too.
    Permanent,
    /// `alone`: the failure concerns the resource of this call only, so other calls do not
    /// wait.
    OnlyThisCall,
    /// `later`: the failure is transient, whatever its status.
    Transient,
}

impl RetryAdvice {
    /// The advice for a code, if the document has any.
    pub(crate) fn of(code: &str) -> Option<Self> {
        RETRY_ADVICE.iter().find(|(known, _)| *known == code).map(|(_, advice)| *advice)
    }
}
