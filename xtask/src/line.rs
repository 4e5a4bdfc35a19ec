//! Shows foreign text on one line of an error.

/// The text on one line, without what steers a terminal, cut short where it is long.
pub fn one_line(text: &str) -> String {
    const LONGEST: usize = 240;
    let line = whole_line(text);
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{} ...", &line[..end]),
        None => line,
    }
}

/// The text on one line, without what steers a terminal.
pub fn whole_line(text: &str) -> String {
    let words = text.split(|sign: char| sign.is_whitespace() || steers(sign));
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Whether a sign steers a terminal, or turns the direction of a text.
pub fn steers(sign: char) -> bool {
    sign.is_control() || matches!(sign, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::one_line;

    #[test]
    fn foreign_text_fits_one_line_and_steers_no_terminal() {
        assert_eq!(one_line(" a\r\n\tb\u{1b}[31m c\0 \u{202e}d"), "a b [31m c d");
        assert_eq!(one_line(&"\u{e9}".repeat(300)), format!("{} ...", "\u{e9}".repeat(240)));
    }
}
