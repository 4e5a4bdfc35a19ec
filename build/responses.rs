//! What the successful responses of each operation hold, as far as the hand-written layer
//! has to know it to recognize a response of the API.

use std::collections::{BTreeMap, BTreeSet};

use heck::ToLowerCamelCase;
use serde_json::Value;

use super::adapt::METHODS;

/// By `operationId`.
pub type Responses = BTreeMap<String, Response>;

/// The body of a success.
#[derive(Clone, Default)]
pub struct Response {
    /// The names of the fields of its object.
    pub fields: BTreeSet<String>,
    /// Whether it has to have one that is never null, a list or a map.
    pub requires_fields: bool,
    /// Whether it is one of several, of which the client keeps those that it does not know.
    pub is_union: bool,
    /// Where it is a list, or may be one: the names under which an object may hold it.
    pub envelopes: BTreeSet<String>,
    /// Whether one of the fields holds a whole file.
    pub is_file: bool,
}

/// The deepest nesting of references and alternatives that is followed. Schemas may
/// refer to themselves.
const DEPTH: usize = 8;

/// Looks at the JSON of all successes.
pub fn survey(document: &Value) -> Responses {
    let items = document["paths"].as_object().into_iter().flatten();
    let operations = items
        .flat_map(|(path, item)| METHODS.iter().map(move |method| (path.as_str(), &item[*method])));
    operations
        .filter_map(|(path, operation)| {
            let mut response = Response::default();
            let all = operation["responses"].as_object()?.iter();
            for (_, success) in all.filter(|(status, _)| status.starts_with('2')) {
                let success = resolve(document, success);
                let schema = &success["content"]["application/json"]["schema"];
                response.add(document, schema, DEPTH);
            }
            if !response.envelopes.is_empty() {
                response.envelopes.extend(entries_of(path));
            }
            // A union keeps whatever fits none of its alternatives.
            response.requires_fields &= !response.is_union;
            Some((operation["operationId"].as_str()?.to_owned(), response))
        })
        .collect()
}

impl Response {
    fn add(&mut self, document: &Value, schema: &Value, depth: usize) {
        let schema = resolve(document, schema);
        let required = schema["required"].as_array();
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            self.fields.insert(name.clone());
            let is_required = required.is_some_and(|required| required.iter().any(|r| r == name));
            let is_scalar = ["string", "integer", "number", "boolean"];
            let is_scalar = property["type"].as_str().is_some_and(|kind| is_scalar.contains(&kind));
            self.requires_fields |= is_required && is_scalar && property["nullable"] != true;
            self.is_file |= property["format"] == "data-url" || property["format"] == "byte";
        }
        if schema["type"] == "array" {
            self.envelopes.insert("data".to_owned());
        }
        self.is_union |= schema.get("oneOf").or(schema.get("anyOf")).is_some();
        let parts =
            ["allOf", "oneOf", "anyOf"].into_iter().filter_map(|key| schema[key].as_array());
        for part in parts.flatten().filter(|_| depth > 0) {
            self.add(document, part, depth - 1);
        }
    }
}

/// What a path calls the entries that it has, as a field would.
fn entries_of(path: &str) -> Option<String> {
    let fixed = path.rsplit('/').find(|segment| !segment.starts_with('{'))?;
    Some(fixed.to_lower_camel_case())
}

/// What a reference leads to; anything else is what it is.
fn resolve<'d>(document: &'d Value, value: &'d Value) -> &'d Value {
    let reference = value["$ref"].as_str().and_then(|reference| reference.strip_prefix('#'));
    reference.and_then(|pointer| document.pointer(pointer)).unwrap_or(value)
}
