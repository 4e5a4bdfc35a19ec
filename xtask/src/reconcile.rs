//! Holds what the vendor published against what we describe.
//!
//! ```text
//! page -> servers, security schemes
//! operation (by path and method)
//!   parameters, headers, media types of bodies and deliveries
//!     -> facts of a value (what schemas state, what examples show)
//! ```
//!
//! What we describe is the whole document. What a page states beyond it is a difference,
//! and stops the run until our description says it too, or `xtask/spec/accepted.yaml` names
//! it. What the page leaves out is no difference.

mod accepted;
mod difference;
mod facts;
mod operation;
mod value;

#[cfg(test)]
pub mod tests;

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

pub use accepted::Accepted;
use difference::Difference;
pub use facts::{Facts, type_of};
use operation::Holder;
pub use operation::parameters;

use crate::convert;
use crate::fragments::Fragments;
use crate::node::Node;
use crate::places;
use crate::pointer::Pointer;
use crate::steps::Notes;
use crate::upstream::Part;

/// An operation of a page that we do not describe.
pub struct Undescribed {
    pub page: Part,
    pub path: String,
    pub method: String,
}

/// Holds the pages against ours. Returns ours, with what it rests on, and the operations
/// that only the pages describe.
pub fn reconcile(
    pages: Vec<Part>,
    ours: &Fragments,
    accepted: &Accepted,
    notes: &mut Notes,
) -> Result<(Value, Vec<Undescribed>)> {
    let mut document = ours.document.clone();
    let (mut differences, mut undescribed) = (Vec::new(), Vec::<Undescribed>::new());
    for page in pages {
        check(&page, ours)?;
        differences.extend(head(&page, ours, notes));
        for (path, method, theirs, _) in places::operations(&page.document) {
            let Some(our_path) = our_path(&ours.document, path, method) else {
                // Another page of it is held against what becomes of this one.
                let is_same = |new: &Undescribed| {
                    new.method == method && places::shape(&new.path) == places::shape(path)
                };
                if !undescribed.iter().any(is_same) {
                    let (path, method) = (path.to_owned(), method.to_owned());
                    undescribed.push(Undescribed { page: page.clone(), path, method });
                }
                continue;
            };
            let mut holder = Holder {
                operation: format!("{} {our_path}", method.to_uppercase()),
                page: page.source.clone(),
                ..Holder::default()
            };
            let [their_item, our_item] = [(&page.document, path), (&document, our_path)]
                .map(|(document, path)| Node::root(document, ()).key("paths").key(path));
            holder.operation([&their_item, &our_item], method, [path, our_path]);
            differences.extend(holder.differences);
            mark(&mut document["paths"][our_path][method], theirs);
        }
    }
    // Many pages state the same head.
    let mut reported = BTreeSet::new();
    differences.retain(|difference: &Difference| reported.insert(difference.key()));
    accepted.settle(&mut differences, notes);
    refuse(&differences, ours)?;
    Ok((document, undescribed))
}

/// Notes on an operation of ours that a page of the vendor's agrees with it.
fn mark(ours: &mut Value, theirs: &Value) {
    ours["x-evidence"] = json!("fragment");
    let stated = ours.get("x-upstream-operation-id").is_some();
    if let Some(id) = theirs.get("operationId").filter(|_| !stated) {
        ours["x-upstream-operation-id"] = id.clone();
    }
}

/// Refuses a page that cannot be held against ours.
fn check(page: &Part, ours: &Fragments) -> Result<()> {
    convert::parts(&page.document)
        .with_context(|| format!("{}: not a valid OpenAPI document", page.source))?;
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
    let operation = "each operation".to_owned();
    let mut holder = Holder { operation, page: page.source.clone(), ..Holder::default() };
    let [theirs, own] = [theirs, own].map(|document| Node::root(document, ()));
    holder.same("servers", "servers", &theirs.key("servers"), &own.key("servers"));
    let [schemes, own] =
        [theirs, own].map(|document| document.key("components").key("securitySchemes"));
    for (name, scheme) in schemes.entries() {
        for (key, stated) in scheme.entries().into_iter().filter(|(key, _)| *key != "description") {
            holder.same(&format!("{name}.{key}"), key, &stated, &own.key(name).key(key));
        }
    }
    holder.differences
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
