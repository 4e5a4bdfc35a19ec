//! Makes text from a server safe to print.

pub(crate) mod quotes;

use std::iter;

/// Whether a character is invisible or changes how others are shown: with a direction mark,
/// `invoice\u{202e}fdp.exe` reads as `invoiceexe.pdf`. These are the control characters, the
/// line and paragraph separators, the annotations, and `Default_Ignorable_Code_Point`.
pub(crate) fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
                | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
                | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
                | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'
        )
}

/// Whether all servers receive a header value unchanged: it consists of visible ASCII and inner
/// spaces (RFC 9110, section 5.5).
pub(crate) fn is_portable(value: &[u8]) -> bool {
    value.iter().all(|byte| matches!(byte, b' '..=b'~')) && value.trim_ascii() == value
}

/// The characters of a text that are not invisible.
fn visible(text: &str) -> impl Iterator<Item = char> + Clone {
    text.chars().filter(|character| !is_invisible(*character))
}

/// The text on one line, without invisible characters, cut after `limit` characters.
pub(crate) fn one_line(text: &str, limit: usize) -> String {
    let words = text.split_whitespace().map(visible).filter(|word| word.clone().next().is_some());
    let spaced = words.flat_map(|word| iter::once(' ').chain(word)).skip(1);
    let mut line: String = spaced.take(limit + 1).collect();
    if line.chars().count() > limit {
        line.truncate(line.char_indices().nth_back(1).map_or(0, |(end, _)| end));
        line.push('…');
    }
    line
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_line_has_no_breaks_controls_or_direction_marks() {
        for (text, line) in [
            ("", ""),
            (" \u{200b}\n ", ""),
            ("a\r\n\tb", "a b"),
            ("a\u{1b}[31mb\u{0}", "a[31mb"),
            ("exe.\u{202e}gpj\u{2066}\u{200f}", "exe.gpj"),
            ("a\u{2028}b\u{85}c", "a b c"),
            ("São Paulo 🙂", "São Paulo 🙂"),
        ] {
            assert_eq!(one_line(text, 300), line, "{text:?}");
        }
    }

    #[test]
    fn a_long_text_is_cut() {
        assert_eq!(one_line("abc def", 7), "abc def");
        assert_eq!(one_line("abc def", 6), "abc d…");
        assert_eq!(one_line(&"é".repeat(1000), 300).chars().count(), 300);
    }

    proptest! {
        #[test]
        fn any_text_fits_on_a_line(text in any::<String>(), limit in 1..40_usize) {
            let line = one_line(&text, limit);
            prop_assert!(line.chars().count() <= limit);
            prop_assert!(!line.chars().any(is_invisible), "{line:?}");
        }
    }
}
