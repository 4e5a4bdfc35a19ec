//! A field name that serde_json reserves. serde_json parses the text in a field of that name as JSON
//! if it decodes an object into a [`Value`](serde_json::Value), and counts the levels of that JSON
//! from zero. Texts nested in texts would exhaust the stack.

use memchr::{memchr, memchr2_iter};

const NAME: &str = "$serde_json::private::RawValue";

pub(super) const PROBLEM: &str = "it has a field name that serde_json reserves";

/// Whether an object in a JSON text has a field of that name.
pub(super) fn appears_in(text: &[u8]) -> bool {
    // The first character may be escaped. Few names begin with either.
    let mut places = memchr2_iter(b'$', b'\\', text);
    places.any(|place| text[..place].ends_with(b"\"") && begins_with_name(&text[place..]))
}

/// Whether the part up to the next quotation mark is the name of a field. The name contains no
/// quotation mark.
fn begins_with_name(text: &[u8]) -> bool {
    let Some((name, rest)) = memchr(b'"', text).map(|end| text.split_at(end)) else { return false };
    rest[1..].trim_ascii_start().starts_with(b":")
        && serde_json::from_slice::<String>(&[b"\"", name, b"\""].concat())
            .is_ok_and(|name| name == NAME)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::decode::{decode, surrogates};

    #[test]
    fn a_text_nested_in_texts_does_not_exhaust_the_stack() {
        let mut body = "1".to_owned();
        for _ in 0..100 {
            let escaped = body.replace('\\', "\\u005c").replace('"', "\\u0022");
            let (open, close) = ("[".repeat(120), "]".repeat(120));
            body = format!("{open}{{\"{NAME}\": \"{escaped}\"}}{close}");
        }
        assert_eq!(decode::<Value>(body.as_bytes()), Err(PROBLEM.to_owned()));
        surrogates::from_slice::<Value>(body.as_bytes()).unwrap_err();
    }

    #[test]
    fn the_name_is_found_only_as_a_name() {
        let escaped: Vec<_> = NAME.bytes().map(|byte| format!("\\u{byte:04x}")).collect();
        let escaped = escaped.concat();
        let text = format!("{{\"{NAME}\": \"1\"}}");
        for (text, is_found) in [
            (text.clone(), true),
            (format!("{{\"a\":[{{\"{escaped}\"\n:\"1\"}}]}}"), true),
            (json!({"text": text}).to_string(), false),
            (json!({"text": NAME, "other": [NAME]}).to_string(), false),
            (json!({"$price": 1, "\\": 2}).to_string(), false),
            ("{\"$".to_owned(), false),
        ] {
            assert_eq!(appears_in(text.as_bytes()), is_found, "{text}");
        }
    }
}
