//! A name on the wire whose name in Rust is taken: a marker and a number follow
//! it until the code is generated.

use std::collections::BTreeSet;

use proc_macro2::TokenTree;
use serde_json::Value;
use syn::visit_mut::VisitMut;
use syn::{File, LitStr, MetaList};

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
    Unmark.visit_file_mut(code);
}

struct Unmark;

impl VisitMut for Unmark {
    fn visit_lit_str_mut(&mut self, literal: &mut LitStr) {
        *literal = unmarked(literal);
    }

    /// What an attribute takes is no syntax yet, such as `rename = "a"`.
    fn visit_meta_list_mut(&mut self, list: &mut MetaList) {
        list.tokens = std::mem::take(&mut list.tokens).into_iter().map(unmarked_token).collect();
    }
}

fn unmarked_token(token: TokenTree) -> TokenTree {
    match (syn::parse2::<LitStr>(token.clone().into()), token) {
        (Ok(literal), _) => TokenTree::Literal(unmarked(&literal).token()),
        (Err(_), token) => token,
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
