//! Labels for docs.rs: which features bring an operation.

use std::collections::BTreeMap;

use heck::{ToKebabCase, ToPascalCase};
use openapiv3::OpenAPI;
use quote::quote;
use syn::{Attribute, File, Ident, ImplItem, Item, ItemImpl, ItemMod, parse_quote};

use super::adapt::snake;
use super::operations;

/// By the name of the operation's method, and of the type that builds its call.
type Labels = BTreeMap<String, Attribute>;

/// Whether docs.rs builds. Nobody else needs labels: what no feature names is not there.
pub fn are_wanted() -> bool {
    std::env::var_os("DOCS_RS").is_some()
}

/// Labels the operations of a client, and what builds their calls.
pub fn complete(client: &mut File, document: &OpenAPI) {
    let labels = of_operations(document);
    for item in &mut client.items {
        match item {
            Item::Impl(ItemImpl { trait_: None, items, .. }) => {
                for item in items {
                    if let ImplItem::Fn(function) = item {
                        label(&mut function.attrs, &labels, &function.sig.ident);
                    }
                }
            }
            Item::Mod(ItemMod { ident, content: Some((_, items)), .. }) if ident == "builder" => {
                for item in items {
                    if let Item::Struct(builder) = item {
                        label(&mut builder.attrs, &labels, &builder.ident);
                    }
                }
            }
            _ => {}
        }
    }
}

fn of_operations(document: &OpenAPI) -> Labels {
    let mut labels = Labels::new();
    for (_, _, operation) in operations(document) {
        let name = operation.operation_id.as_deref().unwrap_or_default();
        let features = operation.tags.iter().map(|tag| tag.to_kebab_case()).collect::<Vec<_>>();
        let wanted = match &features[..] {
            [] => continue,
            [feature] => quote!(feature = #feature),
            features => quote!(any(#(feature = #features),*)),
        };
        let label: Attribute = parse_quote!(#[cfg_attr(docsrs, doc(cfg(#wanted)))]);
        labels.insert(name.to_pascal_case(), label.clone());
        labels.insert(snake(name), label);
    }
    labels
}

fn label(attributes: &mut Vec<Attribute>, labels: &Labels, name: &Ident) {
    attributes.extend(labels.get(&name.to_string()).cloned());
}
