//! Coerces scalars of another type: `"3"` or `3.0` for an integer, a number for text.
//!
//! Coercion starts from the error of the decoder, which states the expected type, so documented
//! bodies cost nothing. It edits the text of the body and leaves the rest unchanged, such as
//! numbers that exceed every Rust type. Reads texts as bytes, since serde_json has another decoder
//! for texts, which every user would compile too.

use serde_json::Number;
use serde_json::value::RawValue;
use serde_path_to_error::Segment;

use crate::decode::{Object, json_path};

/// The JSON text with the rejected value coerced to the expected type. None if the coercion is
/// ambiguous.
///
/// Entries of a list usually share a problem, so the values of all entries are coerced at once.
pub(crate) fn repaired(text: &[u8], error: &serde_json::Error) -> Option<Vec<u8>> {
    let message = error.to_string();
    // The message begins with the value, which may contain anything.
    let (message, _) = message.rsplit_once(" at line ")?;
    let (_, expected) = message.rsplit_once(", expected ")?;
    let mut values = Vec::new();
    find(serde_json::from_slice(text).ok()?, &json_path::of(text, error), &mut values);
    let offset = |value: &str| value.as_ptr().addr() - text.as_ptr().addr();
    let mut repaired = Vec::with_capacity(text.len());
    let mut end = 0;
    for value in values {
        let Some(coerced) = coerced(value, expected).filter(|coerced| coerced != value) else {
            continue;
        };
        repaired.extend_from_slice(&text[end..offset(value)]);
        repaired.extend_from_slice(coerced.as_bytes());
        end = offset(value) + value.len();
    }
    repaired.extend_from_slice(&text[end..]);
    (end > 0).then_some(repaired)
}

/// Finds the values at a path, in all entries of the lists on the way, in the order of the text.
fn find<'t>(value: &'t RawValue, path: &[Segment], found: &mut Vec<&'t str>) {
    let text = value.get();
    match path.split_first() {
        None => found.push(text),
        Some((Segment::Seq { .. }, rest)) => {
            let entries: Vec<&RawValue> =
                serde_json::from_slice(text.as_bytes()).unwrap_or_default();
            for entry in entries {
                find(entry, rest, found);
            }
        }
        Some((segment, rest)) => {
            let fields: Object<'_> = serde_json::from_slice(text.as_bytes()).unwrap_or_default();
            if let Some(field) = fields.get(&segment.to_string()) {
                find(field, rest, found);
            }
        }
    }
}

/// Coerces a JSON value to the expected type, in serde's terms.
fn coerced(value: &str, expected: &str) -> Option<String> {
    let text: Option<String> = serde_json::from_slice(value.as_bytes()).ok();
    let spelled = text.as_deref().unwrap_or(value).trim();
    match expected {
        "a string" => {
            let is_number = value.starts_with(|first: char| first == '-' || first.is_ascii_digit());
            is_number.then(|| format!("\"{value}\""))
        }
        "a boolean" => match spelled.to_ascii_lowercase().as_str() {
            "true" | "1" => Some("true".to_owned()),
            "false" | "0" => Some("false".to_owned()),
            _ => None,
        },
        "f32" | "f64" => {
            serde_json::from_slice::<Number>(spelled.as_bytes()).ok().map(|_| spelled.to_owned())
        }
        "i8" | "i16" | "i32" | "i64" | "i128" | "isize" | "u8" | "u16" | "u32" | "u64" | "u128"
        | "usize" => integer(spelled),
        _ => None,
    }
}

/// Converts a number without a fraction to an integer.
fn integer(spelled: &str) -> Option<String> {
    /// From here on, floats skip integers.
    const END: f64 = 9_007_199_254_740_992.0;
    let number: Number = serde_json::from_slice(spelled.as_bytes()).ok()?;
    if number.is_i64() || number.is_u64() {
        return Some(number.to_string());
    }
    let float = number.as_f64().filter(|float| float.fract() == 0.0 && float.abs() < END)?;
    // Avoids -0, which is a float.
    Some(format!("{:.0}", float + 0.0))
}
