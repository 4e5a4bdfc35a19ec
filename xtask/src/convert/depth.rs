//! How deep a document may nest.

use anyhow::{Result, bail};
use serde_json::Value;

use crate::pointer::Pointer;

/// What reads `openapi.json` gives up at 128; a few levels are left for them
/// to wrap it in. No walk over a document runs out of stack before that.
const LIMIT: usize = 120;

pub(super) fn check(value: &Value) -> Result<()> {
    match deeper(value, LIMIT) {
        None => Ok(()),
        Some(mut keys) => {
            keys.reverse();
            let at = keys.iter().take(8).fold(Pointer::default(), |at, key| at.join(key));
            bail!("the document nests deeper than {LIMIT} levels, below {at}: flatten it")
        }
    }
}

/// The keys that lead to a value more than `left` levels below, last one first.
fn deeper(value: &Value, left: usize) -> Option<Vec<String>> {
    let found = |key: &dyn ToString, value| {
        let mut keys = deeper(value, left.checked_sub(1)?)?;
        keys.push(key.to_string());
        Some(keys)
    };
    if left == 0 && (value.is_object() || value.is_array()) {
        return Some(Vec::new());
    }
    match value {
        Value::Object(entries) => entries.iter().find_map(|(key, value)| found(key, value)),
        Value::Array(elements) => {
            elements.iter().enumerate().find_map(|(index, value)| found(&index, value))
        }
        _ => None,
    }
}
