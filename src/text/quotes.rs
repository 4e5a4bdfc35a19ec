//! Quotation marks around the values of settings, as `.env` files have them.

use super::is_invisible;

/// Whether a text begins or ends with a quotation mark, as a setting does if the program that
/// read it did not remove the marks.
pub(crate) fn is_quoted(text: &str) -> bool {
    let text = text.trim();
    text.starts_with(is_quotation_mark) || text.ends_with(is_quotation_mark)
}

/// Whether a text contains only white space, quotation marks and invisible characters, such as a
/// byte order mark.
pub(crate) fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || is_quotation_mark(c) || is_invisible(c))
}

fn is_quotation_mark(character: char) -> bool {
    matches!(
        character,
        '"' | '\'' | '`' | '«' | '»' | '´' | '\u{2018}'..='\u{201f}' | '‹' | '›' | '＂' | '＇'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotation_marks_around_a_text_are_found() {
        for text in
            ["\"a\"", "'a'", " 'a'\n", "\"a", "a\"", "“a”", "‘a’", "„a“", "«a»", "`a`", "\""]
        {
            assert!(is_quoted(text), "{text}");
        }
        for text in ["", " ", "a", "a\"b", "a'b"] {
            assert!(!is_quoted(text), "{text}");
        }
        for (text, blank) in [
            ("", true),
            (" \t\n", true),
            ("\"\"", true),
            ("' '", true),
            ("\u{feff}\0", true),
            ("'a'", false),
        ] {
            assert_eq!(is_blank(text), blank, "{text}");
        }
    }
}
