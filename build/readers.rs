//! How models are read: by `crate::fields`, which compiles in a third of the time that
//! serde's derive takes. Models that say more than the names of their fields, and
//! which of them have to be there, are left to serde.

use std::{iter, mem};

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Expr, ExprLit, Field, File, Item, ItemStruct, Lit, Meta, Type, parse_quote};

use super::attributes::{drop_derived, is_model, serde};
use super::models;

/// Replaces what the generator derives.
pub fn complete(client: &mut File) {
    if let Some(items) = client.items.iter_mut().find_map(models::of_client) {
        *items = mem::take(items).into_iter().flat_map(with_reader).collect();
    }
}

fn with_reader(mut item: Item) -> Vec<Item> {
    let mut reader = None;
    if let Item::Struct(model) = &mut item
        && is_model(&model.attrs)
    {
        reader = self::reader(model);
        if reader.is_some() {
            drop_derived(&mut model.attrs, "Deserialize");
        } else {
            model.fields.iter_mut().for_each(let_null_be_empty);
        }
    }
    iter::once(item).chain(reader).collect()
}

fn reader(model: &ItemStruct) -> Option<Item> {
    if !serde(&model.attrs).is_empty() {
        return None;
    }
    let name = &model.ident;
    let members = model.fields.iter().map(member).collect::<Option<Vec<_>>>()?;
    Some(parse_quote!(crate::fields::model!(#name { #(#members,)* });))
}

/// The name of a field, its name in JSON, and what it means that it is missing. None
/// where more is said of it than is understood here.
fn member(field: &Field) -> Option<TokenStream> {
    let name = field.ident.as_ref()?;
    let mut in_json = name.to_string();
    let mut presence = if is_option(field) { "optional" } else { "required" };
    for argument in serde(&field.attrs) {
        let said = argument.path().get_ident()?.to_string();
        match (said.as_str(), value(&argument).as_deref()) {
            ("rename", Some(renamed)) => renamed.clone_into(&mut in_json),
            ("skip_serializing_if", _) => {}
            ("default", None) => presence = "or_empty",
            // Without this, an option may always be missing.
            ("deserialize_with", Some("::std::option::Option::deserialize")) => {
                presence = "required";
            }
            _ => return None,
        }
    }
    let presence = format_ident!("{presence}");
    Some(quote!(#name: #presence(#in_json)))
}

/// Reads null as what a field is when it is missing; serde has only options for that.
fn let_null_be_empty(field: &mut Field) {
    let has_default =
        |argument: &Meta| matches!(argument, Meta::Path(path) if path.is_ident("default"));
    if !is_option(field) && serde(&field.attrs).iter().any(has_default) {
        field.attrs.push(parse_quote!(#[serde(deserialize_with = "crate::decode::or_default")]));
    }
}

fn is_option(field: &Field) -> bool {
    matches!(&field.ty, Type::Path(path)
        if path.path.segments.last().is_some_and(|last| last.ident == "Option"))
}

/// The text of `name = "text"`.
fn value(argument: &Meta) -> Option<String> {
    let Meta::NameValue(pair) = argument else { return None };
    match &pair.value {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
        _ => None,
    }
}
