//! Emits streams over the entries of all pages: a call of `crate::pages::numbered!` for each
//! operation with the parameter `page`, and of `crate::pages::dated!` for each with `before`,
//! whose pages go back in time. The entries are the only list of objects in the response.

use heck::ToPascalCase;
use quote::{format_ident, quote};
use serde_json::Value;
use syn::{Item, parse_quote};

use super::schema::{elements, operations, reference, schema, snake, success, texts};
use super::simplify::{NUMBER_ID, is_header};

/// The code of all streams.
pub fn emit(document: &Value) -> Vec<Item> {
    operations(document).filter_map(|(_, _, operation)| emit_one(document, operation)).collect()
}

/// The code of a stream, if the operation has pages: a list that is never null.
pub fn emit_one(document: &Value, operation: &Value) -> Option<Item> {
    let call = format_ident!("{}", operation["operationId"].as_str()?.to_pascal_case());
    let cursor = elements(operation, "parameters").find_map(|parameter| {
        let of = |key: &str| parameter["schema"][key].as_str().unwrap_or_default();
        let name = parameter["name"].as_str().filter(|_| parameter["required"] != true)?;
        let kind = (name, of("type"), of("format"));
        matches!(kind, ("page", "integer", _) | ("before", _, "date-time")).then_some(name)
    })?;
    let given = elements(operation, "parameters").filter(|one| !is_header(one, NUMBER_ID));
    let given = given.filter_map(|one| one["name"].as_str()).filter(|name| *name != cursor);
    let given = given.chain(operation.get("requestBody").map(|_| "body"));
    let given = given.map(|name| format_ident!("{}", snake(name)));
    let body = &success(operation)["content"]["application/json"]["schema"];
    let response = &schema(document, reference(body)?)["properties"];
    let mut lists = response
        .as_object()?
        .iter()
        .filter_map(|(name, field)| Some((name, reference(field.get("items")?)?)));
    let (Some((list, model)), None) = (lists.next(), lists.next()) else { return None };
    let entry = Some(schema(document, model)).filter(|_| response[list]["nullable"] != true)?;
    let (list, model) = (format_ident!("{}", snake(list)), format_ident!("{model}"));
    let key = if texts(entry, "required").any(|field| field == "id") {
        quote!(|entry: &types::#model| entry.id.clone())
    } else {
        quote!(<types::#model as ::std::clone::Clone>::clone)
    };
    let pages = quote!(#call { #(#given),* }, #list: #model, #key);
    if cursor == "page" {
        let counts = ["totalPages", "pageSize"].map(|name| &response[name]["type"]);
        let is_counted = counts.iter().all(|kind| *kind == "integer");
        let counts = is_counted.then(|| quote!(, total_pages, page_size));
        return Some(parse_quote!(crate::pages::numbered!(#pages #counts);));
    }
    let is_dated = entry["properties"]["createdAt"]["format"] == "date-time";
    is_dated.then(|| parse_quote!(crate::pages::dated!(#pages, created_at);))
}
