//! Unions that keep what the document does not know yet.
//!
//! A schema that is one of several becomes a type with a variant for each of them,
//! and `Unknown` for a value that is none of them: a kind that the server adds later
//! fails no call.

use std::collections::BTreeSet;

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::{File, Item, Type, parse_quote};

use super::adapt::{Holds, Union};

/// The code of a union of `models`. `builders` names those that have one.
pub fn emit(
    union: &Union,
    models: &[Item],
    builders: &BTreeSet<String>,
) -> impl IntoIterator<Item = Item> {
    let description = &union.description;
    let name = format_ident!("{}", union.name);
    let names: Vec<Ident> =
        union.variants.iter().map(|variant| format_ident!("{}", variant.name)).collect();
    let types: Vec<Type> = union.variants.iter().map(|variant| held(&variant.holds)).collect();
    let labels = names.iter().map(ToString::to_string);
    let code: File = parse_quote! {
        #[doc = #description]
        #[derive(::serde::Serialize, Clone, PartialEq)]
        #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
        #[serde(untagged)]
        #[non_exhaustive]
        pub enum #name {
            #(#names(#types),)*
            /// A value of a kind that this version does not know, as it was sent.
            Unknown(::serde_json::Value),
        }
        impl ::std::fmt::Debug for #name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                match self {
                    #(Self::#names(value) => f.debug_tuple(#labels).field(value).finish(),)*
                    // It may hold what no log should show.
                    Self::Unknown(_) => f.write_str("Unknown(..)"),
                }
            }
        }
    };
    code.items
        .into_iter()
        .chain([read(union)])
        .chain(conversions(union))
        .chain(of_builders(union, builders))
        .chain(of_text(union))
        .chain(entries(union, models))
}

/// Reads a union by its tag. Without one, the first alternative that fits is taken.
fn read(union: &Union) -> Item {
    let name = format_ident!("{}", union.name);
    let read = match &union.tag {
        Some(tag) => by_tag(tag, union),
        None => first_that_fits(union),
    };
    parse_quote! {
        impl<'de> ::serde::Deserialize<'de> for #name {
            fn deserialize<D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                let value =
                    <::serde_json::Value as ::serde::Deserialize>::deserialize(deserializer)?;
                #read
            }
        }
    }
}

fn by_tag(tag: &str, union: &Union) -> TokenStream {
    let arms = union.variants.iter().filter(|variant| !variant.tags.is_empty()).map(|variant| {
        let (name, tags) = (format_ident!("{}", variant.name), &variant.tags);
        quote! {
            ::std::option::Option::Some(#(#tags)|*) => crate::decode::tagged(&value)
                .map(Self::#name)
                .map_err(::serde::de::Error::custom),
        }
    });
    quote! {
        match value.get(#tag).and_then(::serde_json::Value::as_str) {
            #(#arms)*
            _ => ::std::result::Result::Ok(Self::Unknown(value)),
        }
    }
}

fn first_that_fits(union: &Union) -> TokenStream {
    let names = union.variants.iter().map(|variant| format_ident!("{}", variant.name));
    quote! {
        for is_exact in [true, false] {
            #(if let ::std::option::Option::Some(held) =
                crate::decode::alternative(&value, is_exact)
            {
                return ::std::result::Result::Ok(Self::#names(held));
            })*
        }
        ::std::result::Result::Ok(Self::Unknown(value))
    }
}

/// A named type becomes the union that it is one of.
fn conversions(union: &Union) -> impl Iterator<Item = Item> {
    let name = format_ident!("{}", union.name);
    union.variants.iter().filter_map(move |variant| {
        let Holds::Named(held) = &variant.holds else { return None };
        let (held, variant) = (format_ident!("{held}"), format_ident!("{}", variant.name));
        Some(parse_quote! {
            impl ::std::convert::From<#held> for #name {
                fn from(value: #held) -> Self {
                    Self::#variant(::std::boxed::Box::new(value))
                }
            }
        })
    })
}

/// A builder becomes the union that its model is one of.
fn of_builders(union: &Union, builders: &BTreeSet<String>) -> impl Iterator<Item = Item> {
    let name = format_ident!("{}", union.name);
    let held = union.variants.iter().filter_map(|variant| match &variant.holds {
        Holds::Named(held) if builders.contains(held) => Some(format_ident!("{held}")),
        _ => None,
    });
    let items = held.map(move |held| {
        let code: File = parse_quote! {
            impl ::std::convert::TryFrom<builder::#held> for #name {
                type Error = error::ConversionError;
                fn try_from(
                    value: builder::#held,
                ) -> ::std::result::Result<Self, error::ConversionError> {
                    #held::try_from(value).map(Self::from)
                }
            }
            impl crate::IntoOptional<#name> for builder::#held {
                fn into_optional(
                    self,
                ) -> ::std::result::Result<
                    ::std::option::Option<#name>,
                    ::std::string::String,
                > {
                    #name::try_from(self)
                        .map(::std::option::Option::Some)
                        .map_err(|e| e.to_string())
                }
            }
        };
        code.items
    });
    items.flatten()
}

