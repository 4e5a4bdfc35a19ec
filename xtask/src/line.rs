//! Makes foreign text safe to show on one line of an error.

/// The text on one line, without control characters, and truncated if it is long.
pub fn one_line(text: &str) -> String {
    const LONGEST: usize = 240;
    let line = whole_line(text);
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{} ...", &line[..end]),
        None => line,
    }
}

/// The text on one line, without control characters.
pub fn whole_line(text: &str) -> String {
    let words = text.split(|sign: char| sign.is_whitespace() || steers(sign));
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Whether a character controls a terminal or the direction of text.
pub fn steers(sign: char) -> bool {
    sign.is_control() || matches!(sign, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::one_line;

    #[test]
    fn foreign_text_is_one_line_without_control_characters() {
        assert_eq!(one_line(" a\r\n\tb\u{1b}[31m c\0 \u{202e}d"), "a b [31m c d");
        assert_eq!(one_line(&"\u{e9}".repeat(300)), format!("{} ...", "\u{e9}".repeat(240)));
    }
}
