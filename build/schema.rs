//! Finds parts of the document, and names them in Rust.

use heck::ToSnakeCase;
use serde_json::{Map, Value};

/// The place of named schemas.
pub const SCHEMAS: &str = "#/components/schemas/";

/// The named schemas of a document.
pub fn named(document: &Value) -> impl Iterator<Item = (&String, &Value)> {
    document["components"]["schemas"].as_object().into_iter().flatten()
}

/// The schema with a name.
pub fn schema<'d>(document: &'d Value, name: &str) -> &'d Value {
    &document["components"]["schemas"][name]
}

/// Every operation, with its path and method.
pub fn operations(document: &Value) -> impl Iterator<Item = (&str, &str, &Value)> {
    entries(document, "paths").flat_map(|(path, item)| {
        let operations = item.as_object().into_iter().flatten();
        operations.map(move |(method, operation)| (path.as_str(), method.as_str(), operation))
    })
}

/// Every operation, mutably.
pub fn operations_mut(document: &mut Value) -> impl Iterator<Item = &mut Value> {
    let items = entries_mut(document, "paths").filter_map(|(_, item)| item.as_object_mut());
    items.flatten().map(|(_, operation)| operation)
}

/// The successful response of an operation.
pub fn success(operation: &Value) -> &Value {
    let mut all = entries(operation, "responses").filter(|(status, _)| status.starts_with('2'));
    all.next().map_or(&Value::Null, |(_, success)| success)
}

/// The entries of a member that is an object.
pub fn entries<'v>(value: &'v Value, key: &str) -> impl Iterator<Item = (&'v String, &'v Value)> {
    value[key].as_object().into_iter().flatten()
}

/// The elements of a member that is a list.
pub fn elements<'v>(value: &'v Value, key: &str) -> impl Iterator<Item = &'v Value> {
    value[key].as_array().into_iter().flatten()
}

/// The strings of a member that is a list.
pub fn texts<'v>(value: &'v Value, key: &str) -> impl Iterator<Item = &'v str> {
    elements(value, key).filter_map(Value::as_str)
}

/// The elements of a member that is a list, mutably.
pub fn elements_mut<'v>(value: &'v mut Value, key: &str) -> impl Iterator<Item = &'v mut Value> {
    value.get_mut(key).and_then(Value::as_array_mut).into_iter().flatten()
}

/// The entries of a member that is an object, mutably.
pub fn entries_mut<'v>(
    value: &'v mut Value,
    key: &str,
) -> impl Iterator<Item = (&'v String, &'v mut Value)> {
    value.get_mut(key).and_then(Value::as_object_mut).into_iter().flatten()
}

/// The name of the schema that a schema refers to, directly or by an `allOf` with one element.
pub fn reference(schema: &Value) -> Option<&str> {
    let only = match schema["allOf"].as_array().map(Vec::as_slice) {
        Some([only]) if schema.get("properties").is_none() => only,
        _ => schema,
    };
    only["$ref"].as_str()?.strip_prefix(SCHEMAS)
}

/// A schema, or the one that it refers to.
pub fn resolve<'d>(document: &'d Value, part: &'d Value) -> &'d Value {
    reference(part).map_or(part, |name| schema(document, name))
}

/// The alternatives of a schema.
pub fn alternatives(schema: &Value) -> impl Iterator<Item = &Value> {
    elements(schema, "oneOf").chain(elements(schema, "anyOf"))
}

/// Visits every schema inside a schema, then the schema itself.
pub fn visit(schema: &mut Value, change: &mut dyn FnMut(&mut Map<String, Value>)) {
    let Some(entries) = schema.as_object_mut() else { return };
    for (key, inner) in entries.iter_mut() {
        let mut visit = |inner: &mut Value| visit(inner, change);
        match (key.as_str(), inner) {
            ("properties", Value::Object(all)) => all.values_mut().for_each(visit),
            ("items" | "additionalProperties", inner) => visit(inner),
            ("allOf" | "oneOf" | "anyOf", Value::Array(all)) => all.iter_mut().for_each(visit),
            _ => {}
        }
    }
    change(entries);
}

/// Visits every reference inside a part of a document.
pub fn references(part: &Value, found: &mut dyn FnMut(&str)) {
    match part {
        Value::Object(entries) => {
            if let Some(Value::String(reference)) = entries.get("$ref") {
                found(reference);
            }
            entries.values().for_each(|entry| references(entry, found));
        }
        Value::Array(elements) => elements.iter().for_each(|element| references(element, found)),
        _ => {}
    }
}

/// The name that the generator gives a field or parameter.
pub fn snake(name: &str) -> String {
    let name = name.to_snake_case();
    let is_free = syn::parse_str::<syn::Ident>(&name).is_ok() && name != "gen";
    if is_free { name } else { format!("{name}_") }
}
