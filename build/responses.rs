//! Describes the successful response of an operation, so that the hand-written layer recognizes
//! responses that the API did not send.

use std::collections::BTreeSet;

use heck::ToLowerCamelCase;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;

use super::nullable::is_scalar;
use super::schema::{alternatives, entries, resolve, success, texts};
use super::unions::is_union;

/// The body of a successful response.
#[derive(Default)]
pub struct Response {
    content: Option<&'static str>,
    /// The `Accept` header, unless it is that of the generator.
    accept: Option<String>,
    /// The names of its fields.
    fields: BTreeSet<String>,
    /// Whether one of them is a required scalar that is never null.
    requires_fields: bool,
    /// Whether it is a union. The client keeps undocumented alternatives.
    is_union: bool,
    /// If it may be a list: the names under which an object may wrap the list.
    envelopes: BTreeSet<String>,
    /// Whether one of the fields holds a file.
    is_file: bool,
}

impl Response {
    /// Reads the successful response of an operation.
    pub fn of(document: &Value, path: &str, operation: &Value) -> Self {
        let (content, accept) = match entries(success(operation), "content").next() {
            Some((media_type, body)) if media_type == "application/json" => {
                return Self::of_json(document, path, &body["schema"]);
            }
            // Errors are always JSON.
            Some((media_type, _)) => ("File", format!("{media_type}, application/json")),
            None => ("Nothing", "application/json".to_owned()),
        };
        Self { content: Some(content), accept: Some(accept), ..Self::default() }
    }

    fn of_json(document: &Value, path: &str, schema: &Value) -> Self {
        let schema = resolve(document, schema);
        let mut response = Self { is_union: is_union(schema), ..Self::default() };
        response.add(document, schema);
        if !response.envelopes.is_empty() {
            response.envelopes.extend(entries_of(path));
        }
        response.requires_fields &= !response.is_union;
        response
    }

    fn add(&mut self, document: &Value, schema: &Value) {
        for (name, property) in entries(schema, "properties") {
            self.fields.insert(name.clone());
            let is_required = texts(schema, "required").any(|required| required == name);
            let is_nullable = property["nullable"] == true;
            self.requires_fields |= is_required && is_scalar(property) && !is_nullable;
            self.is_file |= property["format"] == "data-url";
        }
        if schema["type"] == "array" {
            self.envelopes.insert("data".to_owned());
        }
        if is_union(schema) {
            for alternative in alternatives(schema) {
                self.add(document, resolve(document, alternative));
            }
        }
    }

    /// The code of the description.
    pub fn emit(&self) -> TokenStream {
        let Self { fields, requires_fields, is_union, envelopes, is_file, .. } = self;
        let (fields, envelopes) = (fields.iter(), envelopes.iter());
        let content = format_ident!("{}", self.content.unwrap_or("Json"));
        let accept = self.accept.as_ref().map_or(quote!(None), |accept| quote!(Some(#accept)));
        quote!(ResponseBody {
            content: Content::#content, accept: #accept, fields: &[#(#fields),*],
            requires_fields: #requires_fields, is_union: #is_union,
            envelopes: &[#(#envelopes),*], is_file: #is_file,
        })
    }
}

/// The name of the entries by the last fixed segment of the path, in the form of a field.
fn entries_of(path: &str) -> Option<String> {
    let fixed = path.rsplit('/').find(|segment| !segment.starts_with('{'))?;
    Some(fixed.to_lower_camel_case())
}
