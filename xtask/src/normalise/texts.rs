//! Descriptions become comments of the generated code. There, code in them would be
//! run as a test, and some characters are no part of Rust.

use serde_json::{Map, Value};

/// Makes what a part of a document says of itself safe as a comment.
pub fn quiet(part: &mut Map<String, Value>) {
    for key in ["title", "summary", "description"] {
        part.get_mut(key).into_iter().for_each(quiet_text);
    }
    let meanings = part.get_mut("x-enum-descriptions").and_then(Value::as_array_mut);
    meanings.into_iter().flatten().for_each(quiet_text);
}

fn quiet_text(value: &mut Value) {
    if let Value::String(text) = value {
        *text = quieted(text);
    }
}

/// The same text, with code that is no test.
fn quieted(text: &str) -> String {
    let text: String = text.replace("\r\n", "\n").chars().filter(|c| is_plain(*c)).collect();
    let mut fence: Option<&str> = None;
    let mut lines: Vec<String> = Vec::new();
    for line in text.split('\n') {
        let bare = line
            .trim_start_matches(|sign: char| sign.is_ascii_digit() || " \t>-*+.)".contains(sign));
        match (fence, fence_of(bare)) {
            (None, Some(mark)) => {
                let indent = &line[..line.len() - bare.len()];
                lines.push(format!("{indent}{mark}text"));
                fence = Some(mark);
            }
            (Some(open), Some(mark)) if mark.starts_with(open) && bare.trim_end() == mark => {
                lines.push(line.to_owned());
                fence = None;
            }
            (None, None) => lines.push(outdented(line)),
            (Some(_), _) => lines.push(line.to_owned()),
        }
    }
    lines.extend(fence.map(str::to_owned));
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
