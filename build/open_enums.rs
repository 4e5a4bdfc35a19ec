//! Enums that keep values which the document does not know yet.
//!
//! A closed enum rejects a value that the server adds later. Every named schema
//! that is a string with an `enum` becomes a type with one variant for each
//! value, in any case, and `Unknown(String)` for all others; `src/open_enum.rs`
//! says what such a type can do.

use std::collections::BTreeSet;

use heck::ToPascalCase;
use openapiv3::{OpenAPI, Schema, SchemaKind, Type};
use quote::{format_ident, quote};
use syn::{Item, parse_quote};

use super::is_identifier;

/// Says of a schema what each of its values means: an object from value to text.
pub const MEANINGS: &str = "x-enum-descriptions";

/// Says of a schema how its values are called where their own names read badly: an
/// object from value to name.
pub const NAMES: &str = "x-enum-names";

/// A string schema with known values.
pub struct OpenEnum {
    /// The name of the type.
    pub name: String,
    description: String,
    values: Vec<Known>,
}

/// A value that the document knows.
struct Known {
    variant: String,
    value: String,
    /// What it means, where `x-enum-descriptions` says so.
    meaning: Option<String>,
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
    let said = |of: &str, value: &str| {
        Some(schema.schema_data.extensions.get(of)?.get(value)?.as_str()?.to_owned())
    };
    for value in known {
        let first = variant_name(said(NAMES, value).as_deref().unwrap_or(value));
        let others = (2..).map(|number: u32| format!("{first}V{number}"));
        let mut names = std::iter::once(first.clone()).chain(others);
        let variant = names.find(|name| taken.insert(name.clone())).unwrap_or_default();
        values.push(Known { variant, value: value.to_owned(), meaning: said(MEANINGS, value) });
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
        "" if value == "*" => "All".to_owned(),
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

/// The code of an enum: its values. `src/open_enum.rs` has the rest.
pub fn emit(open_enum: &OpenEnum) -> Item {
    let OpenEnum { name, description, values } = open_enum;
    let name = format_ident!("{name}");
    let values = values.iter().map(|Known { variant, value, meaning }| {
        let variant = format_ident!("{variant}");
        let doc = match meaning {
            Some(meaning) => format!("`{value}`: {meaning}"),
            None => format!("`{value}`"),
        };
        quote!(#variant = #value: #doc,)
    });
    parse_quote!(crate::open_enum::open_enum!(#name, #description, { #(#values)* });)
}
