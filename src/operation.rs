//! What the document says of each operation, beyond its types.

/// An operation, as far as credentials and retries depend on it.
#[derive(Debug)]
pub(crate) struct Operation {
    /// Its `operationId`.
    pub(crate) id: &'static str,
    /// Its method, in capitals.
    pub(crate) method: &'static str,
    /// Its path template.
    pub(crate) path: &'static str,
    /// The headers of which any one carries a credential that it accepts.
    pub(crate) credential_headers: &'static [&'static str],
    /// Whether it may be called without a credential.
    pub(crate) anonymous: bool,
    /// Whether repeating it changes nothing more (RFC 9110, section 9.2.2).
    pub(crate) safe_to_repeat: bool,
    /// Whether it takes an `Idempotency-Key`, which then always goes out.
    pub(crate) takes_idempotency_key: bool,
    pub(crate) response: ResponseBody,
}

/// The body of a success.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ResponseBody {
    /// The fields of its object. Empty where it is none, or may have any.
    pub(crate) fields: &'static [&'static str],
    /// Whether the model requires a field, without which no object is decoded.
    pub(crate) requires_fields: bool,
    /// Whether it is a union: the model keeps alternatives that it does not know.
    pub(crate) is_union: bool,
    /// Whether it holds a whole file.
    pub(crate) is_file: bool,
}

use crate::retry::Advice;

include!(concat!(env!("OUT_DIR"), "/document.rs"));

impl Operation {
    /// Whether a request changes nothing on the server (RFC 9110, section 9.2.1).
    pub(crate) fn is_read_only(&self) -> bool {
        matches!(self.method, "GET" | "HEAD" | "OPTIONS" | "TRACE")
    }

    /// The operation with an `operationId`.
    pub(crate) fn find(id: &str) -> Option<&'static Self> {
        OPERATIONS.iter().find(|operation| operation.id == id)
    }
}

#[cfg(test)]
impl Operation {
    /// An operation of no document, for tests to vary.
    pub(crate) const ODD: Self = Self {
        id: "x",
        method: "GET",
        path: "/x",
        credential_headers: &[],
        anonymous: true,
        safe_to_repeat: true,
        takes_idempotency_key: false,
        response: ResponseBody {
            fields: &[],
            requires_fields: false,
            is_union: false,
            is_file: false,
        },
    };
}
