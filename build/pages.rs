//! Streams of the entries of all pages, for the operations that have pages.
//!
//! An operation with the parameter `page` has numbered pages, and one with
//! `before` has pages that go back in time from there. The one list of named
//! models in its answer holds the entries.

use heck::ToPascalCase;
use quote::format_ident;
use serde_json::Value;
use syn::{Expr, File, Ident, Item, ItemImpl, ItemMod, parse_quote};

use super::adapt::{Adapted, alias, plain, snake};
use super::operations;
use super::timestamps;

/// An operation whose answers are pages.
pub struct Paged {
    /// Its `operationId`.
    pub operation_id: String,
    /// The field of the answer that holds the entries, and their model.
    entries: (Ident, Ident),
    /// Whether the field `id` identifies an entry.
    has_id: bool,
    order: Order,
}

enum Order {
    /// By number, where the answer may say how many there are.
    Number { pages: Option<Ident> },
    /// Back in time, from this field of the last entry.
    Time { field: Ident },
}

impl Order {
    /// The parameter that says which page to give.
    fn parameter(&self) -> &'static str {
        match self {
            Self::Number { .. } => "page",
            Self::Time { .. } => "before",
        }
    }
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
    } else if has("before").is_some_and(|schema| is_text(schema, "date-time"))
        && is_text(&schemas[model]["properties"]["createdAt"], timestamps::FORMAT)
    {
        Order::Time { field: format_ident!("{}", snake("createdAt")) }
    } else {
        return None;
    };
    let entries = (format_ident!("{}", snake(plain(list))), format_ident!("{model}"));
    let required = schemas[model]["required"].as_array();
    let has_id = schemas[model]["properties"]["id"]["type"] == "string"
        && required.is_some_and(|names| names.contains(&Value::from("id")));
    Some(Paged { operation_id, entries, has_id, order })
}

fn is_text(schema: &Value, format: &str) -> bool {
    schema["type"] == "string" && schema["format"] == format
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
        let streams: Vec<Item> =
            paged.iter().filter_map(|paged| Some(Item::Impl(stream(paged, calls)?))).collect();
        calls.extend(streams);
    }
}

/// A stream owns a clone of the client, and all that the call was given. Each page is a
/// call of its own: an error that a setter found is that of the first.
fn stream(
    Paged { operation_id, entries: (list, model), has_id, order }: &Paged,
    calls: &[Item],
) -> Option<ItemImpl> {
    let call = format_ident!("{}", operation_id.to_pascal_case());
    let fields = calls.iter().find_map(|item| match item {
        Item::Struct(item) if item.ident == call => Some(&item.fields),
        _ => None,
    })?;
    let cursor = format_ident!("{}", order.parameter());
    let given: Vec<&Ident> = fields
        .iter()
        .filter_map(|field| field.ident.as_ref())
        .filter(|name| **name != cursor && *name != "client")
        .collect();
    let more = match order {
        Order::Number { .. } => &[][..],
        Order::Time { .. } => &[
            "",
            " A page goes back from the time of the last entry before it, so of entries",
            " with the same time, one may be left out.",
        ],
    };
    let (pages, first, here, end): (Ident, Expr, Expr, Expr) = match order {
        Order::Number { pages } => (
            format_ident!("by_number"),
            parse_quote!(#cursor.as_ref().ok().copied().flatten().unwrap_or(1)),
            parse_quote!(::std::option::Option::Some(here)),
            match pages {
                Some(pages) => parse_quote!(::std::option::Option::<i64>::from(answer.#pages)),
                None => parse_quote!(::std::option::Option::None),
            },
        ),
        Order::Time { field } => (
            format_ident!("by_cursor"),
            parse_quote!(#cursor.as_ref().ok().copied().flatten()),
            parse_quote!(here),
            parse_quote!(answer.#list.last().and_then(|last| {
                ::std::option::Option::<&crate::Timestamp>::from(&last.#field)?.datetime()
            })),
        ),
    };
    let key: Expr = if *has_id {
        parse_quote!(|entry: &types::#model| entry.id.clone())
    } else {
        parse_quote!(<types::#model as ::std::clone::Clone>::clone)
    };
    Some(parse_quote! {
        impl #call<'_> {
            /// The entries of this page and of all that follow, one after the
            /// other: see [`Pages`](crate::Pages).
            #(#[doc = #more])*
            pub fn stream(self) -> crate::Pages<types::#model> {
                let Self { client, #cursor, #(#given,)* } = self;
                let client = client.clone();
                crate::Pages::#pages(#first, #key, move |here| {
                    let client = client.clone();
                    let #cursor = #cursor.clone().map(|_| #here);
                    #(let #given = #given.clone();)*
                    async move {
                        let call = #call { client: &client, #cursor, #(#given,)* };
                        let answer = call.send().await?.into_inner();
                        let end = #end;
                        Ok((answer.#list, end))
                    }
                })
            }
        }
    })
}
