//! Writes code as short text: paths without their modules.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};
use quote::ToTokens;

/// The text of some code. A path becomes its last segment, with `builder::` if the path has it,
/// because a model and its builder have the same name.
pub fn text(code: impl ToTokens) -> String {
    let mut text = String::new();
    write(code.to_token_stream(), &mut text);
    text
}

/// Splits code at a mark, except within brackets.
pub fn split(code: TokenStream, mark: char) -> Vec<TokenStream> {
    let tokens: Vec<TokenTree> = code.into_iter().collect();
    let is_mark =
        |token: &TokenTree| matches!(token, TokenTree::Punct(one) if one.as_char() == mark);
    let parts = tokens.split(is_mark).filter(|part| !part.is_empty());
    parts.map(|part| part.iter().cloned().collect()).collect()
}

/// Writes code with the spaces that rustfmt would use.
fn write(code: TokenStream, text: &mut String) {
    let mut is_path = false;
    for token in code {
        match token {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::None => ("", ""),
                };
                text.push_str(open);
                write(group.stream(), text);
                close_with(close, text);
            }
            TokenTree::Punct(mark) => match mark.as_char() {
                ':' if std::mem::take(&mut is_path) => leave_module(text),
                ':' if mark.spacing() == Spacing::Joint => is_path = true,
                '>' if text.ends_with('-') => text.replace_range(text.len() - 1.., " -> "),
                '>' => close_with(">", text),
                mark @ ('=' | '+' | '|') => {
                    text.push_str(if text.is_empty() || text.ends_with(' ') { "" } else { " " });
                    text.extend([mark, ' ']);
                }
                mark @ (',' | ':' | ';') => text.extend([mark, ' ']),
                mark => text.push(mark),
            },
            word => {
                if text.ends_with(is_of_name) || text.ends_with(['>', ')', '"']) {
                    text.push(' ');
                }
                text.push_str(&word.to_string());
            }
        }
    }
}

/// Closes a bracket, and removes the trailing comma that a broken line has.
fn close_with(bracket: &str, text: &mut String) {
    text.truncate(text.trim_end_matches([',', ' ']).len());
    text.push_str(bracket);
}

/// Removes the name of a module from the end of the text.
fn leave_module(text: &mut String) {
    let start = text.trim_end_matches(is_of_name).len();
    match &text[start..] {
        "impl" | "dyn" | "mut" | "as" | "for" => text.push(' '),
        "" if !text.ends_with('>') => {}
        "" | "builder" => text.push_str("::"),
        _ => text.truncate(start),
    }
}

pub fn is_of_name(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

#[cfg(test)]
mod tests {
    use proc_macro2::TokenStream;

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
            ("BTreeMap<::std::string::String, [u8; 2]>", "BTreeMap<String, [u8; 2]>"),
            ("impl ::std::convert::Into<Lead,>", "impl Into<Lead>"),
            ("Type(::std::string::String) = \"a\" | \"b\"", "Type(String) = \"a\" | \"b\""),
        ] {
            assert_eq!(text(code.parse::<TokenStream>().unwrap()), expected);
        }
    }
}
