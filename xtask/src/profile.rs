//! Refuses documents that the build step does not support.
//!
//! Every user runs the build step, and it trusts the document. So it supports one form of each
//! construct. The other forms of OpenAPI 3.0 are refused here, and can be corrected in
//! `xtask/spec/api`.

mod document;
mod operations;
mod rules;
mod schemas;
#[cfg(test)]
pub mod tests;
mod unions;
mod values;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt::Display;

use anyhow::{Result, ensure};
use serde_json::Value;

use crate::convert;
use crate::generate::schema::resolve;
use crate::line::one_line;
use crate::places::Node;

/// Refuses a normalised document that breaks the profile. The error lists all violations.
pub fn check(document: &Value) -> Result<()> {
    let parts = convert::parts(document)?;
    let violations = RefCell::default();
    let root = Part::root(document, &violations);
    document::check(&root, parts);
    operations::check(&root);
    schemas::check(&root);
    let lines = violations.take().into_iter().collect::<Vec<String>>().join("\n  ");
    ensure!(lines.is_empty(), "the build step does not support this document:\n  {lines}");
    Ok(())
}

/// Keywords that are allowed next to any others, because they do not constrain values.
const BESIDE: [&str; 7] =
    ["description", "title", "default", "example", "deprecated", "readOnly", "writeOnly"];

/// The parts of a document share their violations, a line each, sorted by place.
pub type Part<'a> = Node<'a, &'a RefCell<BTreeSet<String>>>;

impl<'a> Part<'a> {
    /// The schema that a schema refers to, or the schema itself.
    pub fn end(&self) -> &'a Value {
        resolve(self.document, self.value)
    }

    /// Adds a violation, with the remedy.
    pub fn refuse(&self, what: impl Display) {
        self.shared.borrow_mut().insert(one_line(&format!("{}: {what}", self.at)));
    }

    /// Adds a violation, unless `holds`.
    pub fn expect(&self, holds: bool, what: impl Display) {
        if !holds {
            self.refuse(what);
        }
    }

    /// Refuses the keys of a schema other than these, extensions, and those that do not constrain
    /// values.
    pub fn only(&self, keys: &[&str]) {
        self.keys(|key| keys.contains(&key) || BESIDE.contains(&key) || key.starts_with("x-"));
    }

    /// Refuses the keys that the build step does not read.
    pub fn keys(&self, is_read: impl Fn(&str) -> bool) {
        for (key, part) in self.entries() {
            let what = "is not supported here; remove it, or give the schema a name";
            part.expect(is_read(key), what);
        }
    }
}
