//! Code as a short text: paths without their modules.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};

/// The text of some code. Of a path it has the last name, and `builder::` before it if the
/// path has, since a model and its builder have one name.
pub fn text(code: TokenStream) -> String {
    let mut words = Vec::new();
    flatten(code, &mut words);
    let mut kept: Vec<String> = Vec::new();
    let mut words = words.into_iter().peekable();
    while let Some(word) = words.next() {
        if word == ":" && words.next_if(|next| next == ":").is_some() {
            match kept.last().map(String::as_str) {
                Some("builder") => kept.push("::".to_owned()),
                Some("impl" | "dyn" | "mut" | "as" | "for") => {}
                Some(module) if is_name(module) => drop(kept.pop()),
                _ => {}
            }
        } else {
            // A line that is broken ends with a comma.
            if matches!(word.as_str(), ">" | ")") && kept.last().is_some_and(|last| last == ",") {
                kept.pop();
            }
            kept.push(word);
        }
    }
    join(&kept)
}

/// The parts of some code between a mark, which is none inside of brackets. A mark that is
/// part of another, as `:` of `::`, is none either.
pub fn split(code: TokenStream, mark: char) -> Vec<TokenStream> {
    let mut parts = vec![TokenStream::new()];
    let mut is_joint = false;
    for token in code {
        let was_joint = is_joint;
        is_joint = false;
        if let TokenTree::Punct(punct) = &token {
            is_joint = punct.spacing() == Spacing::Joint && punct.as_char() == mark;
            if punct.as_char() == mark && !is_joint && !was_joint {
                parts.push(TokenStream::new());
                continue;
            }
        }
        if let Some(part) = parts.last_mut() {
            part.extend([token]);
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}

/// The words of some code. Lifetimes are one word, and so are arrows.
fn flatten(code: TokenStream, words: &mut Vec<String>) {
    for token in code {
        match token {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::None => ("", ""),
                };
                words.push(open.to_owned());
                flatten(group.stream(), words);
                words.push(close.to_owned());
            }
            token => {
                let word = token.to_string();
                match words.last_mut() {
                    Some(last) if last == "'" || (last == "-" && word == ">") => {
                        last.push_str(&word);
                    }
                    _ => words.push(word),
                }
            }
        }
    }
}

/// Joins words as rustfmt would.
fn join(words: &[String]) -> String {
    let mut text = String::new();
    for word in words {
        let is_apart = matches!(word.as_str(), "->" | "=" | "+" | "|")
            || text.ends_with([',', '=', '+', '|'])
            || text.ends_with("->")
            || (text.ends_with(':') && !text.ends_with("::"))
            || (is_name(word) && text.ends_with(is_of_name));
        if is_apart && !text.is_empty() {
            text.push(' ');
        }
        text.push_str(word);
    }
    text
}

fn is_name(word: &str) -> bool {
    word.starts_with(is_of_name)
}

fn is_of_name(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn paths_lose_their_modules() {
        for (code, expected) in [
            ("::std::option::Option<::std::string::String>", "Option<String>"),
            ("crate::IntoOptional<types::builder::Lead>", "IntoOptional<builder::Lead>"),
            ("super::builder::Lead<'_>", "builder::Lead<'_>"),
            ("&'a super::Client", "&'a Client"),
            (
                "std::ops::FnOnce(builder::Lead) -> builder::Lead",
                "FnOnce(builder::Lead) -> builder::Lead",
            ),
            ("BTreeMap<::std::string::String, [u8; 2]>", "BTreeMap<String, [u8;2]>"),
            ("impl ::std::convert::Into<Lead,>", "impl Into<Lead>"),
            ("Type(::std::string::String) = \"a\" | \"b\"", "Type(String) = \"a\" | \"b\""),
        ] {
            assert_eq!(text(code.parse().unwrap()), expected);
        }
    }
}
