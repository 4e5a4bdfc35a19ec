//! Code as a short text: paths without their modules.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// The text of some code. Of a path it has the last name, and `builder::` before it if the
/// path has, since a model and its builder have one name.
pub fn text(code: TokenStream) -> String {
    let mut words = Vec::new();
    flatten(code, &mut words);
    let mut kept: Vec<String> = Vec::new();
    for word in words {
        let last = kept.last().map_or("", String::as_str);
        match word.as_str() {
            "::" if last == "builder" => kept.push(word),
            "::" if ["impl", "dyn", "mut", "as", "for"].contains(&last) => {}
            "::" => drop(kept.pop_if(|module| is_name(module))),
            // A line that is broken ends with a comma.
            ">" | ")" if last == "," => drop(kept.splice(kept.len() - 1.., [word])),
            _ => kept.push(word),
        }
    }
    join(&kept)
}

/// The parts of some code between a mark that is not in brackets.
pub fn split(code: TokenStream, mark: char) -> Vec<TokenStream> {
    let tokens: Vec<TokenTree> = code.into_iter().collect();
    let is_mark =
        |token: &TokenTree| matches!(token, TokenTree::Punct(one) if one.as_char() == mark);
    let parts = tokens.split(is_mark).filter(|part| !part.is_empty());
    parts.map(|part| part.iter().cloned().collect()).collect()
}

/// The words of some code. Lifetimes are one word, and so are `->` and `::`.
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
                    Some(last)
                        if last == "'" || ["->", "::"].contains(&&*format!("{last}{word}")) =>
                    {
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
