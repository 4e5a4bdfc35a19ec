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
#[expect(clippy::struct_excessive_bools, reason = "independent facts of the document")]
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
    /// Whether it is a list, or a union with one.
    is_list: bool,
    /// The names of its lists of objects that no other object resembles.
    lists: Vec<String>,
    /// The undocumented names under which an object may contain the list.
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
        let is_file = content == "File";
        Self { content: Some(content), accept: Some(accept), is_file, ..Self::default() }
    }

    fn of_json(document: &Value, path: &str, schema: &Value) -> Self {
        let schema = resolve(document, schema);
        let mut response = Self { is_union: is_union(schema), ..Self::default() };
        response.add(document, schema);
        if response.is_list || (response.lists.len() == 1 && !response.is_union) {
            let names = entries_of(path).into_iter().chain(["data".to_owned()]);
            response.envelopes = names.filter(|name| !response.fields.contains(name)).collect();
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
            let entry = resolve(document, &property["items"]);
            if texts(entry, "required").next().is_some() {
                self.lists.push(name.clone());
            }
        }
        self.is_list |= schema["type"] == "array";
        if is_union(schema) {
            for alternative in alternatives(schema) {
                self.add(document, resolve(document, alternative));
            }
        }
    }

    /// The code of the description.
    pub fn emit(&self) -> TokenStream {
        let Self { fields, requires_fields, is_union, is_list, envelopes, is_file, .. } = self;
        let list = self.lists.first().map_or(quote!(None), |list| quote!(Some(#list)));
        let content = format_ident!("{}", self.content.unwrap_or("Json"));
        let accept = self.accept.as_ref().map_or(quote!(None), |accept| quote!(Some(#accept)));
        quote!(ResponseBody {
            content: Content::#content, accept: #accept, fields: &[#(#fields),*],
            requires_fields: #requires_fields, is_union: #is_union, is_list: #is_list,
            list: #list, envelopes: &[#(#envelopes),*], is_file: #is_file,
        })
    }
}

/// The name of the entries by the last fixed segment of the path, in the form of a field.
fn entries_of(path: &str) -> Option<String> {
    let fixed = path.rsplit('/').find(|segment| !segment.starts_with('{'))?;
    Some(fixed.to_lower_camel_case())
}
