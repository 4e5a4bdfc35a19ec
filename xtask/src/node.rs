//! A value of a document with its place.

use std::fmt::Display;
use std::ops::Deref;

use serde_json::Value;
use serde_json::value::Index;

use crate::places;
use crate::pointer::Pointer;

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
