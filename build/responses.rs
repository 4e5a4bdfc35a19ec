//! What the successful response of an operation holds, as far as the hand-written layer has
//! to know it to recognize a response of the API.

use std::collections::BTreeSet;

use heck::ToLowerCamelCase;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;

use super::nullable::is_scalar;
use super::schema::{alternatives, entries, resolve, success, texts};
use super::unions::is_union;

/// The body of a success.
#[derive(Default)]
pub struct Response {
    content: Option<&'static str>,
    /// What to accept, where it is not what the generator says.
    accept: Option<String>,
    /// The names of the fields of its object.
    fields: BTreeSet<String>,
    /// Whether it has to have one that is never null, a list or a map.
    requires_fields: bool,
    /// Whether it is one of several, of which the client keeps those that it does not know.
    is_union: bool,
    /// Where it is a list, or may be one: the names under which an object may hold it.
    envelopes: BTreeSet<String>,
    /// Whether one of the fields holds a whole file.
    is_file: bool,
}

impl Response {
    /// Looks at the success of an operation.
    pub fn of(document: &Value, path: &str, operation: &Value) -> Self {
        let (content, accept) = match entries(success(operation), "content").next() {
            Some((media_type, body)) if media_type == "application/json" => {
                return Self::of_json(document, path, &body["schema"]);
            }
            // Errors are JSON, whatever a success is.
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

    /// The code that describes it.
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

/// What a path calls the entries that it has, as a field would.
fn entries_of(path: &str) -> Option<String> {
    let fixed = path.rsplit('/').find(|segment| !segment.starts_with('{'))?;
    Some(fixed.to_lower_camel_case())
}
