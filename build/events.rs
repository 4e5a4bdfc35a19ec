//! Emits the enum of all webhook events: a call of `crate::webhooks::events!` with each
//! alternative of the schema that callbacks deliver.

use std::collections::BTreeSet;

use heck::ToPascalCase;
use quote::{format_ident, quote};
use serde_json::Value;
use syn::{Item, parse_quote};

use super::reach::follow;
use super::schema::{entries, operations, reference, schema};
use super::unions::Union;

/// The name of the schema that callbacks deliver.
pub fn delivery(document: &Value) -> Option<&str> {
    let callbacks = operations(document).flat_map(|(.., one)| entries(one, "callbacks"));
    let mut paths = callbacks.filter_map(|(_, callback)| callback.as_object()).flatten();
    let (_, path) = paths.next()?;
    reference(&path["post"]["requestBody"]["content"]["application/json"]["schema"])
}

/// The code of the enum.
pub fn emit(union: &Union) -> Item {
    let events = union.variants.iter().flat_map(|variant| {
        let model = variant.model().map(|model| format_ident!("{model}"));
        variant.tags.iter().map(move |name| {
            let (event, doc) = (format_ident!("{}", name.to_pascal_case()), format!("`{name}`"));
            quote!(#event(#model) = #name: #doc,)
        })
    });
    parse_quote!(crate::webhooks::events!(Event, { #(#events)* });)
}

/// The code that returns the sender of each delivered model with two fields for it.
pub fn emit_senders(document: &Value, union: &Union) -> Vec<Item> {
    let mut delivered = BTreeSet::new();
    follow(document, schema(document, union.name), &mut delivered);
    let has_two = |name: &String| {
        let field = |field: &str| schema(document, name)["properties"].get(field).is_some();
        field("from") && field("userId")
    };
    let models = delivered.iter().filter(|name| has_two(name)).map(|name| format_ident!("{name}"));
    models.map(|model| parse_quote!(crate::webhooks::sender!(#model);)).collect()
}
