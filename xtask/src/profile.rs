//! Refuses what the build step does not take.
//!
//! The build step is code that every user runs, and trusts the document. So it reads
//! one form of each thing, and whatever else OpenAPI 3.0 can say is refused here, where
//! an overlay can put it right.

mod choices;
mod document;
mod operations;
mod parameters;
mod schemas;
#[cfg(test)]
mod tests;
mod unions;

use std::collections::BTreeSet;
use std::fmt::Display;

use anyhow::{Result, bail};
use serde_json::Value;

use crate::line::one_line;
use crate::places::{self, elements, entries};
use crate::pointer::Pointer;

/// Refuses a normalised document that breaks the profile, with all violations.
pub fn check(document: &Value) -> Result<()> {
    let mut profile = Profile { document, violations: BTreeSet::new() };
    profile.document();
    profile.operations();
    profile.schemas();
    if profile.violations.is_empty() {
        return Ok(());
    }
    let lines: Vec<String> = profile.violations.into_iter().collect();
    bail!("the build step does not take this document:\n  {}", lines.join("\n  "))
}

/// A document, and what it breaks.
struct Profile<'a> {
    document: &'a Value,
    /// A line each, in the order of their places.
    violations: BTreeSet<String>,
}

impl<'a> Profile<'a> {
    /// Notes a violation, with what to do.
    fn refuse(&mut self, at: &Pointer, what: impl Display) {
        self.violations.insert(one_line(&format!("{at}: {what}")));
    }

    /// Notes a violation unless something holds.
    fn expect(&mut self, holds: bool, at: &Pointer, what: impl Display) {
        if !holds {
            self.refuse(at, what);
        }
    }

    /// Refuses the keys of an object other than these and extensions.
    fn only(&mut self, object: &Value, keys: &[&str], at: &Pointer) {
        for (key, _) in entries(object) {
            let is_known = keys.contains(&key.as_str()) || key.starts_with("x-");
            self.expect(is_known, &at.join(key), "is not read here; take it away");
        }
    }

    /// A named schema; null where there is none.
    fn schema(&self, name: &str) -> &'a Value {
        &self.document["components"]["schemas"][name]
    }

    /// The schema that a schema refers to, or itself.
    fn end(&self, schema: &'a Value) -> &'a Value {
        places::lone_reference(schema).map_or(schema, |name| self.schema(name))
    }

    /// The names of the schemas that requests are made of and no response is.
    fn only_sent(&self) -> BTreeSet<String> {
        let (mut sent, mut received) = (Vec::new(), Vec::new());
        for (_, _, operation, at) in places::operations(self.document) {
            let body = places::resolve(self.document, &operation["requestBody"], &at).1;
            add_references(&body["content"], &mut sent);
            for (_, response) in
                entries(&operation["responses"]).filter(|(status, _)| is_success(status))
            {
                let response = places::resolve(self.document, response, &at).1;
                add_references(&response["content"], &mut received);
            }
        }
        let received = self.closed(received);
        self.closed(sent).difference(&received).cloned().collect()
    }

    /// Named schemas and all that they refer to.
    fn closed(&self, mut open: Vec<String>) -> BTreeSet<String> {
        let mut reached = BTreeSet::new();
        while let Some(name) = open.pop() {
            let schema = self.schema(&name);
            if reached.insert(name) {
                add_references(schema, &mut open);
            }
        }
        reached
    }
}

fn add_references(part: &Value, names: &mut Vec<String>) {
    names.extend(places::reference(part).map(str::to_owned));
    entries(part).for_each(|(_, part)| add_references(part, names));
    elements(part).for_each(|part| add_references(part, names));
}

/// Whether a status is that of a success.
fn is_success(status: &str) -> bool {
    status.starts_with('2')
}
