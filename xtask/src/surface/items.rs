//! Lists the lines of items, including the macro calls that `build/` emits.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Attribute, Field, Fields, Item, ItemImpl, Macro, Member, Path, Type, Visibility};

use super::text::{is_of_name, split, text};

/// The lines of an item. The path of its module ends with `::`, or is empty for the root.
pub fn lines(module: &str, item: Item) -> Vec<String> {
    match item {
        Item::Mod(item) => {
            let items = item.content.into_iter().flat_map(|(_, items)| items);
            items.flat_map(|inner| lines(&format!("{module}{}::", item.ident), inner)).collect()
        }
        Item::Struct(item) if is_public(&item.vis) => {
            let place = format!("{module}{}", item.ident);
            [head(&place, "struct", &item.attrs), fields(&place, &item.fields)].concat()
        }
        Item::Enum(item) if is_public(&item.vis) => {
            let place = format!("{module}{}", item.ident);
            let variants = item.variants.into_iter().map(|one| {
                format!("{place}::{}{}{}", one.ident, text(one.fields), renamed(&one.attrs))
            });
            head(&place, "enum", &item.attrs).into_iter().chain(variants).collect()
        }
        Item::Impl(item) => implementation(module, item),
        Item::Macro(item) => call(module, &item.mac),
        item => {
            let line = |item| format!("{} {item}", module.trim_end_matches("::"));
            signature(item).map(|item| line(item).trim_start().to_owned()).into_iter().collect()
        }
    }
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

/// The line of a type, and a line for each derived trait.
fn head(place: &str, kind: &str, attributes: &[Attribute]) -> Vec<String> {
    let is_open = attributes.iter().any(|one| one.path().is_ident("non_exhaustive"));
    let mut lines = vec![format!("{place} {kind}{}", if is_open { " non_exhaustive" } else { "" })];
    for attribute in attributes {
        // A feature may enable the derive.
        if let Some((_, traits)) = text(&attribute.meta).split_once("derive(") {
            let traits = traits.trim_end_matches(')').split(", ");
            lines.extend(traits.map(|name| format!("{place} impl {name}")));
        }
    }
    lines
}

fn fields(place: &str, fields: &Fields) -> Vec<String> {
    let public = fields.members().zip(fields).filter(|(_, field)| is_public(&field.vis));
    let line = |(name, Field { ty, attrs, .. }): (Member, &Field)| {
        format!("{place}.{}: {}{}", text(name), text(ty), renamed(attrs))
    };
    public.map(line).collect()
}

/// The name of a field or variant in JSON, if it differs from the name in Rust.
fn renamed(attributes: &[Attribute]) -> String {
    let serde = attributes.iter().filter(|attribute| attribute.path().is_ident("serde"));
    let lists = serde.filter_map(|attribute| attribute.meta.require_list().ok());
    let mut facts = lists.flat_map(|list| split(list.tokens.clone(), ',')).map(text);
    facts
        .find(|fact| fact.starts_with("rename"))
        .map_or_else(String::new, |fact| format!("; {fact}"))
}

fn implementation(module: &str, item: ItemImpl) -> Vec<String> {
    let place = place(module, &item.self_ty);
    let implemented = item.trait_.iter().map(|(path, _)| format!("impl {}", name(module, path)));
    let lines = implemented.chain(item.items.into_iter().filter_map(signature));
    lines.map(|line| format!("{place} {line}")).collect()
}

/// The lines of a call: one for its arguments, and one for each entry of a list in braces. String
/// arguments are documentation and left out.
fn call(module: &str, call: &Macro) -> Vec<String> {
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

/// The path of a type that a module names.
fn place(module: &str, of: &Type) -> String {
    let (code, name) = (of.to_token_stream().to_string(), text(of));
    let module = match module {
        _ if code.starts_with("::") => "",
        // A model, in the module of its builder, which has the same name.
        _ if code.starts_with("super ::") => module.strip_suffix("builder::").unwrap_or(module),
        _ => module,
    };
    format!("{module}{}", name.split('<').next().unwrap_or_default())
}

/// The name of a trait. Within `builder`, a parameter that is a builder has the bare name of its
/// model.
fn name(module: &str, path: &Path) -> String {
    let is_outer = path.to_token_stream().to_string().contains("super ::");
    let name = text(path);
    if module.ends_with("builder::") && !is_outer { name.replace('<', "<builder::") } else { name }
}

/// An item without its attributes, if it is public. A function loses its body too.
fn signature(item: impl ToTokens) -> Option<String> {
    let mut tokens: Vec<TokenTree> = item.to_token_stream().into_iter().collect();
    let is = |token: &TokenTree, word| matches!(token, TokenTree::Ident(one) if one == word);
    let start = tokens.iter().position(|token| is(token, "pub"))? + 1;
    if matches!(tokens.get(start), Some(TokenTree::Group(_))) {
        return None;
    }
    if tokens.iter().any(|token| is(token, "fn")) {
        tokens.pop();
    }
    let code: TokenStream = tokens.drain(start..).collect();
    Some(text(code).trim_end_matches([',', ';', ' ']).to_owned())
}

#[cfg(test)]
mod tests {
    use crate::surface::lines;

    #[test]
    fn only_public_items_have_lines() {
        let code = "
            pub mod types {
                #[derive(Clone, ::std::fmt::Debug)]
                #[non_exhaustive]
                pub struct Lead { #[serde(rename = \"adId\", default)] pub ad_id: String, hidden: u8 }
                #[cfg_attr(feature = \"schemars\", derive(::schemars::JsonSchema))]
                pub enum Kind { #[serde(rename = \"a\")] A(Lead), B { at: u8 } }
                impl ::std::fmt::Display for Kind { fn fmt(&self) {} }
                impl Lead {
                    pub const LIMIT: usize = 2;
                    pub fn read<T>(&self, from: T) -> T where T: ::std::io::Read, { from }
                    pub(crate) fn secret(&self) {}
                    fn private(&self) {}
                }
                pub(crate) struct Hidden { pub field: u8 }
                pub mod builder { impl From<super::Lead> for Lead {} impl From<Lead> for super::Lead {} }
            }
            pub const VERSION: &str = \"1\";
            pub static COUNT: u8 = 1;
            pub trait Named { fn name(&self) -> &str; }
            pub type Leads = Vec<types::Lead>;
            pub use types::{Kind, Lead};
            const HIDDEN: u8 = 1;
            pub(crate) static ALSO: u8 = 1;
            impl From<types::Lead> for ::serde_json::Map<String, u8> {}
            crate::model::open_enum!(Open, \"Docs, with a comma.\", { A = \"a\": \"docs\", B = \"b\": \"\", });
            crate::pages::numbered!(List { id }, leads: types::Lead, total_pages);
            crate::model::rules!(Lead, { any(a = \"a\", b = \"b\") }, { a = \"a\": 1, Some(2); b = \"b\": 0, None; });
            crate::generated::macros::debug!(List);
        ";
        let lines: Vec<String> = lines(code).unwrap().into_iter().collect();
        insta::assert_snapshot!(lines.join("\n"), @r#"
        Lead rules!
        Lead rules! { a = "a": 1, Some(2) }
        Lead rules! { any(a = "a", b = "b") }
        Lead rules! { b = "b": 0, None }
        List impl Debug
        List numbered! leads: Lead, total_pages
        Map impl From<Lead>
        Open open_enum!
        Open open_enum! { A = "a" }
        Open open_enum! { B = "b" }
        const VERSION: &str = "1"
        static COUNT: u8 = 1
        trait Named{fn name(&self) -> &str;}
        type Leads = Vec<Lead>
        types::Kind enum
        types::Kind impl Display
        types::Kind impl JsonSchema
        types::Kind::A(Lead); rename = "a"
        types::Kind::B{at: u8}
        types::Lead const LIMIT: usize = 2
        types::Lead fn read<T>(&self, from: T) -> T where T: Read
        types::Lead impl Clone
        types::Lead impl Debug
        types::Lead impl From<builder::Lead>
        types::Lead struct non_exhaustive
        types::Lead.ad_id: String; rename = "adId"
        types::builder::Lead impl From<Lead>
        use {Kind, Lead}
        "#);
    }
}
