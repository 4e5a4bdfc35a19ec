//! A part of a document that is checked.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt::Display;

use serde_json::Value;

use crate::generate::schema::resolve;
use crate::line::one_line;
use crate::node::Node;

/// What may stand beside what a schema says of values.
const BESIDE: [&str; 7] =
    ["description", "title", "default", "example", "deprecated", "readOnly", "writeOnly"];

/// The parts share their violations: a line each, in the order of their places.
pub type Part<'a> = Node<'a, &'a RefCell<BTreeSet<String>>>;

impl<'a> Part<'a> {
    /// The schema that a schema refers to, or itself.
    pub fn end(&self) -> &'a Value {
        resolve(self.document, self.value)
    }

    /// Notes a violation, with what to do.
    pub fn refuse(&self, what: impl Display) {
        self.shared.borrow_mut().insert(one_line(&format!("{}: {what}", self.at)));
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
            let what = "is not read here; remove it, or name the schema that needs it";
            part.expect(is_read(key), what);
        }
    }
}
