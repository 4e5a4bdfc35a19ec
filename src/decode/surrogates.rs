//! JSON with text that is not Unicode: unpaired surrogates, and bytes that are not UTF-8, as in a
//! text that was cut within a character or encoded as Latin-1.
//!
//! Programs that count text in UTF-16, as JavaScript does, can cut it between the two
//! surrogates of a character, such as an emoji. JSON then has an unpaired escape like `\ud83d`,
//! which RFC 8259, section 8.2, allows, and Rust does not.

use std::borrow::Cow;

use serde::de::{DeserializeOwned, Error as _};
use serde_json::Error;

use super::reserved;

/// Parses JSON, replaces text that is not Unicode, and skips a byte order mark. Error positions do
/// not count the mark.
pub(crate) fn from_slice<T: DeserializeOwned>(text: &[u8]) -> Result<T, Error> {
    let text = without_bom(text);
    if reserved::appears_in(text) {
        return Err(Error::custom(reserved::PROBLEM));
    }
    serde_json::from_slice(text).or_else(|error| {
        replaced(text).map_or(Err(error), |replaced| serde_json::from_slice(&replaced))
    })
}

/// The text without a byte order mark, which RFC 8259, section 8.1, allows a reader to skip.
pub(crate) fn without_bom(text: &[u8]) -> &[u8] {
    text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text)
}

/// The text with unpaired surrogates and invalid UTF-8 replaced. None if it has neither.
pub(crate) fn replaced(text: &[u8]) -> Option<Vec<u8>> {
    let mut text = String::from_utf8_lossy(text);
    let mut offset = 0;
    while offset < text.len() {
        let rest = &text.as_bytes()[offset..];
        offset += match (rest, unit(rest)) {
            (_, Some(0xD800..=0xDBFF)) if matches!(unit(&rest[6..]), Some(0xDC00..=0xDFFF)) => 12,
            (_, Some(0xD800..=0xDFFF)) => {
                // U+FFFD is the replacement character.
                text.to_mut().replace_range(offset + 2..offset + 6, "fffd");
                6
            }
            // An escaped backslash does not begin an escape.
            ([b'\\', _, ..], _) => 2,
            _ => 1,
        }
    }
    match text {
        Cow::Owned(replaced) => Some(replaced.into_bytes()),
        Cow::Borrowed(_) => None,
    }
}

/// The UTF-16 code unit that a text begins with, if that is an escape like `\ud83d`.
fn unit(text: &[u8]) -> Option<u16> {
    let digits = text.strip_prefix(b"\\u")?.get(..4)?;
    let digits = std::str::from_utf8(digits).ok().filter(|digits| !digits.starts_with('+'))?;
    u16::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    #[test]
    fn unpaired_surrogates_are_replaced() {
        for (text, read) in [
            (r#""a\ud83d""#, Some("a\u{fffd}")),
            (r#""\ud83d\ud83d\ude00\ude00""#, Some("\u{fffd}\u{1f600}\u{fffd}")),
            (r#""\uDE00b""#, Some("\u{fffd}b")),
            (r#""\ud83d\u0041""#, Some("\u{fffd}A")),
            (r#""\ud83d\n""#, Some("\u{fffd}\n")),
            // The first is a backslash, and the rest is text.
            (r#""\\ud83d""#, Some("\\ud83d")),
            (r#""\\\ud83d""#, Some("\\\u{fffd}")),
            (r#""\ud83d\u+e00""#, None),
            (r#""\ud83"#, None),
            (r#""\ud83d"#, None),
        ] {
            assert_eq!(from_slice::<String>(text.as_bytes()).ok().as_deref(), read, "{text}");
        }
    }

    #[test]
    fn bytes_that_are_not_utf_8_are_replaced() {
        for (text, read) in [
            (&b"\"n\xe3o\""[..], "n\u{fffd}o"),
            (b"\"a \xf0\x9f\"", "a \u{fffd}"),
            (b"\"\xe3\\ud83d\"", "\u{fffd}\u{fffd}"),
        ] {
            assert_eq!(from_slice::<String>(text).unwrap(), read);
        }
    }

    proptest! {
        #[test]
        fn valid_text_is_not_changed(text in any::<String>()) {
            let json = Value::from(text).to_string();
            prop_assert_eq!(replaced(json.as_bytes()), None);
        }

        #[test]
        fn any_code_units_are_read(units in prop::collection::vec(
            prop_oneof![any::<u16>(), 0xD7F0_u16..0xE010], 0..8,
        )) {
            let escapes: Vec<_> = units.iter().map(|unit| format!("\\u{unit:04x}")).collect();
            let read: String = from_slice(format!("\"{}\"", escapes.concat()).as_bytes()).unwrap();
            prop_assert_eq!(read, String::from_utf16_lossy(&units));
        }

        #[test]
        fn no_bytes_panic(text in prop::collection::vec(
            prop::sample::select(b"\\\\\\uudDeE8390+\"".to_vec()), 0..24,
        )) {
            if let Some(replaced) = replaced(&text) {
                prop_assert_eq!(replaced.len(), text.len());
                prop_assert_eq!(super::replaced(&replaced), None);
            }
        }
    }
}
