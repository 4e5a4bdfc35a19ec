//! The deliveries that a webhook receives, as one enum: a variant for each event
//! that the document describes, and one for all others.
//!
//! The document describes them as the body of a callback, which is one of several
//! schemas, told apart by a tag.

use heck::ToPascalCase;
use proc_macro2::Ident;
use quote::format_ident;
use syn::{File, parse_quote};

use super::adapt::{Holds, Union};

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
            #(#[doc = #docs] #variants(::std::boxed::Box<types::#models>),)*
            /// An event that this version does not know, or whose body it cannot
            /// read.
            Unknown(crate::webhooks::UnknownEvent),
        }
        impl Event {
            /// The names of the events that this version knows.
            pub const KNOWN: &'static [&'static str] = &[#(#names),*];

            /// The name of the event, such as `message.received`.
            pub fn name(&self) -> &str {
                match self {
                    #(Self::#variants(_) => #names,)*
                    Self::Unknown(event) => &event.name,
                }
            }

            /// Reads the body of an event that this version knows.
            pub(crate) fn read(
                name: &str,
                body: &[u8],
            ) -> ::std::option::Option<::std::result::Result<Self, ::std::string::String>> {
                ::std::option::Option::Some(match name {
                    #(#names => crate::decode::decode(body).map(Self::#variants),)*
                    _ => return ::std::option::Option::None,
                })
            }
        }
    };
    client.items.extend(file.items);
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
