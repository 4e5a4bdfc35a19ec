//! Fields that the document does not describe. They may hold secrets, so of them only
//! the names are printed.

use std::fmt;

use serde_json::{Map, Value};

/// Prints the names of some fields.
pub(crate) struct Names<'a>(pub(crate) &'a Map<String, Value>);

impl fmt::Debug for Names<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
