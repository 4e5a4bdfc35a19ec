//! What changed between two versions of `openapi.json`, and what that means: for the
//! Rust API of the client, and on the wire for clients that were deployed before.
//!
//! For Rust, a change is major if code that compiled may do so no longer, minor if
//! there is more to name, else a patch. It follows from what the generator makes:
//! models and enums are `#[non_exhaustive]` and have builders, enums are open, unknown
//! fields are ignored, optional and nullable are one `Option`, an optional list or map
//! is an empty one. On the wire, a change is major if calls of an older client may
//! fail or mean something else, minor if it goes on and gets less, a patch if it
//! notices nothing. It depends on the direction: what stands in requests is sent,
//! what stands in successes is read, of an error the client reads anything. What
//! stands in both gets the worse. Where nobody can tell, the worse is said.
//!
//! | Change | Rust | sent | read |
//! |---|---|---|---|
//! | operation added | minor | patch | patch |
//! | operation removed, or without any success | major | major | major |
//! | operationId changed | major | patch | patch |
//! | path or method changed (the method also decides about retries) | patch | major | major |
//! | path changed only in the names of its parameters | patch | patch | patch |
//! | parameter added: optional | minor | patch | |
//! | parameter added: required | major | major | |
//! | parameter removed: the server may refuse or ignore it | major | major | |
//! | parameter renamed; in a path, or a header in other letters only | major | major; patch | |
//! | parameter in another place, or in another style | patch | major | |
//! | parameter becomes required; becomes optional | major; minor | major; patch | |
//! | body removed, or of another content type | major | major | |
//! | body added: required; optional, and nothing in it is | major; minor | major; patch | |
//! | body required or not: the client sends one anyway | patch | patch | |
//! | success of another 2xx status | patch | | patch |
//! | success answers with JSON, bytes or nothing otherwise | major | | major |
//! | error added, removed or of another type | patch | | patch |
//! | field added: optional | minor | patch | patch |
//! | field added: required (only senders have to fill it) | minor, major if sent | major | patch |
//! | field removed: optional | major | major | minor |
//! | field removed: required | major | major | major |
//! | required to optional | major, but not of lists, maps and nullables | patch | major |
//! | optional to required | major, but not of lists, maps and nullables that are read | major | patch |
//! | not null to nullable | major unless optional before and no list or map | patch | major unless optional before and no list or map |
//! | nullable to not null | the same the other way | major if required | patch |
//! | optional to nullable; nullable to optional | patch | major; patch | patch; major |
//! | another type or format | major if the Rust type is another | major unless wider | major unless the old type reads it |
//! | bounds tighter; looser | major if the Rust type is another | major; patch | patch; major if the old type checks them |
//! | default added or removed; changed | major for an optional field; patch | patch | patch; minor for an optional field |
//! | readOnly; writeOnly | patch | major; patch | patch; major |
//! | value of an enum added; removed | minor; major | patch; major | patch; patch |
//! | values of an enum in another order | minor | patch | patch |
//! | part of an `allOf` | as the fields that come and go with it | | |
//! | branch of `oneOf`, `anyOf` added; removed (variants are named by all of them) | major; major | patch; major | major; patch |
//! | fields of any name kept; no longer | minor; major | patch; major | patch; patch |
//! | schema component added; removed | minor; major | patch | patch |
//! | schema component renamed | major | patch | patch |
//! | credential taken no longer, or demanded anew | patch | major | major |
//! | credential taken too, or none demanded | patch | patch | patch |
//! | security scheme in another header | patch | major | major |
//! | first server changed: the old one is listed still; no longer | patch | patch; major | patch; major |
//! | other server removed | patch | minor | minor |
//! | title of an inline schema, which names a type | major | patch | patch |
//! | words, examples, deprecation, tags, `x-` | patch | patch | patch |
//! | written otherwise, of the same meaning | patch | patch | patch |
//! | anything else | major | major | major |
//!
//! References are compared by name: what changes in a component is reported once, with
//! the operations that used it in the old document.

mod change;
mod merge;
mod operations;
mod place;
mod renames;
mod schema;
mod security;
mod servers;
mod shape;
mod sides;
mod uses;

#[cfg(test)]
mod tests;

use std::fmt;

use change::Level::{Major, Minor, Patch};
use change::{Change, Level, Verdict};
use place::Place;
use schema::{Slot, arrow};
use serde_json::{Value, json};
use sides::{Both, Sides};
use uses::Uses;

use crate::convert::nullable;
use crate::pointer::Pointer;

/// What changed, the weightiest first.
#[derive(Debug, PartialEq, Eq)]
pub struct Report(Vec<Change>);

