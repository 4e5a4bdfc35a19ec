//! Where the parts of a converted document stand.

use anyhow::{Result, anyhow};
use serde_json::{Map, Value, json};

use crate::convert::grammar::{Child, Kind};
use crate::pointer::Pointer;

/// Where named schemas stand, as references write it.
pub const SCHEMAS: &str = "#/components/schemas/";

/// The place of a named schema.
pub fn schema(name: &str) -> Pointer {
    Pointer::default().join("components").join("schemas").join(name)
}

/// The named schemas of a document, which has room for some after this.
pub fn schemas_mut(document: &mut Value) -> Result<&mut Map<String, Value>> {
    let mut at = Pointer::default();
    let mut here = document;
    for key in ["components", "schemas"] {
        at = at.join(key);
        let object = here.as_object_mut();
        here = object
            .map(|object| object.entry(key).or_insert_with(|| json!({})))
            .ok_or_else(|| anyhow!("{at} has no room: what holds it is no object"))?;
    }
    here.as_object_mut().ok_or_else(|| anyhow!("{at} is no object"))
}

/// The entries of an object; none of any other value.
pub fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

/// The elements of an array; none of any other value.
pub fn elements(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// The alternatives of a union.
pub fn members(schema: &Value) -> impl Iterator<Item = &Value> {
    elements(&schema["oneOf"]).chain(elements(&schema["anyOf"]))
}

/// The name of the schema that a schema refers to, and to nothing else.
pub fn reference(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str()?.strip_prefix(SCHEMAS)
}

/// The name of the schema that a schema refers to, maybe with words beside it.
pub fn lone_reference(schema: &Value) -> Option<&str> {
    match schema["allOf"].as_array().map(Vec::as_slice) {
        Some([only]) if schema.get("properties").is_none() => reference(only),
        _ => reference(schema),
    }
}

/// The name of the schema that a schema refers to where it may also be null.
pub fn nullable_reference(schema: &Value) -> Option<&str> {
    match schema["anyOf"].as_array().map(Vec::as_slice) {
        Some([some, null]) if is_null(null) => reference(some),
        _ => None,
    }
}

/// Whether only null fits a schema.
pub fn is_null(schema: &Value) -> bool {
    matches!(schema["enum"].as_array().map(Vec::as_slice), Some([Value::Null]))
}

/// Whether an alternative only says which field has to be set.
pub fn is_rule(schema: &Value) -> bool {
    schema.as_object().is_some_and(|keys| keys.keys().eq(["required"]))
}

/// Whether a part of a schema only says which of some fields have to be set.
pub fn is_choice(part: &Value) -> bool {
    members(part).next().is_some() && members(part).all(is_rule)
}

/// A part of a document behind at most one reference, and its own place.
pub fn resolve<'a>(document: &'a Value, part: &'a Value, at: &Pointer) -> (Pointer, &'a Value) {
    let Some(target) = part["$ref"].as_str() else { return (at.clone(), part) };
    let steps = target.split('/').skip(1);
    let place = steps.fold(Pointer::default(), |place, step| place.join(step));
    match document.pointer(place.as_str()) {
        Some(part) => (place, part),
        None => (at.clone(), &Value::Null),
    }
}

/// The operations of a document, each with its path, its method and its place.
pub fn operations(document: &Value) -> impl Iterator<Item = (&str, &str, &Value, Pointer)> {
    let items = entries(&document["paths"]).filter(|(path, _)| !path.starts_with("x-"));
    items.flat_map(|(path, item)| {
        let operations = entries(item).filter(|(key, _)| METHODS.contains(&key.as_str()));
        operations.map(move |(method, operation)| {
            let at = Pointer::default().join("paths").join(path).join(method);
            (path.as_str(), method.as_str(), operation, at)
        })
    })
}

/// The keys of a path item that are operations.
pub const METHODS: [&str; 8] =
    ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// The schemas right within one, each with its place and a word for it, which is
/// empty for a part of the same value.
pub fn children(schema: &Value, at: &Pointer) -> Vec<(Pointer, String)> {
    let mut found = Vec::new();
    for (name, _) in entries(&schema["properties"]) {
        found.push((at.join("properties").join(name), name.clone()));
    }
    for (key, word) in [("items", "item"), ("additionalProperties", "value")] {
        if schema[key].is_object() {
            found.push((at.join(key), word.to_owned()));
        }
    }
    for (index, _) in elements(&schema["allOf"]).enumerate() {
        found.push((at.join("allOf").join(index), String::new()));
    }
    for key in ["oneOf", "anyOf"] {
        for (index, _) in elements(&schema[key]).enumerate() {
            found.push((at.join(key).join(index), format!("variant{}", index + 1)));
        }
    }
    found
}

/// Visits every object of the specification in a document, the outer ones first.
pub fn visit(document: &Value, visit: &mut dyn FnMut(Kind, &Value, &Pointer)) {
    visit_within(Kind::Document, document, &Pointer::default(), visit);
}

fn visit_within(
    kind: Kind,
    value: &Value,
    at: &Pointer,
    visit: &mut dyn FnMut(Kind, &Value, &Pointer),
) {
    visit(kind, value, at);
    for (key, value) in entries(value) {
        let at = at.join(key);
        match kind.child(key) {
            None => {}
            Some(Child::One(kind)) => visit_within(kind, value, &at, visit),
            Some(Child::List(kind)) => {
                for (index, value) in elements(value).enumerate() {
                    visit_within(kind, value, &at.join(index), visit);
                }
            }
            Some(Child::Map(kind) | Child::Extensible(kind)) => {
                for (name, value) in entries(value) {
                    visit_within(kind, value, &at.join(name), visit);
                }
            }
        }
    }
}
