//! What calls of our macros say of the surface: those that `build/` emits.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;
use syn::Macro;

use super::items::Surface;
use super::text::{split, text};

/// Reads a call of a macro. One that is not known here is a line as it stands.
pub fn read(surface: &mut Surface, module: &str, call: &Macro) {
    let path: Vec<String> =
        call.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
    let name = path.iter().skip(1).cloned().collect::<Vec<_>>().join("::");
    let arguments = split(call.tokens.clone(), ',');
    let words: Vec<String> = arguments.iter().cloned().map(text).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let Some(first) = words.first() else { return };
    let place = format!("{module}{first}");
    match (name.as_str(), words.as_slice()) {
        ("open_enum::open_enum", _) => add_enum(surface, &place, "open", &arguments),
        ("open_union::open_union", [_, _, by, ..]) if by.starts_with("by ") => {
            add_enum(surface, &place, &format!("union {by}"), &arguments);
        }
        ("open_union::open_union", _) => add_enum(surface, &place, "union", &arguments),
        ("rules::choice", [of, choice, ..]) => {
            let place = format!("{module}{choice}");
            add_enum(surface, &place, &format!("choice of {of}"), &arguments);
        }
        ("webhooks::events", _) => add_enum(surface, &place, "events", &arguments),
        ("rules::rules", _) => add_rules(surface, &place, &arguments),
        ("rules::constructor", [of, taken @ ..]) => {
            surface.add(format!("{place}::new({}) -> builder::{of}", taken.join(", ")));
        }
        ("open_union::from_model", [_, _, model]) => {
            surface.add(format!("{place} impl From<{model}>"));
        }
        ("open_union::from_builder", [_, model]) => {
            surface.add(format!("{place} impl TryFrom<builder::{model}>"));
        }
        ("open_union::from_text", _) => surface.add(format!("{place} impl From<String>")),
        ("open_enum::switch", _) => surface.add(format!("{place} of bool")),
        ("open_union::entries", [_, entry, ..]) => {
            surface.add(format!("{place}.entries() -> Option<&[{entry}]>"));
            surface.add(format!("{place}.into_entries() -> Option<Vec<{entry}>>"));
        }
        ("webhooks::sender", _) => surface.add(format!("{place}.sender() -> Option<&str>")),
        ("optional::builder", _) => {
            surface.add(format!("{place}.build() -> Result<{first}, Error>"));
        }
        ("call::debug" | "undocumented::debug", _) => {
            surface.say(&format!("{module}{}", name_of(&arguments)), "Debug");
        }
        ("pages::numbered" | "pages::dated", [_, list, ..]) => {
            let entry = list.split_once(": ").map_or(*list, |(_, entry)| entry);
            surface.add(format!("{module}{}.stream() -> Pages<{entry}>", name_of(&arguments)));
        }
        _ => surface.add(format!("{module}{name}! {}", text(call.tokens.to_token_stream()))),
    }
}

/// The first name of the first argument.
fn name_of(arguments: &[TokenStream]) -> String {
    let name = arguments.first().cloned().into_iter().flatten().next();
    name.map(|name| name.to_string()).unwrap_or_default()
}

fn add_enum(surface: &mut Surface, place: &str, kind: &str, arguments: &[TokenStream]) {
    surface.define(place, &format!("enum {kind}"));
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
        surface.add(format!("{place} rule {rule}{}", text(fields.into_token_stream())));
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
