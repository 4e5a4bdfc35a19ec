//! Adjusts the generated models.

use proc_macro2::Ident;
use quote::{ToTokens, format_ident, quote};
use serde_json::Value;
use syn::{Field, Fields, Item, ItemStruct, parse_quote};

use super::code;
use super::reach::Reach;
use super::schema::named;

/// Drops the builders of models that only the server sends: a large part of the generated code.
pub fn drop_builders(models: &mut Vec<Item>, reach: &Reach) -> Result<(), String> {
    let is_sent = |name: &Ident| reach.sent.contains(&name.to_string());
    models.retain_mut(|item| {
        let Item::Impl(item) = item else { return true };
        // `impl Model { pub fn builder() }`
        let is_builder = code::functions(item).any(|function| function.sig.ident == "builder");
        !is_builder || code::name(&item.self_ty).is_none_or(is_sent)
    });
    code::module(models, "builder")?.retain(|item| match item {
        Item::Struct(builder) => is_sent(&builder.ident),
        Item::Impl(item) => code::name(&item.self_ty).is_none_or(is_sent),
        _ => true,
    });
    Ok(())
}

/// Decodes a list or map that is null, or absent from a response, as an empty one, and keeps a
/// null that clears a field.
///
/// In an alternative of a union, a required list must be present: an object without it is not that
/// alternative.
pub fn read_nulls(models: &mut [Item], reach: &Reach) {
    for model in code::structs(models) {
        let name = model.ident.to_string();
        let is_strict = reach.alternatives.contains(&name);
        for field in &mut model.fields {
            let has_default = says(field, "default");
            let reader = if holds(field, "Nullable") {
                "crate::model::nullable::given"
            } else if is_list(field) && (has_default || !reach.sent.contains(&name)) {
                "crate::decode::or_default"
            } else {
                continue;
            };
            field.attrs.push(parse_quote!(#[serde(deserialize_with = #reader)]));
            if !has_default && !is_strict {
                field.attrs.push(parse_quote!(#[serde(default)]));
            }
        }
    }
}

/// Whether a field is a list or a map, and not flattened.
fn is_list(field: &Field) -> bool {
    let is_list = |name: &Ident| ["Vec", "BTreeMap", "Map"].iter().any(|list| name == list);
    field.ident.is_some() && !says(field, "flatten") && code::name(&field.ty).is_some_and(is_list)
}

/// Whether the type of a field contains a name.
fn holds(field: &Field, name: &str) -> bool {
    field.ty.to_token_stream().to_string().contains(name)
}

/// Whether the attribute `#[serde(...)]` of a field contains a word.
fn says(field: &Field, word: &str) -> bool {
    let serde = field.attrs.iter().filter(|attribute| attribute.path().is_ident("serde"));
    serde
        .map(|attribute| quote!(#attribute).to_string())
        .any(|text| text.split([' ', '(', ')', ',']).any(|said| said == word))
}

/// Makes `Debug` print only the names of undocumented members and of those with any JSON, which
/// may hold secrets.
pub fn hide_undocumented(models: &mut Vec<Item>) {
    let hidden: Vec<Item> = code::structs(models).filter_map(hide).collect();
    models.extend(hidden);
}

fn hide(model: &mut ItemStruct) -> Option<Item> {
    if !model.fields.iter().any(|field| holds(field, "serde_json")) {
        return None;
    }
    code::drop_debug(&mut model.attrs);
    let name = &model.ident;
    if let Fields::Unnamed(_) = model.fields {
        return Some(parse_quote!(crate::model::undocumented::debug!(#name);));
    }
    let fields = model.fields.iter().map(|field| {
        let kind = match (says(field, "flatten"), holds(field, "serde_json")) {
            (true, _) => "names",
            (false, true) => "json",
            (false, false) => "shown",
        };
        let (kind, field) = (format_ident!("{kind}"), &field.ident);
        quote!(#kind #field,)
    });
    Some(parse_quote!(crate::model::undocumented::debug!(#name { #(#fields)* });))
}

/// A function that returns the JSON Schemas of all models, except of the union of all
/// deliveries.
pub fn list_schemas(document: &Value, delivery: Option<&str>) -> Item {
    let models = named(document).filter(|(name, _)| Some(name.as_str()) != delivery);
    let entries = models.map(|(name, _)| {
        let model = format_ident!("{name}");
        quote!((#name, ::schemars::schema_for!(#model)))
    });
    parse_quote! {
        /// The JSON Schema (draft 2020-12) of every model, by its name.
        #[cfg(feature = "schemars")]
        pub fn json_schemas() -> ::std::collections::BTreeMap<&'static str, ::schemars::Schema> {
            ::std::collections::BTreeMap::from([#(#entries),*])
        }
    }
}
