//! Streams of the entries of all pages: a call of `crate::pages::numbered!` for each operation
//! with the parameter `page`, and one of `crate::pages::dated!` for each with `before`, whose
//! pages go back in time from there. The one list of objects in the response holds the
//! entries.

use heck::ToPascalCase;
use quote::{format_ident, quote};
use serde_json::Value;
use syn::{Item, parse_quote};

use super::schema::{elements, entries, operations, reference, schema, snake, texts};
use super::simplify::OWN_HEADERS;

/// The code of the streams of a document.
pub fn emit(document: &Value) -> Vec<Item> {
    operations(document).filter_map(|(_, _, operation)| emit_one(document, operation)).collect()
}

fn emit_one(document: &Value, operation: &Value) -> Option<Item> {
    let call = format_ident!("{}", operation["operationId"].as_str()?.to_pascal_case());
    let parameters: Vec<&str> = elements(operation, "parameters")
        .filter_map(|parameter| parameter["name"].as_str())
        .filter(|name| !OWN_HEADERS.contains(name))
        .collect();
    let cursor = *parameters.iter().find(|name| matches!(**name, "page" | "before"))?;
    let given = parameters.iter().filter(|name| **name != cursor);
    let given: Vec<_> = given.map(|name| format_ident!("{}", snake(name))).collect();
    let (_, success) =
        entries(operation, "responses").find(|(status, _)| status.starts_with('2'))?;
    let response = schema(document, reference(&success["content"]["application/json"]["schema"])?);
    let mut lists = entries(response, "properties")
        .filter_map(|(name, field)| Some((name, reference(field.get("items")?)?)));
    let (Some((list, model)), None) = (lists.next(), lists.next()) else { return None };
    let entry = schema(document, model);
    let (list, model) = (format_ident!("{}", snake(list)), format_ident!("{model}"));
    let key = if texts(entry, "required").any(|field| field == "id") {
        quote!(|entry: &types::#model| entry.id.clone())
    } else {
        quote!(<types::#model as ::std::clone::Clone>::clone)
    };
    let ahead = quote!(#call { #(#given),* }, #list: #model, #key);
    if cursor == "page" {
        let pages = response["properties"].get("totalPages").map(|_| quote!(, total_pages));
        Some(parse_quote!(crate::pages::numbered!(#ahead #pages);))
    } else {
        Some(parse_quote!(crate::pages::dated!(#ahead, created_at);))
    }
}
