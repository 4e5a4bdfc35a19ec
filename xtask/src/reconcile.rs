//! Holds what the vendor published against what we describe.
//!
//! ```text
//! page -> servers, security schemes
//! operation (by path and method)
//!   parameters, statuses, headers, media types -> schema (what the page states)
//!                                              -> example (what the page shows)
//! ```
//!
//! What we describe is the whole document. What a page states beyond it is a difference,
//! and stops the run until our description says it too, or `xtask/spec/accepted.yaml` names
//! it. What the page leaves out is no difference.

mod accepted;
mod difference;
mod example;
mod operation;
mod page;
mod parts;
mod schema;

#[cfg(test)]
pub mod tests;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

pub use accepted::Accepted;
use difference::{Difference, Finding};
pub use example::type_of;
pub use operation::{alternatives, examples};
pub use parts::types;

use crate::fragments::Fragments;
use crate::places::{self, entries};
use crate::pointer::Pointer;
use crate::steps::Notes;
use crate::upstream::Part;
use crate::validate;

/// An operation that both have: where it stands in which.
struct Common {
    method: String,
    their_path: String,
    our_path: String,
    /// The page that it is published on.
    page: String,
}

/// An operation of a page that we do not describe.
pub struct Undescribed {
    pub page: Part,
    pub path: String,
    pub method: String,
}

impl Undescribed {
    pub fn operation(&self) -> &Value {
        &self.page.document["paths"][&self.path][&self.method]
    }
}

/// Holds the pages against ours. Returns ours, with what it rests on, and the operations
/// that only the pages describe.
pub fn reconcile(
    mut pages: Vec<Part>,
    ours: &Fragments,
    accepted: &Accepted,
    notes: &mut Notes,
) -> Result<(Value, Vec<Undescribed>)> {
    let mut document = ours.document.clone();
    let (mut differences, mut undescribed) = (Vec::new(), Vec::new());
    for page in &mut pages {
        check(page, ours)?;
        differences.extend(head(page, ours, notes));
        page::push_down(page)?;
    }
    for (page, path, method, theirs) in once(&pages)? {
        let Some(our_path) = our_path(&ours.document, path, method) else {
            let (path, method) = (path.to_owned(), method.to_owned());
            undescribed.push(Undescribed { page: page.clone(), path, method });
            continue;
        };
        let common = Common {
            method: method.to_owned(),
            their_path: path.to_owned(),
            our_path: our_path.to_owned(),
            page: page.source.clone(),
        };
        differences.extend(operation::hold(&page.document, ours, &common));
        page::mark(&mut document["paths"][our_path][method], theirs);
    }
    // Many pages state the same head.
    let mut reported = BTreeSet::new();
    differences.retain(|difference: &Difference| reported.insert(difference.key()));
    accepted.settle(&mut differences, notes);
    refuse(&differences, ours)?;
    Ok((document, undescribed))
}

/// Refuses a page that cannot be held against ours.
fn check(page: &Part, ours: &Fragments) -> Result<()> {
    validate::validate(&page.document).with_context(|| page.source.clone())?;
    let version = |document: &Value| document["openapi"].as_str().unwrap_or_default().to_owned();
    let (theirs, own) = (version(&page.document), version(&ours.document));
    ensure!(
        theirs.get(..4) == own.get(..4),
        "{}: a page of OpenAPI {theirs} cannot be held against xtask/spec/api, which is {own}; take \
         it out of xtask/spec/upstream",
        page.source
    );
    Ok(())
}

/// An operation, with its page, its path and its method.
type Published<'a> = (&'a Part, &'a str, &'a str, &'a Value);

/// The operations of all pages. One that two of them state has to be the same on both.
fn once(pages: &[Part]) -> Result<Vec<Published<'_>>> {
    let mut found: Vec<Published> = Vec::new();
    let mut known = BTreeMap::new();
    for page in pages {
        for (path, method, operation, at) in places::operations(&page.document) {
            match known.insert((places::shape(path), method), (page, operation)) {
                None => found.push((page, path, method, operation)),
                Some((_, other)) if other == operation => {}
                Some((other, _)) => {
                    bail!("{} and {} disagree on {at}: keep one of them", other.source, page.source)
                }
            }
        }
    }
    Ok(found)
}

/// The path that an operation of the vendor's has in ours. Paths are the same if only the
/// names of their parameters differ.
fn our_path<'a>(ours: &'a Value, path: &str, method: &str) -> Option<&'a str> {
    let same = |other: &&str| places::shape(other) == places::shape(path);
    let paths = places::operations(ours).filter(|(_, other, ..)| *other == method);
    paths.map(|(path, ..)| path).find(same)
}

/// What a page states for all operations beyond ours.
fn head(page: &Part, ours: &Fragments, notes: &mut Notes) -> Vec<Difference> {
    let (theirs, own) = (&page.document, &ours.document);
    let (version, known) = (&theirs["info"]["version"], &own["info"]["version"]);
    if version != known {
        let line = ours.line(&Pointer::default().join("info").join("version"));
        notes.push(format!("{}: the version is {version}, {line} says {known}", page.source));
    }
    if theirs.get("webhooks").is_some() {
        notes.push(format!("{}: /webhooks is not read: describe them as callbacks", page.source));
    }
    let root = Pointer::default();
    let schemes = root.join("components").join("securitySchemes");
    let mut stated = vec![(root.join("servers"), "servers")];
    for (name, _) in entries(theirs.pointer(schemes.as_str()).unwrap_or(&Value::Null)) {
        stated.push((schemes.join(name), name));
    }
    let differs = |(place, key): (Pointer, &str)| {
        let theirs = without_words(theirs.pointer(place.as_str())?);
        let own = without_words(own.pointer(place.as_str()).unwrap_or(&Value::Null));
        let fact = format!("{key}: {theirs}");
        (theirs != own).then(|| Difference {
            operation: "each operation".to_owned(),
            page: page.source.clone(),
            finding: Finding::new(&fact, own.to_string(), &place).with_patch(fact.clone()),
        })
    };
    stated.into_iter().filter_map(differs).collect()
}

fn without_words(value: &Value) -> Value {
    let mut value = value.clone();
    value.as_object_mut().map(|fields| fields.remove("description"));
    value
}

/// Says all differences at once.
fn refuse(differences: &[Difference], ours: &Fragments) -> Result<()> {
    if differences.is_empty() {
        return Ok(());
    }
    let lines: Vec<String> = differences.iter().map(|one| one.line(ours)).collect();
    bail!(
        "the vendor's pages and xtask/spec/api differ (`accept with` is a line of \
         xtask/spec/accepted.yaml):\n{}",
        lines.join("\n")
    )
}
