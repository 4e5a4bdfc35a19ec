//! A value of a document that knows its place.

use std::fmt::Display;
use std::ops::Deref;

use serde_json::Value;
use serde_json::value::Index;

use crate::places;
use crate::pointer::Pointer;

/// A value of a document, null where nothing is, with what those who read it share.
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

    /// A value of the same document, with its place.
    pub fn with(&self, value: &'a Value, at: Pointer) -> Self {
        Self { value, at, ..*self }
    }

    /// What stands at a place of the same document.
    pub fn at(&self, at: Pointer) -> Self {
        self.with(self.document.pointer(at.as_str()).unwrap_or(&Value::Null), at)
    }

    pub fn key(&self, key: impl Index + Display) -> Self {
        self.with(&self.value[&key], self.at.join(&key))
    }

    /// What an object holds, each with its key.
    pub fn entries(&self) -> Vec<(&'a str, Self)> {
        places::entries(self.value).map(|(key, _)| (key.as_str(), self.key(key))).collect()
    }

    pub fn elements(&self) -> Vec<Self> {
        (0..places::elements(self.value).count()).map(|index| self.key(index)).collect()
    }

    /// The text, which is empty for anything else.
    pub fn text(&self) -> &'a str {
        self.value.as_str().unwrap_or_default()
    }

    /// The node itself, or what it refers to.
    pub fn resolved(&self) -> Self {
        let target = self.value["$ref"].as_str().map(Pointer::of_reference);
        target.map_or_else(|| self.clone(), |target| self.at(target))
    }
}
