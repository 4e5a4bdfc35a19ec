//! Completes the module of the models: the open enums and unions, and a list of all models
//! by their JSON Schema.

use proc_macro2::Ident;
use quote::{format_ident, quote};
use syn::{File, Item, ItemMod, parse_quote};

use super::adapt::Union;
use super::open_enums::{self, OpenEnum};
use super::open_unions;
use super::seal::is_model;

/// Adds to the models of a client what the generator did not make.
pub fn complete(client: &mut File, open_enums: &[OpenEnum], unions: &[Union]) {
    let Some(items) = client.items.iter_mut().find_map(models) else {
        return;
    };
    let mut names: Vec<Ident> = items.iter().filter_map(model).collect();
    names.extend(open_enums.iter().map(|open_enum| format_ident!("{}", open_enum.name)));
    names.extend(unions.iter().map(|union| format_ident!("{}", union.name)));
    items.extend(open_enums.iter().flat_map(open_enums::emit));
    items.extend(unions.iter().flat_map(open_unions::emit));
    items.push(json_schemas(&names));
}

fn models(item: &mut Item) -> Option<&mut Vec<Item>> {
    match item {
        Item::Mod(ItemMod { ident, content: Some((_, items)), .. }) if ident == "types" => {
            Some(items)
        }
        _ => None,
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
