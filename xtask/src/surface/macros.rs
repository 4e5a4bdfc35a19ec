//! What calls of our macros say of the surface: those that `build/` emits.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::Macro;

use super::items::Surface;
use super::text::{split, text};

/// Reads a call of a macro. One that is not known here is a line as it stands.
pub fn read(surface: &mut Surface, module: &str, call: &Macro) {
    let Some(name) = call.path.segments.last().map(|last| last.ident.to_string()) else { return };
    let Some(first) = call.tokens.clone().into_iter().next() else { return };
    let place = format!("{module}{first}");
    let arguments = split(call.tokens.clone(), ',');
    let words: Vec<String> = arguments.iter().cloned().map(text).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let said = match (name.as_str(), words.as_slice()) {
        ("open_enum", _) => return add_enum(surface, &place, "open", &arguments),
        ("open_union", [_, _, by, ..]) if by.starts_with("by ") => {
            return add_enum(surface, &place, &format!("union {by}"), &arguments);
        }
        ("open_union", _) => return add_enum(surface, &place, "union", &arguments),
        ("choice", [of, choice, ..]) => {
            let place = format!("{module}{choice}");
            return add_enum(surface, &place, &format!("choice of {of}"), &arguments);
        }
        ("events", _) => return add_enum(surface, &place, "events", &arguments),
        ("rules", _) => return add_rules(surface, &place, &arguments),
        ("debug", _) => return surface.say(&place, "Debug"),
        ("constructor", [of, taken @ ..]) => {
            format!("::new({}) -> builder::{of}", taken.join(", "))
        }
        ("from_model", [_, _, model]) => format!(" impl From<{model}>"),
        ("from_builder", [_, model]) => format!(" impl TryFrom<builder::{model}>"),
        ("from_text", _) => " impl From<String>".to_owned(),
        ("switch", _) => " of bool".to_owned(),
        ("entries", [_, entry, ..]) => {
            surface.add(format!("{place}.into_entries() -> Option<Vec<{entry}>>"));
            format!(".entries() -> Option<&[{entry}]>")
        }
        ("sender", _) => ".sender() -> Option<&str>".to_owned(),
        ("builder", _) => format!(".build() -> Result<{first}, Error>"),
        ("numbered" | "dated", [_, list, ..]) => {
            format!(".stream() -> Pages<{}>", list.rsplit(": ").next().unwrap_or(list))
        }
        _ => format!("! {name} {}", text(call.tokens.clone())),
    };
    surface.add(place + &said);
}

fn add_enum(surface: &mut Surface, place: &str, kind: &str, arguments: &[TokenStream]) {
    surface.define(place, &format!("enum {kind}"), &[]);
    for entry in groups(arguments).into_iter().flat_map(|entries| split(entries, ',')) {
        let entry = text(entry);
        let without_doc = entry.split_once(": \"").map_or(&*entry, |(entry, _)| entry);
        surface.add(format!("{place}::{without_doc}"));
    }
}

/// Fields of which some have to be set, and lists with bounds.
fn add_rules(surface: &mut Surface, place: &str, arguments: &[TokenStream]) {
    let groups = groups(arguments);
    let mut tokens = groups.first().cloned().unwrap_or_default().into_iter();
    while let (Some(rule), Some(fields)) = (tokens.next(), tokens.next()) {
        surface.add(format!("{place} rule {rule}{}", text(fields.into())));
    }
    for size in groups.get(1).cloned().into_iter().flat_map(|sizes| split(sizes, ';')) {
        surface.add(format!("{place} rule {}", text(size)));
    }
}

/// What stands in the braces of the arguments.
fn groups(arguments: &[TokenStream]) -> Vec<TokenStream> {
    let tokens = arguments.iter().cloned().flatten();
    tokens
        .filter_map(|token| match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                Some(group.stream())
            }
            _ => None,
        })
        .collect()
}