/// Compares two documents.
pub fn report(old: &Value, new: &Value) -> Report {
    let (mut before, mut new) = (old.clone(), new.clone());
    for document in [&mut before, &mut new] {
        // What is no document is told of where it is compared.
        _ = nullable::as_keyword(document);
    }
    let renames = renames::apply(&mut before, &new);
    let mut differ = Differ {
        old: &before,
        new: &new,
        uses: Uses::of(&before),
        new_uses: Uses::of(&new),
        changes: Vec::new(),
        behind: Vec::new(),
    };
    for rename in renames {
        differ.renamed(&rename);
    }
    differ.document();
    let mut changes = differ.changes;
    changes.sort_by_key(|change| std::cmp::Reverse((change.rust, change.wire)));
    Report(changes)
}

impl Report {
    /// How much all changes together weigh: for the Rust API, and on the wire.
    pub fn verdict(&self) -> Option<(Level, Level)> {
        let levels = self.0.iter().map(|change| (change.rust, change.wire));
        levels.reduce(|one, other| (one.0.max(other.0), one.1.max(other.1)))
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((rust, wire)) = self.verdict() else {
            return write!(f, "no change");
        };
        writeln!(f, "rust   wire")?;
        for change in &self.0 {
            writeln!(f, "{change}")?;
        }
        writeln!(f, "in all: {rust} for the Rust API, {wire} on the wire")?;
        let version = Version::current();
        write!(f, "release: {} (was {version})", version.after(rust))
    }
}

/// The version of the workspace, and so of the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Version(u64, u64, u64);

impl Version {
    fn current() -> Self {
        let number = |text: &str| text.parse().unwrap_or_default();
        Self(
            number(env!("CARGO_PKG_VERSION_MAJOR")),
            number(env!("CARGO_PKG_VERSION_MINOR")),
            number(env!("CARGO_PKG_VERSION_PATCH")),
        )
    }

