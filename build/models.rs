//! Completes the module of the models: the open enums and unions, what rules make of
//! a model, and a list of all models by their JSON Schema. Builders are left to the
//! models that requests are made of.

use std::collections::BTreeSet;

use proc_macro2::Ident;
use quote::{format_ident, quote};
use syn::{File, ImplItem, Item, ItemImpl, ItemMod, Type, parse_quote};

use super::adapt::Adapted;
use super::attributes::is_model;
use super::open_enums::{self, OpenEnum};
use super::open_unions;
use super::rules;

/// Adds to the models of a client what the generator did not make.
pub fn complete(client: &mut File, adapted: &Adapted, open_enums: &[OpenEnum]) {
    let Some(items) = client.items.iter_mut().find_map(of_client) else {
        return;
    };
    let Adapted { unions, rules, sent, .. } = adapted;
    drop_builders(items, sent);
    rules::complete(items, rules);
    let mut names: Vec<Ident> = items.iter().filter_map(model).collect();
    names.extend(open_enums.iter().map(|open_enum| format_ident!("{}", open_enum.name)));
    names.extend(unions.iter().map(|union| format_ident!("{}", union.name)));
    items.extend(open_enums.iter().map(open_enums::emit));
    let builders = builders(items);
    let emitted: Vec<Item> =
        unions.iter().flat_map(|union| open_unions::emit(union, items, &builders)).collect();
    items.extend(emitted);
    items.push(json_schemas(&names));
}

/// The models, where an item of a client is their module.
pub(super) fn of_client(item: &mut Item) -> Option<&mut Vec<Item>> {
    match item {
        Item::Mod(ItemMod { ident, content: Some((_, items)), .. }) if ident == "types" => {
            Some(items)
        }
        _ => None,
    }
}

/// Drops the builders of models that only the server sends, a good part of all code.
fn drop_builders(items: &mut Vec<Item>, sent: &BTreeSet<String>) {
    items.retain(|item| match item {
        // `impl Model { pub fn builder() }`
        Item::Impl(item) if item.trait_.is_none() && is_builder(item) => is_sent(item, sent),
        _ => true,
    });
    for item in items {
        let Item::Mod(ItemMod { ident, content: Some((_, items)), .. }) = item else { continue };
        if ident == "builder" {
            items.retain(|item| match item {
                Item::Struct(builder) => sent.contains(&builder.ident.to_string()),
                Item::Impl(item) => is_sent(item, sent),
                _ => true,
            });
        }
    }
}

/// The names of the models that have a builder.
fn builders(items: &[Item]) -> BTreeSet<String> {
    let within = items.iter().filter_map(|item| match item {
        Item::Mod(ItemMod { ident, content: Some((_, items)), .. }) if ident == "builder" => {
            Some(items)
        }
        _ => None,
    });
    let structs = within.flatten().filter_map(|item| match item {
        Item::Struct(builder) => Some(builder.ident.to_string()),
        _ => None,
    });
    structs.collect()
}

fn is_builder(item: &ItemImpl) -> bool {
    matches!(item.items.as_slice(), [ImplItem::Fn(only)] if only.sig.ident == "builder")
}

fn is_sent(item: &ItemImpl, sent: &BTreeSet<String>) -> bool {
    match item.self_ty.as_ref() {
        Type::Path(of) => {
            of.path.segments.last().is_some_and(|last| sent.contains(&last.ident.to_string()))
        }
        _ => true,
    }
}

fn model(item: &Item) -> Option<Ident> {
    match item {
        Item::Struct(model) if is_model(&model.attrs) => Some(model.ident.clone()),
        Item::Enum(model) if is_model(&model.attrs) => Some(model.ident.clone()),
        _ => None,
    }
}

fn json_schemas(names: &[Ident]) -> Item {
    let entries = names.iter().map(|name| {
        let text = name.to_string();
        quote!((#text, ::schemars::schema_for!(#name)))
    });
    parse_quote! {
        /// The JSON Schema (draft 2020-12) of every model, by its name.
        #[cfg(feature = "schemars")]
        pub fn json_schemas() -> ::std::collections::BTreeMap<&'static str, ::schemars::Schema> {
            ::std::collections::BTreeMap::from([#(#entries),*])
        }
    }
}
