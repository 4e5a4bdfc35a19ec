//! Streams of the entries of all pages, for the operations that have pages.
//!
//! An operation with the parameter `page` has numbered pages, and one with
//! `before` has pages that go back in time from there. The one list of named
//! models in its answer holds the entries.

use heck::ToPascalCase;
use quote::format_ident;
use serde_json::Value;
use syn::{File, Ident, Item, ItemImpl, ItemMod, parse_quote};

use super::adapt::{Adapted, alias, plain, snake};
use super::operations;

/// An operation whose answers are pages.
pub struct Paged {
    /// Its `operationId`.
    pub operation_id: String,
    /// The field of the answer that holds the entries, and their model.
    entries: (Ident, Ident),
    order: Order,
}

enum Order {
    /// By number, where the answer may say how many there are.
    Number { pages: Option<Ident> },
    /// Back in time, from this field of the last entry.
    Time { field: Ident },
}

/// The operations of a document whose answers are pages.
pub fn find(Adapted { document, json, .. }: &Adapted) -> Vec<Paged> {
    let found = operations(document).filter_map(|(path, method, operation)| {
        let id = operation.operation_id.clone()?;
        paged(id, &json["paths"][path][method], &json["components"]["schemas"])
    });
    found.collect()
}

fn paged(operation_id: String, operation: &Value, schemas: &Value) -> Option<Paged> {
    let parameters = operation["parameters"].as_array()?;
    let has = |name: &str| {
        parameters
            .iter()
            .find(|parameter| parameter["in"] == "query" && parameter["name"] == name)
            .map(|parameter| &parameter["schema"])
    };
    let answer = &operation["responses"]["2XX"]["content"]["application/json"]["schema"];
    let fields = schemas[alias(answer)?]["properties"].as_object()?;
    let mut lists = fields.iter().filter_map(|(name, field)| {
        let model = alias(field.get("items")?)?;
        (field["type"] == "array").then_some((name, model))
    });
    let (Some((list, model)), None) = (lists.next(), lists.next()) else {
        return None;
    };
    let order = if has("page").is_some_and(|schema| schema["type"] == "integer") {
        let pages = fields.get("totalPages").filter(|field| field["type"] == "integer");
        Order::Number { pages: pages.map(|_| format_ident!("{}", snake("totalPages"))) }
    } else if has("before").is_some_and(is_time)
        && is_time(&schemas[model]["properties"]["createdAt"])
    {
        Order::Time { field: format_ident!("{}", snake("createdAt")) }
    } else {
        return None;
    };
    let entries = (format_ident!("{}", snake(plain(list))), format_ident!("{model}"));
    Some(Paged { operation_id, entries, order })
}

fn is_time(schema: &Value) -> bool {
    schema["type"] == "string" && schema["format"] == "date-time"
}

/// Gives the calls of a client their streams.
pub fn complete(client: &mut File, paged: &[Paged]) {
    let calls = client.items.iter_mut().find_map(|item| match item {
        Item::Mod(ItemMod { ident, content: Some((_, items)), .. }) if ident == "builder" => {
            Some(items)
        }
        _ => None,
    });
    if let Some(calls) = calls {
        calls.extend(paged.iter().map(stream).map(Item::Impl));
    }
}

fn stream(Paged { operation_id, entries: (list, model), order }: &Paged) -> ItemImpl {
    let call = format_ident!("{}", operation_id.to_pascal_case());
    let body: syn::Block = match order {
        Order::Number { pages } => {
            let pages: syn::Expr = match pages {
                Some(pages) => parse_quote!(::std::option::Option::<i64>::from(answer.#pages)),
                None => parse_quote!(::std::option::Option::None),
            };
            parse_quote!({
                let first = match &self.page {
                    Ok(first) => first.unwrap_or(1),
                    // The call says what is wrong with it.
                    Err(_) => return crate::Pages::by_number(1, move |_| {
                        let call = self.clone();
                        async move { call.send().await.map(|_| ::std::default::Default::default()) }
                    }),
                };
                crate::Pages::by_number(first, move |page| {
                    let call = self.clone().page(page);
                    async move {
                        let answer = call.send().await?.into_inner();
                        Ok((answer.#list, #pages))
                    }
                })
            })
        }
        Order::Time { field } => parse_quote!({
            let first = match &self.before {
                Ok(first) => *first,
                Err(_) => ::std::option::Option::None,
            };
            crate::Pages::by_cursor(first, move |before| {
                let mut call = self.clone();
                if let ::std::option::Option::Some(before) = before {
                    call = call.before(before);
                }
                async move {
                    let answer = call.send().await?.into_inner();
                    let last = answer.#list.last().and_then(|last| {
                        ::std::option::Option::from(last.#field)
                    });
                    Ok((answer.#list, last))
                }
            })
        }),
    };
    parse_quote! {
        impl<'a> #call<'a> {
            /// The entries of this page and of all that follow, one after the
            /// other: see [`Pages`](crate::Pages).
            pub fn stream(self) -> crate::Pages<'a, types::#model> #body
        }
    }
}
