//! How models are read: by `crate::fields`, which compiles in a third of the time that
//! serde's derive takes. Models that say more than the names of their fields, and
//! which of them have to be there, are left to serde.
//!
//! A list or map of a response that is missing or null is empty, required or not. Two
//! kinds of models are stricter: those of requests, and those that are one of several,
//! which a list that is required may tell from the others.

use std::collections::BTreeSet;
use std::{iter, mem};

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Expr, ExprLit, Field, File, Item, ItemStruct, Lit, Meta, Type, parse_quote};

use super::adapt::{Adapted, Holds};
use super::attributes::{drop_derived, is_model, serde};
use super::models;

/// Replaces what the generator derives.
pub fn complete(client: &mut File, adapted: &Adapted) {
    let variants = adapted.unions.iter().flat_map(|union| &union.variants);
    let alternatives: BTreeSet<&str> = variants
        .filter_map(|variant| match &variant.holds {
            Holds::Named(name) => Some(name.as_str()),
            _ => None,
        })
        .collect();
    let lists = |model: &ItemStruct| match model.ident.to_string() {
        name if adapted.sent.contains(&name) => Lists::Required,
        name if alternatives.contains(name.as_str()) => Lists::Present,
        _ => Lists::Optional,
    };
    if let Some(items) = client.items.iter_mut().find_map(models::of_client) {
        *items = mem::take(items).into_iter().flat_map(|item| with_reader(item, &lists)).collect();
    }
}

/// What it means that a required list or map of a model is missing or null.
#[derive(Clone, Copy, PartialEq)]
enum Lists {
    /// Neither may be.
    Required,
    /// Null is empty.
    Present,
    /// Both are empty.
    Optional,
}

fn with_reader(mut item: Item, lists: &dyn Fn(&ItemStruct) -> Lists) -> Vec<Item> {
    let mut reader = None;
    if let Item::Struct(model) = &mut item
        && is_model(&model.attrs)
    {
        let lists = lists(model);
        reader = self::reader(model, lists);
        if reader.is_some() {
            drop_derived(&mut model.attrs, "Deserialize");
        } else {
            model.fields.iter_mut().for_each(|field| let_null_be_empty(field, lists));
        }
    }
    iter::once(item).chain(reader).collect()
}

fn reader(model: &ItemStruct, lists: Lists) -> Option<Item> {
    if !serde(&model.attrs).is_empty() {
        return None;
    }
    let name = &model.ident;
    let members =
        model.fields.iter().map(|field| member(field, lists)).collect::<Option<Vec<_>>>()?;
    Some(parse_quote!(crate::fields::model!(#name { #(#members,)* });))
}

/// The name of a field, its name in JSON, and what it means that it is missing. None
/// where more is said of it than is understood here.
fn member(field: &Field, lists: Lists) -> Option<TokenStream> {
    let name = field.ident.as_ref()?;
    let mut in_json = name.to_string();
    let mut presence = match lists {
        _ if is_option(field) => "optional",
        Lists::Optional if is_collection(field) => "or_empty",
        Lists::Present if is_collection(field) => "present",
        _ => "required",
    };
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
fn let_null_be_empty(field: &mut Field, lists: Lists) {
    let said = serde(&field.attrs);
    let says = |word: &str| said.iter().any(|argument| argument.path().is_ident(word));
    if is_option(field) || says("flatten") {
        return;
    }
    let has_default = says("default");
    let is_list = field.ident.is_some() && is_collection(field) && lists != Lists::Required;
    if has_default || is_list {
        field.attrs.push(parse_quote!(#[serde(deserialize_with = "crate::decode::or_default")]));
    }
    if !has_default && is_list && lists == Lists::Optional {
        field.attrs.push(parse_quote!(#[serde(default)]));
    }
}

fn is_option(field: &Field) -> bool {
    is_named(field, &["Option"])
}

fn is_collection(field: &Field) -> bool {
    is_named(field, &["Vec", "BTreeMap", "Map"])
}

fn is_named(field: &Field, names: &[&str]) -> bool {
    matches!(&field.ty, Type::Path(path)
        if path.path.segments.last().is_some_and(|last| names.iter().any(|name| last.ident == name)))
}

/// The text of `name = "text"`.
fn value(argument: &Meta) -> Option<String> {
    let Meta::NameValue(pair) = argument else { return None };
    match &pair.value {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
        _ => None,
    }
}
