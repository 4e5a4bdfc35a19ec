//! Descriptions become comments of the generated code. There, code in them would be
//! run as a test, and some characters are no part of Rust.

use serde_json::Value;

use super::super::open_enums::MEANINGS;

/// Makes the descriptions of a document safe as comments.
pub fn adapt(part: &mut Value) {
    match part {
        Value::Object(entries) => {
            for (key, entry) in entries.iter_mut() {
                match entry {
                    Value::String(text)
                        if matches!(key.as_str(), "description" | "summary" | "title") =>
                    {
                        *text = quiet(text);
                    }
                    Value::Object(meanings) if key == MEANINGS => {
                        for (_, meaning) in meanings {
                            if let Value::String(text) = meaning {
                                *text = quiet(text);
                            }
                        }
                    }
                    entry => adapt(entry),
                }
            }
        }
        Value::Array(elements) => elements.iter_mut().for_each(adapt),
        _ => {}
    }
}

/// The same text, with code that is no test.
fn quiet(text: &str) -> String {
    let text: String = text.replace("\r\n", "\n").chars().filter(|c| is_plain(*c)).collect();
    let mut fence: Option<&str> = None;
    let mut lines: Vec<String> = Vec::new();
    for line in text.split('\n') {
        let bare = line
            .trim_start_matches(|sign: char| sign.is_ascii_digit() || " \t>-*+.)".contains(sign));
        let mark = fence_of(bare);
        let ends =
            |open: &str, mark: &str| mark.starts_with(open) && bare.trim_end().len() == mark.len();
        match (fence, mark) {
            (None, Some(mark)) => {
                let indent = &line[..line.len() - bare.len()];
                lines.push(format!("{indent}{mark}text"));
                fence = Some(mark);
            }
            (Some(open), Some(mark)) if ends(open, mark) => {
                lines.push(line.to_owned());
                fence = None;
            }
            (None, None) => lines.push(outdented(line)),
            (Some(_), _) => lines.push(line.to_owned()),
        }
    }
    if let Some(open) = fence {
        lines.push(open.to_owned());
    }
    lines.join("\n")
}

/// The three or more signs that open or close a block of code.
fn fence_of(line: &str) -> Option<&str> {
    let sign = line.chars().next().filter(|sign| matches!(sign, '`' | '~'))?;
    let length = line.chars().take_while(|character| *character == sign).count();
    let is_fence = length >= 3 && !(sign == '`' && line[length..].contains('`'));
    is_fence.then(|| &line[..length])
}

/// Four spaces begin a block of code, which Rust takes for a test.
fn outdented(line: &str) -> String {
    const CODE: &str = "    ";
    let mut line = line.replace('\t', CODE);
    while let Some(place) = line.find(CODE) {
        line.remove(place);
    }
    line
}

/// Rust takes no lone carriage return in a comment, and none of the characters that
/// turn the direction of text.
fn is_plain(character: char) -> bool {
    !matches!(character, '\r' | '\0' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
