//! Panics become errors, so that a build that fails says why.

use std::panic::{self, AssertUnwindSafe};

/// Turns a panic, which is how the generator meets much of what it does not support, into
/// its message. `who` may panic.
pub fn caught<T>(who: &str, work: impl FnOnce() -> T) -> Result<T, String> {
    panic::catch_unwind(AssertUnwindSafe(work)).map_err(|panic| {
        let message = panic
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| panic.downcast_ref::<&str>().copied())
            .unwrap_or_default();
        format!("{who} does not support this document: {}", one_line(message))
    })
}

/// The message on one line, which may quote a part of the document, cut short.
pub fn one_line(message: &str) -> String {
    const LONGEST: usize = 160;
    let line = message.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{} ...", &line[..end]),
        None => line,
    }
}
