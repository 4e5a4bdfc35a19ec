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

fn emit_one(document: &Value, operation: &Value) -> Option<Item> {
    let call = format_ident!("{}", operation["operationId"].as_str()?.to_pascal_case());
    let parameters =
        elements(operation, "parameters").filter(|parameter| !is_header(parameter, NUMBER_ID));
    let (cursors, given): (Vec<&Value>, Vec<&Value>) = parameters.partition(|parameter| {
        let of = |key: &str| parameter["schema"][key].as_str().unwrap_or_default();
        let (name, is_date) = (parameter["name"].as_str(), of("format") == "date-time");
        (name == Some("page") && of("type") == "integer") || (name == Some("before") && is_date)
    });
    let cursor = cursors.first()?["name"].as_str()?;
    let given = given.iter().filter_map(|parameter| parameter["name"].as_str());
    let given = given.map(|name| format_ident!("{}", snake(name)));
    let body = &success(operation)["content"]["application/json"]["schema"];
    let response = &schema(document, reference(body)?)["properties"];
    let mut lists = response
        .as_object()?
        .iter()
        .filter_map(|(name, field)| Some((name, reference(field.get("items")?)?)));
    let (Some((list, model)), None) = (lists.next(), lists.next()) else { return None };
    let entry = schema(document, model);
    let (list, model) = (format_ident!("{}", snake(list)), format_ident!("{model}"));
    let key = if texts(entry, "required").any(|field| field == "id") {
        quote!(|entry: &types::#model| entry.id.clone())
    } else {
        quote!(<types::#model as ::std::clone::Clone>::clone)
    };
    let pages = quote!(#call { #(#given),* }, #list: #model, #key);
    if cursor == "page" {
        let is_counted = response["totalPages"]["type"] == "integer";
        let counts = is_counted.then(|| quote!(, total_pages, page_size));
        return Some(parse_quote!(crate::pages::numbered!(#pages #counts);));
    }
    let is_dated = entry["properties"]["createdAt"]["format"] == "date-time";
    is_dated.then(|| parse_quote!(crate::pages::dated!(#pages, created_at);))
}
