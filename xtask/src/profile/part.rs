//! A part of a document that knows its place.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt::Display;
use std::ops::Deref;

use serde_json::Value;
use serde_json::value::Index;

use crate::convert::nullable::BESIDE;
use crate::line::one_line;
use crate::places;
use crate::pointer::Pointer;

/// A value of a document, null where nothing is.
#[derive(Clone)]
pub struct Part<'a> {
    pub value: &'a Value,
    pub at: Pointer,
    document: &'a Value,
    /// A line each, in the order of their places.
    violations: &'a RefCell<BTreeSet<String>>,
}

impl Deref for Part<'_> {
    type Target = Value;

    fn deref(&self) -> &Value {
        self.value
    }
}

impl<'a> Part<'a> {
    pub fn root(document: &'a Value, violations: &'a RefCell<BTreeSet<String>>) -> Self {
        Self { value: document, at: Pointer::default(), document, violations }
    }

    /// The part of the same document at a place.
    pub fn place(&self, value: &'a Value, at: Pointer) -> Self {
        Self { value, at, ..self.clone() }
    }

    pub fn key(&self, key: impl Index + Display) -> Self {
        self.place(&self.value[&key], self.at.join(&key))
    }

    /// What an object holds, each with its key.
    pub fn entries(&self) -> Vec<(&'a str, Self)> {
        let entries = places::entries(self.value);
        entries.map(|(key, value)| (key.as_str(), self.place(value, self.at.join(key)))).collect()
    }

    pub fn elements(&self) -> Vec<Self> {
        let elements = places::elements(self.value).enumerate();
        elements.map(|(index, value)| self.place(value, self.at.join(index))).collect()
    }

    /// The text, which is empty for anything else.
    pub fn text(&self) -> &'a str {
        self.value.as_str().unwrap_or_default()
    }

    /// The part itself, or what it refers to.
    pub fn resolved(&self) -> Self {
        let (at, value) = places::resolve(self.document, self.value, &self.at);
        self.place(value, at)
    }

    /// A named schema.
    pub fn schema(&self, name: &str) -> &'a Value {
        &self.document["components"]["schemas"][name]
    }

    /// The schema that a schema refers to, or itself.
    pub fn end(&self) -> &'a Value {
        places::lone_reference(self.value).map_or(self.value, |name| self.schema(name))
    }

    /// Notes a violation, with what to do.
    pub fn refuse(&self, what: impl Display) {
        self.violations.borrow_mut().insert(one_line(&format!("{}: {what}", self.at)));
    }

    /// Notes a violation unless something holds.
    pub fn expect(&self, holds: bool, what: impl Display) {
        if !holds {
            self.refuse(what);
        }
    }

    /// Refuses the keys of a schema other than these, extensions, and what says nothing of
    /// its values.
    pub fn only(&self, keys: &[&str]) {
        self.keys(|key| keys.contains(&key) || BESIDE.contains(&key) || key.starts_with("x-"));
    }

    /// Refuses the keys that are not read.
    pub fn keys(&self, is_read: impl Fn(&str) -> bool) {
        for (key, part) in self.entries() {
            part.expect(
                is_read(key),
                "is not read here; remove it, or name the schema that needs it",
            );
        }
    }
}
