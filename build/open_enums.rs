//! Enums that keep values which the document does not know yet.
//!
//! A closed enum rejects a value that the server adds later. Every named schema
//! that is a string with an `enum` becomes a type with one variant for each
//! value and `Unknown(String)` for all others; `src/open_enum.rs` says what
//! such a type can do.

use std::collections::BTreeMap;

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

/// The named string enums of a document.
pub fn find(document: &OpenAPI) -> Result<Vec<OpenEnum>, String> {
    let schemas = document.components.iter().flat_map(|components| &components.schemas);
    schemas
        .filter_map(|(name, schema)| Some((name, schema.as_item()?)))
        .filter_map(|(name, schema)| Some((name, schema, known_values(schema)?)))
        .map(|(name, schema, known)| {
            open_enum(name, schema, known)
                .map_err(|reason| format!("/components/schemas/{name}: {reason}"))
        })
        .collect()
}

fn known_values(schema: &Schema) -> Option<Vec<&str>> {
    let SchemaKind::Type(Type::String(string)) = &schema.schema_kind else {
        return None;
    };
    let values: Vec<&str> = string.enumeration.iter().flatten().map(String::as_str).collect();
    (!values.is_empty()).then_some(values)
}

fn open_enum(name: &str, schema: &Schema, known: Vec<&str>) -> Result<OpenEnum, String> {
    if schema.schema_data.nullable {
        return Err("an enum that may be null; say so where it is used instead".to_owned());
    }
    if name != name.to_pascal_case() || !is_identifier(name) {
        return Err("the name of an enum has to be in PascalCase".to_owned());
    }
    let mut variants = BTreeMap::new();
    let mut values = Vec::new();
    for value in known {
        let variant = variant_name(value);
        if !is_identifier(&variant) {
            return Err(format!("no name can be made of the value `{value}`"));
        }
        if let Some(other) = variants.insert(variant.clone(), value) {
            return Err(format!(
                "the values `{other}` and `{value}` would both be named `{variant}`"
            ));
        }
        values.push((variant, value.to_owned()));
    }
    let description = schema.schema_data.description.clone().unwrap_or_default();
    Ok(OpenEnum { name: name.to_owned(), description, values })
}

/// `META_IS_ON` becomes `MetaIsOn`. What cannot be a name as it is gets one
/// that can; `UNKNOWN` must differ from the variant that keeps the rest.
fn variant_name(value: &str) -> String {
    let name = value.to_pascal_case();
    match name.as_str() {
        "" => "Empty".to_owned(),
        "Unknown" | "Self" => format!("{name}Value"),
        _ if name.starts_with(|first: char| first.is_ascii_digit()) => format!("Value{name}"),
        _ => name,
    }
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
