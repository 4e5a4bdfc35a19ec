//! What models and calls print for debugging: of a call only its name, for a token may
//! be in its path, and of fields that the document does not describe only theirs.

use quote::quote;
use syn::{Field, Fields, Item, ItemImpl, ItemMod, ItemStruct, Type, parse_quote};

use super::attributes::{drop_derived, is_model, serde};
use super::seal::is_call;

/// Replaces what the generator derives.
pub fn complete(items: &mut Vec<Item>) {
    let mut own = Vec::new();
    for item in items.iter_mut() {
        match item {
            Item::Mod(ItemMod { content: Some((_, items)), .. }) => complete(items),
            Item::Struct(item) => {
                let debug = if is_call(item) {
                    Some(of_call(item))
                } else {
                    of_model(item).map(Item::Impl)
                };
                if let Some(debug) = debug {
                    drop_derived(&mut item.attrs, "Debug");
                    own.push(debug);
                }
            }
            _ => {}
        }
    }
    items.extend(own);
}

fn of_call(item: &ItemStruct) -> Item {
    let name = &item.ident;
    parse_quote!(crate::call::debug!(#name);)
}

/// None where all fields are described.
fn of_model(item: &ItemStruct) -> Option<ItemImpl> {
    if !is_model(&item.attrs) || !item.fields.iter().any(is_open) {
        return None;
    }
    let name = &item.ident;
    let text = name.to_string();
    let print = if let Fields::Named(fields) = &item.fields {
        let entries = fields.named.iter().map(|field| {
            let name = &field.ident;
            let text = name.as_ref().map(ToString::to_string).unwrap_or_default();
            if is_open(field) {
                quote!(.field(#text, &crate::undocumented::Names(&self.#name)))
            } else {
                quote!(.field(#text, &self.#name))
            }
        });
        quote!(f.debug_struct(#text) #(#entries)*.finish())
    } else {
        quote!(f.debug_tuple(#text).field(&crate::undocumented::Names(&self.0)).finish())
    };
    Some(parse_quote! {
        impl ::std::fmt::Debug for #name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                #print
            }
        }
    })
}

/// Whether a field holds what the document does not describe: any JSON, by name.
fn is_open(field: &Field) -> bool {
    let Type::Path(path) = &field.ty else { return false };
    let is_map = path.path.segments.last().is_some_and(|last| last.ident == "Map");
    let is_flat = serde(&field.attrs).iter().any(|argument| argument.path().is_ident("flatten"));
    is_map && (is_flat || field.ident.is_none())
}
