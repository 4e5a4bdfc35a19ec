//! The environment variables of this crate.

use std::ffi::OsString;

use crate::text::quotes::is_blank;

/// The value of a variable. A blank value counts as unset, since `.env` templates list variables
/// that users leave empty.
pub(crate) fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(is_set)
}

/// Whether a value contains more than white space and quotation marks.
pub(crate) fn is_set(value: &OsString) -> bool {
    !value.to_str().is_some_and(is_blank)
}
