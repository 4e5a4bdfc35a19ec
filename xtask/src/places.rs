//! Where the parts of a converted document stand.

use std::collections::BTreeSet;

use anyhow::{Result, anyhow};
use serde_json::{Map, Value, json};

pub(crate) use crate::convert::grammar::METHODS;
use crate::convert::grammar::{Child, Kind};
use crate::pointer::Pointer;

/// Where named schemas stand, as references write it.
pub const SCHEMAS: &str = "#/components/schemas/";

/// The place of a named schema.
pub fn schema(name: &str) -> Pointer {
    Pointer::default().join("components").join("schemas").join(name)
}

/// The named schemas of a document, which has room for some after this.
pub fn schemas_mut<'a>(document: &'a mut Value) -> Result<&'a mut Map<String, Value>> {
    let room = |holder: &'a mut Value, key: &str| -> Option<&'a mut Value> {
        Some(holder.as_object_mut()?.entry(key).or_insert_with(|| json!({})))
    };
    let schemas = room(document, "components").and_then(|components| room(components, "schemas"));
    let schemas = schemas.and_then(Value::as_object_mut);
    schemas.ok_or_else(|| anyhow!("/components/schemas has no room: what holds it is no object"))
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

/// Whether null fits a schema beside something else.
pub fn may_be_null(schema: &Value) -> bool {
    schema["nullable"] == true || nullable_reference(schema).is_some()
}

/// Whether an object has to have a property.
pub fn requires(schema: &Value, name: &str) -> bool {
    elements(&schema["required"]).any(|required| required == name)
}

/// A path without the names of its parameters, which are not sent.
pub fn shape(path: &str) -> String {
    let (first, rest) = path.split_once('{').unwrap_or((path, ""));
    let rest = rest.split('{').filter(|part| !part.is_empty());
    rest.fold(first.to_owned(), |shape, part| {
        shape + "{}" + part.split_once('}').map_or("", |(_, after)| after)
    })
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
    let place = Pointer::of_reference(target);
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

/// The components that some values refer to, and those that these refer to.
pub fn reached<'a>(
    document: &'a Value,
    from: impl IntoIterator<Item = &'a Value>,
) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open: Vec<&Value> = from.into_iter().collect();
    while let Some(value) = open.pop() {
        match value {
            Value::Object(fields) => {
                let target = fields.get("$ref").and_then(Value::as_str);
                if let Some(place) = target.and_then(|target| target.strip_prefix('#')) {
                    let place: Vec<&str> = place.split('/').take(4).collect();
                    let place = place.join("/");
                    if let Some(component) = document.pointer(&place)
                        && found.insert(place)
                    {
                        open.push(component);
                    }
                }
                open.extend(fields.values());
            }
            Value::Array(elements) => open.extend(elements),
            _ => {}
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

#[cfg(test)]
mod tests {
    use super::shape;

    #[test]
    fn the_shape_of_a_path_keeps_all_but_the_names_of_its_parameters() {
        for (path, expected) in [
            ("/a", "/a"),
            ("/a/{id}", "/a/{}"),
            ("/a/{id}:cancel", "/a/{}:cancel"),
            ("/a/{id}.json/{b}/c", "/a/{}.json/{}/c"),
        ] {
            assert_eq!(shape(path), expected);
        }
    }
}
