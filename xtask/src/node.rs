//! The values of a document with their places, which are JSON pointers (RFC 6901).

use std::fmt::{self, Display};
use std::ops::Deref;

use serde_json::Value;
use serde_json::value::Index;

use crate::places;

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
        places::entries(self.value).map(|(key, _)| (key.as_str(), self.key(key))).collect()
    }

    pub fn elements(&self) -> Vec<Self> {
        (0..places::elements(self.value).count()).map(|index| self.key(index)).collect()
    }

    /// The text of a string. Any other value has an empty one.
    pub fn text(&self) -> &'a str {
        self.value.as_str().unwrap_or_default()
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

#[cfg(test)]
mod tests {
    use super::Pointer;

    #[test]
    fn slashes_and_tildes_in_keys_are_escaped() {
        let pointer = Pointer::default().join("paths").join("/v1/~me").join(0);
        assert_eq!(pointer.to_string(), "/paths/~1v1~1~0me/0");
        assert_eq!(Pointer::default().to_string(), "/");
    }
}
