//! Lists the lines of macro calls that `build/` emits.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::Macro;

use super::text::{is_of_name, split, text};

/// The lines of a call: one for its arguments, and one for each entry of a list in braces. String
/// arguments are documentation and left out.
pub fn lines(module: &str, call: &Macro) -> Vec<String> {
    let (lists, passed): (TokenStream, TokenStream) =
        call.tokens.clone().into_iter().partition(is_list);
    let words = split(passed, ',').into_iter().map(text).filter(|word| !word.starts_with('"'));
    let words: Vec<String> = words.collect();
    let Some((of, passed)) = words.split_first() else { return Vec::new() };
    let macro_name = text(&call.path);
    if macro_name == "debug" {
        return vec![format!("{module}{of} impl Debug")];
    }
    let head = format!("{module}{of} {macro_name}! {}", passed.join(", "));
    let head = head.trim_end();
    let entries = lists.into_iter().flat_map(entries).map(|entry| format!("{head} {{ {entry} }}"));
    [head.to_owned()].into_iter().chain(entries).collect()
}

fn is_list(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
}

/// The entries of a list, without their documentation. Bare names are left out.
fn entries(list: TokenTree) -> Vec<String> {
    let TokenTree::Group(list) = list else { return Vec::new() };
    let is_long = |token: TokenTree| matches!(token, TokenTree::Punct(one) if one.as_char() == ';');
    let mark = if list.stream().into_iter().any(is_long) { ';' } else { ',' };
    let entries = split(list.stream(), mark).into_iter().map(text);
    let entries = entries.filter(|one| !one.chars().all(is_of_name));
    entries.map(|one| one.split(": \"").next().unwrap_or_default().to_owned()).collect()
}
