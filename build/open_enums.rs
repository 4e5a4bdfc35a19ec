//! Enums that keep values which the document does not know yet.
//!
//! A closed enum rejects a value that the server adds later. Every named schema
//! that is a string with an `enum` becomes a type with one variant for each
//! value and `Unknown(String)` for all others; `src/open_enum.rs` says what
//! such a type can do.

use std::collections::BTreeSet;

use heck::ToPascalCase;
use openapiv3::{OpenAPI, Schema, SchemaKind, Type};
use proc_macro2::Ident;
use quote::format_ident;
use syn::{File, Item, parse_quote};

use super::is_identifier;

/// A string schema with known values.
pub struct OpenEnum {
    /// The name of the type.
    pub name: String,
    description: String,
    /// The values, by the name of their variant.
    values: Vec<(String, String)>,
}

/// The named string enums of a document; by now, every one has a name.
pub fn find(document: &OpenAPI) -> Vec<OpenEnum> {
    let schemas = document.components.iter().flat_map(|components| &components.schemas);
    schemas
        .filter_map(|(name, schema)| Some((name, schema.as_item()?)))
        .filter_map(|(name, schema)| Some((name, schema, known_values(schema)?)))
        .map(|(name, schema, known)| open_enum(name, schema, known))
        .collect()
}

fn known_values(schema: &Schema) -> Option<Vec<&str>> {
    let SchemaKind::Type(Type::String(string)) = &schema.schema_kind else {
        return None;
    };
    let values: Vec<&str> = string.enumeration.iter().flatten().map(String::as_str).collect();
    (!values.is_empty()).then_some(values)
}

fn open_enum(name: &str, schema: &Schema, known: Vec<&str>) -> OpenEnum {
    let mut taken = BTreeSet::new();
    let mut values = Vec::new();
    for value in known {
        let first = variant_name(value);
        let others = (2..).map(|number: u32| format!("{first}V{number}"));
        let mut names = std::iter::once(first.clone()).chain(others);
        let variant = names.find(|name| taken.insert(name.clone())).unwrap_or_default();
        values.push((variant, value.to_owned()));
    }
    let description = schema.schema_data.description.clone().unwrap_or_default();
    OpenEnum { name: name.to_owned(), description, values }
}

/// `META_IS_ON` becomes `MetaIsOn`. What cannot be a name as it is gets one
/// that can; `UNKNOWN` must differ from the variant that keeps the rest.
fn variant_name(value: &str) -> String {
    let name = value.to_pascal_case();
    match name.as_str() {
        "" if value.is_empty() => "Empty".to_owned(),
        "Unknown" | "Self" => format!("{name}Value"),
        _ if is_identifier(&name) => name,
        _ if !name.is_empty() && is_identifier(&format!("Value{name}")) => format!("Value{name}"),
        _ => spelled(value),
    }
}

/// A name of signs: `>=` becomes `U3eU3d`, after their numbers in Unicode.
fn spelled(value: &str) -> String {
    let numbers: Vec<String> =
        value.chars().map(|sign| format!("U{:x}", u32::from(sign))).collect();
    numbers.concat()
}

/// The code of an enum: what depends on its values. The rest is the same for
/// all of them.
pub fn emit(open_enum: &OpenEnum) -> impl IntoIterator<Item = Item> {
    let OpenEnum { name, description, values } = open_enum;
    let name = format_ident!("{name}");
    let variants: Vec<Ident> =
        values.iter().map(|(variant, _)| format_ident!("{variant}")).collect();
    let values: Vec<&String> = values.iter().map(|(_, value)| value).collect();
    let docs = values.iter().map(|value| format!("`{value}`"));
    let code: File = parse_quote! {
        #[doc = #description]
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum #name {
            #(#[doc = #docs] #variants,)*
            /// A value that this version does not know, as it was sent.
            Unknown(::std::string::String),
        }
        impl #name {
            /// The values that this version knows.
            pub const KNOWN: &'static [Self] = &[#(Self::#variants),*];

            /// The value as it stands in JSON.
            pub fn as_str(&self) -> &str {
                match self {
                    #(Self::#variants => #values,)*
                    Self::Unknown(value) => value,
                }
            }
        }
        crate::open_enum::open_enum!(#name, #description);
    };
    code.items
}
