//! Compares the vendor's pages with our description.
//!
//! ```text
//! page -> servers, security schemes
//! operation (by path and method)
//!   parameters, headers, media types of bodies and deliveries
//!     -> facts of a value (from schemas and examples)
//! ```
//!
//! Our description makes the whole document. A fact that only a page states is a difference. It
//! stops the run until our description states it too, or `xtask/spec/accepted.yaml` lists it. A
//! fact that the page leaves out is no difference.

mod facts;
mod operation;
mod value;

#[cfg(test)]
pub mod tests;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

pub use facts::{Facts, has_format, type_of};
pub use operation::parameters;
use operation::{Differences, Holder};

use crate::console::Notes;
use crate::convert;
use crate::fragments::Fragments;
use crate::places::{self, Node};
use crate::upstream::Part;

/// An operation that only a page describes.
pub struct Undescribed {
    pub page: Part,
    pub path: String,
    pub method: String,
}

/// Compares the pages with our description. Returns our document with its evidence, and the
/// operations that only the pages describe.
pub fn reconcile(
    pages: Vec<Part>,
    ours: &Fragments,
    accepted: &[String],
    notes: &mut Notes,
) -> Result<(Value, Vec<Undescribed>)> {
    let mut document = ours.document.clone();
    let (mut holder, mut undescribed, mut seen) = (Holder::default(), Vec::new(), BTreeSet::new());
    // Paths are the same if only the names of their parameters differ.
    let call = |path: &str, method: &str| (method.to_owned(), places::shape(path));
    let known = places::operations(&ours.document);
    let known: BTreeMap<_, _> =
        known.map(|(path, method, ..)| (call(path, method), path)).collect();
    for page in pages {
        check(&page, ours)?;
        holder.page.clone_from(&page.source);
        head(&mut holder, &page, ours, notes);
        for (path, method, theirs, _) in places::operations(&page.document) {
            let call = call(path, method);
            let Some(our_path) = known.get(&call) else {
                // A second page is compared with our description after this one is drafted.
                if seen.insert(call) {
                    let (path, method) = (path.to_owned(), method.to_owned());
                    undescribed.push(Undescribed { page: page.clone(), path, method });
                }
                continue;
            };
            mark(&mut document["paths"][our_path][method], theirs);
            holder.operation = format!("{} {our_path}", method.to_uppercase());
            holder.seen.clear();
            let [their_item, our_item] = [(&page.document, path), (&document, our_path)]
                .map(|(document, path)| Node::root(document, ()).key("paths").key(path));
            holder.operation([&their_item, &our_item], method, [path, our_path]);
        }
    }
    settle(&mut holder.differences, accepted, notes);
    let lines = holder.differences.iter().map(|(key, one)| one.line(key, ours));
    let lines: Vec<String> = lines.collect();
    ensure!(
        lines.is_empty(),
        "the vendor's pages and xtask/spec/api differ (`accept with` gives a line for \
         xtask/spec/accepted.yaml):\n{}",
        lines.join("\n")
    );
    Ok((document, undescribed))
}

/// Removes the differences that `xtask/spec/accepted.yaml` lists, and notes lines of it without a
/// difference.
fn settle(differences: &mut Differences, accepted: &[String], notes: &mut Notes) {
    for line in accepted {
        if differences.shift_remove(line).is_none() {
            notes.push(format!(
                "xtask/spec/accepted.yaml: no page states `{line}` any more: remove the line"
            ));
        }
    }
}

/// Records in our operation that a page of the vendor describes it, with the vendor's id.
fn mark(ours: &mut Value, theirs: &Value) {
    ours["x-evidence"] = json!("fragment");
    let stated = ours.get("x-upstream-operation-id").is_some();
    if let Some(id) = theirs.get("operationId").filter(|_| !stated) {
        ours["x-upstream-operation-id"] = id.clone();
    }
}

/// Refuses a page that cannot be compared with our description.
fn check(page: &Part, ours: &Fragments) -> Result<()> {
    convert::parts(&page.document)
        .with_context(|| format!("{}: not a valid OpenAPI document", page.source))?;
    ensure!(
        places::operations(&page.document).next().is_some(),
        "{}: describes no operation under `paths`: download the page again, or remove it",
        page.source
    );
    let [theirs, own] = [&page.document, &ours.document]
        .map(|document| document["openapi"].as_str().unwrap_or_default());
    ensure!(
        theirs.get(..4) == own.get(..4),
        "{}: a page of OpenAPI {theirs} cannot be compared with xtask/spec/api, which is {own}; \
         remove it from xtask/spec/upstream",
        page.source
    );
    Ok(())
}

/// Compares the facts of a page that apply to all operations.
fn head(holder: &mut Holder, page: &Part, ours: &Fragments, notes: &mut Notes) {
    let [theirs, own] = [&page.document, &ours.document].map(|document| Node::root(document, ()));
    let [version, known] = [&theirs, &own].map(|document| document.key("info").key("version"));
    if *version != *known {
        let (version, known, line) = (version.value, known.value, ours.line(&known.at));
        notes.push(format!("{}: the version is {version}, {line} has {known}", page.source));
    }
    if theirs.get("webhooks").is_some() {
        notes.push(format!("{}: /webhooks is not read: describe them as callbacks", page.source));
    }
    "each operation".clone_into(&mut holder.operation);
    holder.same("servers", &theirs.key("servers"), &own.key("servers"));
    let [schemes, own] =
        [theirs, own].map(|document| document.key("components").key("securitySchemes"));
    for (name, scheme) in schemes.entries() {
        for (key, stated) in scheme.entries().into_iter().filter(|(key, _)| *key != "description") {
            holder.same(&format!("{name}.{key}"), &stated, &own.key(name).key(key));
        }
    }
}
