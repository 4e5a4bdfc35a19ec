//! Emits unions that keep undocumented alternatives: a call of `crate::model::open_union!` for
//! each named schema with `oneOf` or `anyOf`, and calls for the conversions into it.

use heck::ToPascalCase;
use proc_macro2::Ident;
use quote::{format_ident, quote};
use serde_json::Value;
use syn::{Item, Type, parse_quote};

use super::reach::Reach;
use super::schema::{alternatives, entries, named, reference, schema, snake};

/// A schema with alternatives.
pub struct Union<'d> {
    pub name: &'d str,
    description: &'d str,
    /// The property that names the alternative, if all are objects.
    tag: Option<&'d str>,
    pub variants: Vec<Variant<'d>>,
}

/// An alternative.
pub struct Variant<'d> {
    name: Ident,
    schema: &'d Value,
    /// The values of the tag.
    pub tags: Vec<&'d str>,
}

impl<'d> Variant<'d> {
    /// The name of its schema, if it is a named object.
    pub fn model(&self) -> Option<&'d str> {
        reference(self.schema)
    }
}

/// The unions of a document.
pub fn find(document: &Value) -> impl Iterator<Item = Union<'_>> {
    named(document).filter(|(_, schema)| is_union(schema)).map(|(name, schema)| union(name, schema))
}

/// Whether a schema is a union. Beside properties, alternatives only state which of them are
/// required.
pub fn is_union(schema: &Value) -> bool {
    schema.get("properties").is_none() && alternatives(schema).next().is_some()
}

fn union<'d>(name: &'d str, schema: &'d Value) -> Union<'d> {
    let variants = alternatives(schema).map(|alternative| {
        let mapping = entries(&schema["discriminator"], "mapping");
        let tags = mapping.filter(|(_, target)| **target == alternative["$ref"]);
        let tags: Vec<&str> = tags.map(|(tag, _)| tag.as_str()).collect();
        let name = match (tags.as_slice(), alternative["title"].as_str()) {
            ([only], _) => only,
            (_, title) => title.or(reference(alternative)).unwrap_or_default(),
        };
        Variant { name: format_ident!("{}", name.to_pascal_case()), schema: alternative, tags }
    });
    Union {
        name,
        description: schema["description"].as_str().unwrap_or_default(),
        tag: schema["discriminator"]["propertyName"].as_str(),
        variants: variants.collect(),
    }
}

/// The code of a union.
pub fn emit(union: &Union, document: &Value, reach: &Reach) -> Vec<Item> {
    let Union { description, tag, variants, .. } = union;
    let name = format_ident!("{}", union.name);
    let listed = variants.iter().map(|variant| {
        let (variant, tags, held) = (&variant.name, &variant.tags, held(variant.schema));
        if tag.is_some() { quote!(#variant(#held) = #(#tags)|*,) } else { quote!(#variant(#held),) }
    });
    let by_tag = tag.map(|tag| quote!(by #tag,));
    let mut items: Vec<Item> = vec![parse_quote! {
        crate::model::open_union!(#name, #description, #by_tag { #(#listed)* });
    }];
    for Variant { name: variant, schema, .. } in variants {
        if let Some(model) = reference(schema) {
            let held = format_ident!("{model}");
            items.push(parse_quote!(crate::model::from_model!(#name, #variant, #held);));
            if reach.sent.contains(model) {
                items.push(parse_quote!(crate::model::from_builder!(#name, #held);));
            }
        } else if schema["type"] == "string" {
            items.push(parse_quote!(crate::model::from_text!(#name, #variant);));
        }
    }
    items.extend(emit_entries(union, document));
    items
}

/// Gives a union of a list and an object with that list one accessor for the entries.
fn emit_entries(union: &Union, document: &Value) -> Option<Item> {
    let list = union.variants.iter().find(|variant| variant.schema["type"] == "array")?;
    let object = union.variants.iter().find(|variant| variant.model().is_some())?;
    let entry = reference(&list.schema["items"])?;
    let mut fields = entries(schema(document, object.model()?), "properties");
    let is_list = |field: &Value| reference(&field["items"]) == Some(entry);
    let (field, _) = fields.find(|(_, field)| is_list(field) && field["nullable"] != true)?;
    let (name, entry) = (format_ident!("{}", union.name), format_ident!("{entry}"));
    let (object, list, field) = (&object.name, &list.name, format_ident!("{}", snake(field)));
    Some(parse_quote!(crate::model::entries!(#name, #entry, #object.#field, #list);))
}

/// The type of a variant. An object is boxed, since it may contain the union.
fn held(schema: &Value) -> Type {
    let element = element(schema);
    if reference(schema).is_some() { parse_quote!(::std::boxed::Box<#element>) } else { element }
}

fn element(schema: &Value) -> Type {
    if let Some(model) = reference(schema) {
        let model = format_ident!("{model}");
        return parse_quote!(#model);
    }
    match schema["type"].as_str() {
        Some("string") => parse_quote!(::std::string::String),
        Some("integer") => parse_quote!(i64),
        Some("number") => parse_quote!(f64),
        Some("boolean") => parse_quote!(bool),
        Some("array") => {
            let item = element(&schema["items"]);
            parse_quote!(::std::vec::Vec<#item>)
        }
        Some("object") => {
            let value = element(&schema["additionalProperties"]);
            parse_quote!(::std::collections::BTreeMap<::std::string::String, #value>)
        }
        _ => parse_quote!(::serde_json::Value),
    }
}
