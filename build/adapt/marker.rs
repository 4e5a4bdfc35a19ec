//! A name on the wire whose name in Rust is taken: a marker and a number follow
//! it until the code is generated.

use std::collections::BTreeSet;
use std::mem;

use proc_macro2::{Group, TokenStream, TokenTree};
use serde_json::Value;
use syn::{File, LitStr};

use super::super::rewrite::{self, Rewrite};

/// Separates records; no name has a use for it.
const MARKER: char = '\u{1e}';

/// Refuses a document that holds the marker.
pub fn refuse(document: &Value) -> Result<(), String> {
    if document.to_string().contains("\\u001e") {
        return Err("it holds the control character U+001E; take it out".to_owned());
    }
    Ok(())
}

/// Makes the Rust name of a name differ from all that are taken.
pub fn distinct(
    name: &str,
    taken: &mut BTreeSet<String>,
    ident: impl Fn(&str) -> String,
) -> String {
    if taken.insert(ident(name)) {
        return name.to_owned();
    }
    let others = (2..).map(|number: u32| format!("{name}{MARKER}{number}"));
    let mut free = others.filter(|other| taken.insert(ident(other)));
    free.next().unwrap_or_default()
}

/// The name on the wire.
pub fn plain(name: &str) -> &str {
    name.split_once(MARKER).map_or(name, |(plain, _)| plain)
}

/// Takes the markers from generated code.
pub fn unmark(code: &mut File) {
    rewrite::file(code, &mut Unmark);
}

struct Unmark;

impl Rewrite for Unmark {
    fn lit_str(&mut self, literal: &mut LitStr) {
        *literal = unmarked(literal);
    }

    /// Such as `rename = "a"`.
    fn tokens(&mut self, tokens: &mut TokenStream) {
        *tokens = unmarked_tokens(mem::take(tokens));
    }
}

fn unmarked_tokens(tokens: TokenStream) -> TokenStream {
    tokens.into_iter().map(unmarked_token).collect()
}

fn unmarked_token(token: TokenTree) -> TokenTree {
    match token {
        TokenTree::Group(group) => {
            let tokens = unmarked_tokens(group.stream());
            TokenTree::Group(Group::new(group.delimiter(), tokens))
        }
        TokenTree::Literal(literal) => match syn::parse2(TokenTree::from(literal.clone()).into()) {
            Ok(text) => TokenTree::Literal(unmarked(&text).token()),
            Err(_) => TokenTree::Literal(literal),
        },
        token => token,
    }
}

fn unmarked(literal: &LitStr) -> LitStr {
    let text = literal.value();
    let mut parts = text.split(MARKER);
    let first = parts.next().unwrap_or_default().to_owned();
    let plain = parts.fold(first, |text, part| {
        text + part.trim_start_matches(|number: char| number.is_ascii_digit())
    });
    LitStr::new(&plain, literal.span())
}
