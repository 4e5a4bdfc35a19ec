//! The deliveries that a webhook receives, as one enum: a variant for each event
//! that the document describes, one for what Meta delivers, and one for all others.
//!
//! The document describes them as the body of a callback, which is one of several
//! schemas, told apart by a tag.

use std::collections::BTreeSet;

use heck::ToPascalCase;
use proc_macro2::Ident;
use quote::{format_ident, quote};
use syn::{File, Item, ItemStruct, Type, parse_quote};

use super::adapt::{Holds, Union};
use super::models;

/// Adds the enum to a client.
pub fn complete(client: &mut File, union: Option<&Union>) {
    let events: Vec<Event> = union.into_iter().flat_map(events).collect();
    let names: Vec<&str> = events.iter().map(|event| event.name).collect();
    let variants: Vec<Ident> =
        names.iter().map(|name| format_ident!("{}", name.to_pascal_case())).collect();
    let models: Vec<Ident> = events.iter().map(|event| format_ident!("{}", event.model)).collect();
    let docs = names.iter().map(|name| format!("`{name}`"));
    let file: File = parse_quote! {
        /// What happened, as a webhook is told of it.
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum Event {
            #(#[doc = #docs] #variants(crate::webhooks::Received<types::#models>),)*
            /// An envelope of Meta, which the service passes on as it is.
            Meta(crate::webhooks::Received<crate::webhooks::meta::Envelope>),
            /// An event that this version does not know, or whose body it cannot
            /// read.
            Unknown(crate::webhooks::UnknownEvent),
        }
        impl Event {
            /// The names of the events that this version knows.
            pub const KNOWN: &'static [&'static str] = &[#(#names),*];

            /// The name of the event, such as `message.received`. That of an envelope of
            /// Meta is `whatsapp_business_account`. Empty where the body names no event.
            pub fn name(&self) -> &str {
                match self {
                    #(Self::#variants(_) => #names,)*
                    Self::Meta(_) => crate::webhooks::meta::OBJECT,
                    Self::Unknown(event) => &event.name,
                }
            }

            /// The body as it came.
            pub fn raw(&self) -> &::bytes::Bytes {
                match self {
                    #(Self::#variants(event) => &event.raw,)*
                    Self::Meta(envelope) => &envelope.raw,
                    Self::Unknown(event) => &event.raw,
                }
            }

            /// Reads the body of an event that this version knows. `text` is the body with
            /// the names of the document, `raw` the body as it came.
            pub(crate) fn read(
                name: &str,
                text: &[u8],
                raw: &::bytes::Bytes,
            ) -> ::std::option::Option<::std::result::Result<Self, ::std::string::String>> {
                use crate::webhooks::Received;
                ::std::option::Option::Some(match name {
                    #(#names => Received::read(text, raw).map(Self::#variants),)*
                    _ => return ::std::option::Option::None,
                })
            }
        }
    };
    client.items.extend(file.items);
    if let Some(items) = client.items.iter_mut().find_map(models::of_client) {
        let delivered = delivered(items, &models);
        let senders: Vec<Item> = structs(items)
            .filter(|model| delivered.contains(&model.ident))
            .filter_map(sender)
            .collect();
        items.extend(senders);
    }
}

fn structs(items: &[Item]) -> impl Iterator<Item = &ItemStruct> {
    items.iter().filter_map(|item| match item {
        Item::Struct(model) => Some(model),
        _ => None,
    })
}

/// The models of events, and those of their fields.
fn delivered(items: &[Item], events: &[Ident]) -> BTreeSet<Ident> {
    let events = structs(items).filter(|model| events.contains(&model.ident));
    let models = events.flat_map(|event| {
        let fields = event.fields.iter().filter_map(|field| match &field.ty {
            Type::Path(path) => Some(path.path.segments.last()?.ident.clone()),
            _ => None,
        });
        fields.chain([event.ident.clone()])
    });
    models.collect()
}

/// Who sent what a model describes, where two fields may say so.
fn sender(model: &ItemStruct) -> Option<Item> {
    let ItemStruct { ident, fields, .. } = model;
    let optional_text = quote!(::std::option::Option<::std::string::String>).to_string();
    let has = |name| {
        fields.iter().any(|field| {
            let kind = &field.ty;
            field.ident.as_ref().is_some_and(|ident| ident == name)
                && quote!(#kind).to_string() == optional_text
        })
    };
    (has("from") && has("user_id")).then(|| {
        parse_quote! {
            impl #ident {
                /// The sender: `from`, or `user_id` where `from` is missing or not a phone
                /// number.
                pub fn sender(&self) -> ::std::option::Option<&str> {
                    crate::webhooks::sender(self.from.as_deref(), self.user_id.as_deref())
                }
            }
        }
    })
}

struct Event<'a> {
    name: &'a str,
    model: &'a str,
}

fn events(union: &Union) -> impl Iterator<Item = Event<'_>> {
    union.variants.iter().flat_map(|variant| {
        let model = match &variant.holds {
            Holds::Named(model) => Some(model),
            _ => None,
        };
        variant.tags.iter().filter_map(move |name| Some(Event { name, model: model? }))
    })
}