/// A text becomes the union that has one kind of text.
fn of_text(union: &Union) -> Vec<Item> {
    let texts: Vec<_> =
        union.variants.iter().filter(|variant| variant.holds == Holds::Text).collect();
    let [text] = texts.as_slice() else { return Vec::new() };
    let (name, text) = (format_ident!("{}", union.name), format_ident!("{}", text.name));
    let code: File = parse_quote! {
        impl ::std::convert::From<::std::string::String> for #name {
            fn from(value: ::std::string::String) -> Self {
                Self::#text(value)
            }
        }
        impl ::std::convert::From<&str> for #name {
            fn from(value: &str) -> Self {
                Self::#text(value.to_owned())
            }
        }
        impl crate::IntoOptional<#name> for &str {
            fn into_optional(
                self,
            ) -> ::std::result::Result<::std::option::Option<#name>, ::std::string::String> {
                ::std::result::Result::Ok(::std::option::Option::Some(self.into()))
            }
        }
    };
    code.items
}

/// A list, bare or as all that an object holds, has the same entries.
fn entries(union: &Union, models: &[Item]) -> Option<Item> {
    let [first, second] = union.variants.as_slice() else { return None };
    let (envelope, list) = match (&first.holds, &second.holds) {
        (Holds::Named(_), Holds::List(_)) => (first, second),
        (Holds::List(_), Holds::Named(_)) => (second, first),
        _ => return None,
    };
    let (Holds::Named(model), Holds::List(entry)) = (&envelope.holds, &list.holds) else {
        return None;
    };
    let Holds::Named(entry) = entry.as_ref() else { return None };
    let (model, entry) = (format_ident!("{model}"), format_ident!("{entry}"));
    let model = models.iter().find_map(|item| match item {
        Item::Struct(found) if found.ident == model => Some(found),
        _ => None,
    })?;
    let [field] = model.fields.iter().collect::<Vec<_>>()[..] else { return None };
    let kind = &field.ty;
    let is_list = quote!(#kind).to_string() == quote!(::std::vec::Vec<#entry>).to_string();
    let field = field.ident.as_ref().filter(|_| is_list)?;
    let name = format_ident!("{}", union.name);
    let (envelope, list) = (format_ident!("{}", envelope.name), format_ident!("{}", list.name));
    Some(parse_quote! {
        impl #name {
            /// The entries, in whichever form they came. None where this version does
            /// not know the form.
            pub fn entries(&self) -> ::std::option::Option<&[#entry]> {
                match self {
                    Self::#envelope(envelope) => ::std::option::Option::Some(&envelope.#field),
                    Self::#list(list) => ::std::option::Option::Some(list),
                    Self::Unknown(_) => ::std::option::Option::None,
                }
            }

            /// The entries, as [`entries`](Self::entries) gives them.
            pub fn into_entries(self) -> ::std::option::Option<::std::vec::Vec<#entry>> {
                match self {
                    Self::#envelope(envelope) => ::std::option::Option::Some(envelope.#field),
                    Self::#list(list) => ::std::option::Option::Some(list),
                    Self::Unknown(_) => ::std::option::Option::None,
                }
            }
        }
    })
}

/// The type of a variant. A named one may hold the union, so it is in a box.
fn held(holds: &Holds) -> Type {
    match holds {
        Holds::Named(name) => {
            let name = format_ident!("{name}");
            parse_quote!(::std::boxed::Box<#name>)
        }
        other => element(other),
    }
}

fn element(holds: &Holds) -> Type {
    match holds {
        Holds::Text => parse_quote!(::std::string::String),
        Holds::Secret => parse_quote!(crate::Secret),
        Holds::Integer => parse_quote!(i64),
        Holds::Number => parse_quote!(f64),
        Holds::Boolean => parse_quote!(bool),
        Holds::Any => parse_quote!(::serde_json::Value),
        Holds::Named(name) => {
            let name = format_ident!("{name}");
            parse_quote!(#name)
        }
        Holds::List(item) => {
            let item = element(item);
            parse_quote!(::std::vec::Vec<#item>)
        }
        Holds::Map(value) => {
            let value = element(value);
            parse_quote!(::std::collections::BTreeMap<::std::string::String, #value>)
        }
    }
}
