//! Two objects side by side, so that no key of either is forgotten.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// What a key holds on both sides.
pub type Both<'a> = (Option<&'a Value>, Option<&'a Value>);

/// The keys of two objects that hold different values, until they are taken.
pub struct Sides<'a> {
    old: &'a Map<String, Value>,
    new: &'a Map<String, Value>,
    differing: BTreeSet<&'a str>,
}

impl<'a> Sides<'a> {
    /// None if either is no object.
    pub fn of(old: &'a Value, new: &'a Value) -> Option<Self> {
        let (old, new) = (old.as_object()?, new.as_object()?);
        let keys = old.keys().chain(new.keys()).map(String::as_str);
        let differing = keys.filter(|key| old.get(*key) != new.get(*key)).collect();
        Some(Self { old, new, differing })
    }

    /// The values of a key, if they differ.
    pub fn take(&mut self, key: &str) -> Option<Both<'a>> {
        self.differing.remove(key).then(|| (self.old.get(key), self.new.get(key)))
    }

    /// The values of a key, whether they differ or not.
    pub fn both(&mut self, key: &str) -> Both<'a> {
        self.differing.remove(key);
        (self.old.get(key), self.new.get(key))
    }

    /// Takes all that is left.
    pub fn rest(&mut self) -> Vec<(&'a str, Both<'a>)> {
        let left = std::mem::take(&mut self.differing);
        left.into_iter().map(|key| (key, (self.old.get(key), self.new.get(key)))).collect()
    }
}

/// The values of a key of two objects.
pub fn get<'a>(old: &'a Value, new: &'a Value, key: &str) -> Both<'a> {
    (old.get(key), new.get(key))
}