    /// Cargo's rules: before 1.0 the second number stands for what breaks.
    fn after(self, level: Level) -> Self {
        let Self(major, minor, patch) = self;
        match level {
            Major if major > 0 => Self(major + 1, 0, 0),
            Major => Self(0, minor + 1, 0),
            Minor if major > 0 => Self(major, minor + 1, 0),
            Minor | Patch => Self(major, minor, patch + 1),
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

/// Collects what differs.
struct Differ<'a> {
    /// The old document, its components renamed as in the new one.
    old: &'a Value,
    new: &'a Value,
    uses: Uses,
    new_uses: Uses,
    changes: Vec<Change>,
    /// The pairs of schemas that are compared in place of references right now.
    behind: Vec<(Value, Value)>,
}

impl Differ<'_> {
    fn document(&mut self) {
        let root = Place::new("document", Pointer::default());
        let Some(mut sides) = Sides::of(self.old, self.new) else {
            if self.old != self.new {
                self.not_understood(&root);
            }
            return;
        };
        if let Some(version) = sides.take("openapi") {
            let is_read = |version: Option<&Value>| {
                version.and_then(Value::as_str).is_some_and(|version| version.starts_with("3.0."))
            };
            if is_read(version.0) && is_read(version.1) {
                self.change(&root, &format!("openapi: {}", arrow(version)), Verdict::WORDS);
            } else {
                self.not_understood(&root.key("openapi"));
            }
        }
        if let Some(both) = sides.take("info") {
            self.info(&root.key("info"), both);
        }
        if let Some(both) = sides.take("servers") {
            self.servers(both);
        }
        if let Some(both) = sides.take("security") {
            self.global_security(both);
        }
        if sides.take("paths").is_some() {
            self.or_same_meaning(&root.key("paths"), Self::paths);
        }
        if let Some(both) = sides.take("components") {
            self.components(&root.key("components"), both);
        }
        self.rest(&root, &mut sides);
    }

    fn info(&mut self, place: &Place, (old, new): Both) {
        let none = json!({});
        let Some(mut sides) = Sides::of(old.unwrap_or(&none), new.unwrap_or(&none)) else {
            return self.not_understood(place);
        };
        self.or_same_meaning(place, |differ| {
            if let Some(version) = sides.take("version") {
                differ.change(place, &format!("version: {}", arrow(version)), Verdict::WORDS);
            }
            for (key, _) in sides.rest() {
                differ.change(place, &format!("{key} changed"), Verdict::WORDS);
            }
        });
    }

    fn components(&mut self, place: &Place, (old, new): Both) {
        let none = json!({});
        let Some(mut kinds) = Sides::of(old.unwrap_or(&none), new.unwrap_or(&none)) else {
            return self.not_understood(place);
        };
        self.or_same_meaning(place, |differ| {
            for (kind, (old, new)) in kinds.rest() {
                let place = place.key(kind);
                let Some(mut sides) = Sides::of(old.unwrap_or(&none), new.unwrap_or(&none)) else {
                    differ.not_understood(&place);
                    continue;
                };
                differ.or_same_meaning(&place, |differ| {
                    for (name, both) in sides.rest() {
                        differ.component(kind, name, both);
                    }
                });
            }
        });
    }

    fn component(&mut self, kind: &str, name: &str, (old, new): Both) {
        let place = self.uses.place(kind, name, &component_words(kind, name));
        let known = matches!(
            kind,
            "schemas"
                | "parameters"
                | "responses"
                | "requestBodies"
                | "securitySchemes"
                | "headers"
                | "examples"
                | "links"
        );
        let is_model = kind == "schemas";
        match (old, new) {
            _ if !known => self.not_understood(&place),
            (Some(old), Some(new)) => {
                self.or_same_meaning(&place, |differ| match kind {
                    "schemas" => differ.schema(&place, Slot::Component, old, new),
                    "parameters" => differ.parameter(&place, old, new),
                    "requestBodies" => differ.request_body(&place, old, new),
                    "responses" => differ.response_object(&place, old, new),
                    "securitySchemes" => differ.security_scheme(&place, old, new),
                    _ => differ.change(&place, "changed", Verdict::WORDS),
                });
            }
            // Something refers to what is not there.
            (Some(_), None) if self.new_uses.has(kind, name) => self.not_understood(&place),
            (Some(_), None) => {
                let rust = if is_model { Major } else { Patch };
                self.change(&place, "removed", Verdict::wire(rust, Patch));
            }
            (None, _) => {
                let place = self.new_uses.place(kind, name, &component_words(kind, name));
                let rust = if is_model { Minor } else { Patch };
                self.change(&place, "added", Verdict::wire(rust, Patch));
            }
        }
    }

    fn renamed(&mut self, rename: &renames::Rename) {
        let renames::Rename { kind, old, new } = rename;
        let place = self.uses.place(kind, new, &component_words(kind, old));
        let rust = if kind == "schemas" { Major } else { Patch };
        self.change(&place, &format!("renamed {new}"), Verdict::wire(rust, Patch));
    }

    /// What no rule has taken: words weigh nothing, all else is not understood.
    fn rest(&mut self, place: &Place, sides: &mut Sides) {
        for (key, both) in sides.rest() {
            if is_words(key) {
                let text = match key {
                    "deprecated" => format!("{key}: {}", arrow(both)),
                    _ => format!("{key} changed"),
                };
                self.change(place, &text, Verdict::WORDS);
            } else {
                self.not_understood(&place.key(key));
            }
        }
    }

    fn change(&mut self, place: &Place, text: &str, verdict: Verdict) {
        self.changes.push(Change::at(place, text, verdict));
    }

    fn not_understood(&mut self, place: &Place) {
        self.changes.push(Change::not_understood(&place.pointer));
    }

    /// Compares two values that differ, and says so even if that means nothing.
    fn or_same_meaning(&mut self, place: &Place, compare: impl FnOnce(&mut Self)) {
        let before = self.changes.len();
        compare(self);
        if self.changes.len() == before {
            self.change(place, "written differently, same meaning", Verdict::WORDS);
        }
    }

    /// What a comparison would weigh on the wire, without a line of it.
    fn probe(&mut self, compare: impl FnOnce(&mut Self)) -> Level {
        let before = self.changes.len();
        compare(self);
        self.changes.drain(before..).map(|change| change.wire).max().unwrap_or(Patch)
    }
}

/// Keys that hold words for people, or for tools of other kinds.
fn is_words(key: &str) -> bool {
    let generates = key == "x-rust-type" || key.starts_with("x-dropshot-");
    let words = [
        "summary",
        "description",
        "tags",
        "deprecated",
        "externalDocs",
        "example",
        "examples",
        "xml",
    ];
    words.contains(&key) || (key.starts_with("x-") && !generates)
}

fn component_words(kind: &str, name: &str) -> String {
    match kind {
        "schemas" => name.to_owned(),
        "parameters" => format!("parameter {name}"),
        "requestBodies" => format!("request body {name}"),
        "responses" => format!("response {name}"),
        "securitySchemes" => format!("security scheme {name}"),
        _ => format!("{kind} {name}"),
    }
}

/// The name of an operation for people.
fn name_of(operation: &Value, path: &str, method: &str) -> String {
    match operation.get("operationId").and_then(Value::as_str) {
        Some(id) => id.to_owned(),
        None => format!("{} {path}", method.to_uppercase()),
    }
}
