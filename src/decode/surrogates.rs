//! JSON with text that was cut within a character.
//!
//! Programs that count text in UTF-16, as JavaScript does, can cut it between the two
//! halves of a character, such as an emoji. What is left of it is written as an escape
//! like `\ud83d`, which RFC 8259, section 8.2, allows, and which is no character.

use serde::de::DeserializeOwned;
use serde_json::error::{Category, Error};

/// What stands for a character that is none, U+FFFD.
const REPLACEMENT: &[u8] = b"fffd";

/// Reads JSON, with a replacement for each half of a character, and without a byte order
/// mark before it. Errors point into the text after that mark.
pub(crate) fn from_slice<T: DeserializeOwned>(text: &[u8]) -> Result<T, Error> {
    let text = without_bom(text);
    match serde_json::from_slice(text) {
        Err(error) if error.classify() == Category::Syntax => match mended(text) {
            Some(mended) => serde_json::from_slice(&mended),
            None => Err(error),
        },
        read => read,
    }
}

/// The text without a byte order mark, which RFC 8259, section 8.1, allows a reader to skip.
pub(crate) fn without_bom(text: &[u8]) -> &[u8] {
    text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text)
}

/// The same text, of the same length, without halves of characters. None where it has
/// none.
pub(crate) fn mended(text: &[u8]) -> Option<Vec<u8>> {
    let mut mended = None;
    let mut place = 0;
    while let Some(rest) = text.get(place..).filter(|rest| !rest.is_empty()) {
        place += match (rest, unit(rest)) {
            (_, Some(0xD800..=0xDBFF)) if matches!(unit(&rest[6..]), Some(0xDC00..=0xDFFF)) => 12,
            (_, Some(0xD800..=0xDFFF)) => {
                let mended = mended.get_or_insert_with(|| text.to_vec());
                mended[place + 2..place + 6].copy_from_slice(REPLACEMENT);
                6
            }
            // Whatever is escaped, it begins no escape.
            ([b'\\', _, ..], _) => 2,
            _ => 1,
        }
    }
    mended
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
    fn halves_of_characters_are_replaced() {
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

    proptest! {
        #[test]
        fn what_is_read_without_help_stays_as_it_is(text in any::<String>()) {
            let json = Value::from(text).to_string();
            prop_assert_eq!(mended(json.as_bytes()), None);
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
            if let Some(mended) = mended(&text) {
                prop_assert_eq!(mended.len(), text.len());
                prop_assert_eq!(super::mended(&mended), None);
            }
        }
    }
}
