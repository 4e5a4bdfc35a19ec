//! Emits enums that keep undocumented values: a call of `crate::model::open_enum!` for each
//! named schema that is a string with an `enum`.

use heck::ToPascalCase;
use quote::{format_ident, quote};
use serde_json::Value;
use syn::{Item, parse_quote};

use super::schema::{named, texts};

/// The enums of a document, with their names.
pub fn find(document: &Value) -> impl Iterator<Item = (&String, &Value)> {
    named(document).filter(|(_, schema)| schema["enum"].is_array())
}

/// The code of the enums of a document.
pub fn emit(document: &Value) -> Vec<Item> {
    find(document).flat_map(|(name, schema)| emit_one(name, schema)).collect()
}

fn emit_one(name: &str, schema: &Value) -> Vec<Item> {
    let name = format_ident!("{name}");
    let description = schema["description"].as_str().unwrap_or_default();
    let (mut variants, mut listed) = (Vec::new(), Vec::new());
    for (index, value) in texts(schema, "enum").enumerate() {
        let named = schema["x-enum-names"][value].as_str().unwrap_or(value);
        let variant = format_ident!("{}", variant_name(named));
        let doc = match schema["x-enum-descriptions"][index].as_str() {
            Some(meaning) => format!("`{value}`: {meaning}"),
            None => format!("`{value}`"),
        };
        listed.push(quote!(#variant = #value: #doc,));
        variants.push(variant);
    }
    let mut items =
        vec![parse_quote!(crate::model::open_enum!(#name, #description, { #(#listed)* });)];
    if variants == ["On"] {
        items.push(parse_quote!(crate::model::switch!(#name, On);));
    }
    items
}

/// `META_IS_ON` becomes `MetaIsOn`. `UNKNOWN` must differ from the variant for undocumented
/// values.
pub fn variant_name(value: &str) -> String {
    let name = value.to_pascal_case();
    if name == "Unknown" { "UnknownValue".to_owned() } else { name }
}
