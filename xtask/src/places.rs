//! Reads the parts of a converted document: operations, paths, schemas and references.

use serde_json::Value;

use crate::convert::grammar::METHODS;
pub(crate) use crate::convert::schema::is_null;
pub use crate::generate::schema::{
    SCHEMAS, alternatives as members, reference as lone_reference, references,
};
use crate::node::Pointer;

/// The entries of an object. Any other value has none.
pub fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

/// The elements of an array. Any other value has none.
pub fn elements(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// The target of a schema that is only a reference.
pub fn reference(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str()?.strip_prefix(SCHEMAS)
}

/// The target of a schema that is a reference or null.
pub fn nullable_reference(schema: &Value) -> Option<&str> {
    match schema["anyOf"].as_array().map(Vec::as_slice) {
        Some([some, null]) if is_null(null) => reference(some),
        _ => None,
    }
}

/// Whether a schema allows null in addition to other values.
pub fn may_be_null(schema: &Value) -> bool {
    schema["nullable"] == true || nullable_reference(schema).is_some()
}

/// Whether a schema requires a property.
pub fn requires(schema: &Value, name: &str) -> bool {
    elements(&schema["required"]).any(|required| required == name)
}

/// The names of the path parameters.
pub fn placeholders(path: &str) -> Vec<&str> {
    let names = path.split('{').skip(1).filter_map(|part| part.split_once('}'));
    names.map(|(name, _)| name).collect()
}

/// A path without the names of its parameters, which are not part of a request.
pub fn shape(path: &str) -> String {
    fill(path, "{}")
}

/// A path with a text instead of each parameter.
pub fn fill(path: &str, with: &str) -> String {
    placeholders(path)
        .into_iter()
        .fold(path.to_owned(), |path, name| path.replacen(&format!("{{{name}}}"), with, 1))
}

/// The place and the name of a parameter in a request. The name of a header ignores the case, and
/// a parameter of a path has a position instead.
pub fn sent_as(path: &str, parameter: &Value) -> String {
    let [place, name] = ["in", "name"].map(|key| parameter[key].as_str().unwrap_or_default());
    match place {
        "path" => {
            let before = path.split(&format!("{{{name}}}")).next().unwrap_or_default();
            format!("path {}", before.matches('{').count())
        }
        "header" => format!("header {}", name.to_lowercase()),
        _ => format!("{place} {name}"),
    }
}

/// Whether a part of a schema only states alternatives of required fields.
pub fn is_choice(part: &Value) -> bool {
    let is_rule = |one: &Value| entries(one).map(|(key, _)| key).eq(["required"]);
    members(part).next().is_some() && members(part).all(is_rule)
}

/// The operations of a document, each with its path, method and place.
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

#[cfg(test)]
mod tests {
    use super::shape;

    #[test]
    fn the_shape_of_a_path_drops_only_the_names_of_parameters() {
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
