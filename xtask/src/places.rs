//! Reads a document: its values with their places, which are JSON pointers (RFC 6901), and its
//! operations, paths, schemas and references.

use std::fmt::{self, Display};
use std::ops::Deref;

use serde_json::Value;
use serde_json::value::Index;

use crate::convert::grammar::METHODS;
pub(crate) use crate::convert::schema::is_null;
pub use crate::generate::schema::{
    SCHEMAS, alternatives as members, reference as lone_reference, references,
};

/// A value of a document, with its place and with shared data. A missing value is null.
#[derive(Clone)]
pub struct Node<'a, Shared = ()> {
    pub value: &'a Value,
    pub at: Pointer,
    pub document: &'a Value,
    pub shared: Shared,
}

impl<Shared> Deref for Node<'_, Shared> {
    type Target = Value;

    fn deref(&self) -> &Value {
        self.value
    }
}

impl<'a, Shared: Copy> Node<'a, Shared> {
    pub fn root(document: &'a Value, shared: Shared) -> Self {
        Self { value: document, at: Pointer::default(), document, shared }
    }

    /// Another value of the same document, with its place.
    pub fn with(&self, value: &'a Value, at: Pointer) -> Self {
        Self { value, at, ..*self }
    }

    /// The value at another place of the same document.
    pub fn at(&self, at: Pointer) -> Self {
        self.with(self.document.pointer(at.as_str()).unwrap_or(&Value::Null), at)
    }

    pub fn key(&self, key: impl Index + Display) -> Self {
        self.with(&self.value[&key], self.at.join(&key))
    }

    /// The entries of an object, each with its key.
    pub fn entries(&self) -> Vec<(&'a str, Self)> {
        entries(self.value).map(|(key, _)| (key.as_str(), self.key(key))).collect()
    }

    pub fn elements(&self) -> Vec<Self> {
        (0..elements(self.value).count()).map(|index| self.key(index)).collect()
    }

    /// The text of a string. Any other value has an empty one.
    pub fn text(&self) -> &'a str {
        self.value.as_str().unwrap_or_default()
    }

    /// The effective security of an operation.
    pub fn security(&self) -> &'a Value {
        self.value.get("security").unwrap_or(&self.document["security"])
    }

    /// The target of a reference. Any other node is returned unchanged.
    pub fn resolved(&self) -> Self {
        let target = self.value["$ref"].as_str().map(Pointer::of_reference);
        target.map_or_else(|| self.clone(), |target| self.at(target))
    }
}

/// A JSON pointer. The root is empty, and is displayed as `/`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pointer(String);

impl Pointer {
    /// The pointer to the entry `key` of this value.
    pub fn join(&self, key: impl Display) -> Self {
        let key = key.to_string().replace('~', "~0").replace('/', "~1");
        Self(format!("{}/{key}", self.0))
    }

    /// The pointer of a local reference, `#/...`.
    pub fn of_reference(reference: &str) -> Self {
        Self(reference.trim_start_matches('#').to_owned())
    }

    /// The pointer in the form of RFC 6901, in which the root is empty.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() { "/" } else { &self.0 })
    }
}

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
    let either = &schema["anyOf"];
    reference(&either[0]).filter(|_| is_null(&either[1]) && either.get(2).is_none())
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
    use serde_json::json;

    use super::{Pointer, sent_as, shape};

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

    #[test]
    fn a_parameter_is_named_as_it_is_sent() {
        for (place, name, expected) in
            [("path", "b", "path 1"), ("query", "B", "query B"), ("header", "X-B", "header x-b")]
        {
            let parameter = json!({"in": place, "name": name});
            assert_eq!(sent_as("/{a}/{b}/c", &parameter), expected);
        }
    }

    #[test]
    fn slashes_and_tildes_in_keys_are_escaped() {
        let pointer = Pointer::default().join("paths").join("/v1/~me").join(0);
        assert_eq!(pointer.to_string(), "/paths/~1v1~1~0me/0");
        assert_eq!(Pointer::default().to_string(), "/");
    }
}
