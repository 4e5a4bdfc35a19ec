//! What the document says of repeating a call, by the code of its error: the
//! extension `x-retry` of the schema of codes.

use crate::operation::ADVICE;

/// What a code says beyond its status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Advice {
    /// The failure does not pass by itself.
    Never,
    /// The failure concerns what the call names, and no other call: nobody else
    /// has to wait for it. It passes when the server says.
    Alone,
    /// The failure passes soon, though its status does not say so.
    Later,
}

impl Advice {
    /// What the document says of a code, if anything.
    pub(crate) fn of(code: &str) -> Option<Self> {
        ADVICE.iter().find(|(known, _)| *known == code).map(|(_, advice)| *advice)
    }
}
