//! The environment variables of this crate.

use std::ffi::OsString;

use crate::text::quotes::is_blank;

/// The value of a variable. A blank one is unset: templates of `.env` files name variables
/// that their user leaves empty.
pub(crate) fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(is_set)
}

/// Whether a value is more than white space, or quotes around nothing.
pub(crate) fn is_set(value: &OsString) -> bool {
    !value.to_str().is_some_and(is_blank)
}
