//! Joins what the vendor published with what we describe, and holds the one
//! against the other.
//!
//! ```text
//! operation (by path and method)
//!   parameters, statuses, headers, media types -> schema (what the page states)
//!                                              -> example (what the page shows)
//! ```
//!
//! Of an operation that both have, ours stays. What the page states beyond it is a
//! difference, and stops the run until our description says it too, or
//! `xtask/spec/accepted.yaml` names it. What the page leaves out is none.

mod accepted;
mod difference;
mod example;
mod operation;
mod parts;
mod schema;
mod union;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use anyhow::{Result, bail, ensure};
use serde_json::Value;

pub use accepted::Accepted;
use difference::Difference;

use crate::fragments::Fragments;
use crate::places;
use crate::pointer::Pointer;
use crate::steps::Notes;
use crate::upstream::Part;

/// An operation that both have: where it stands in which.
struct Common {
    method: String,
    their_path: String,
    our_path: String,
    /// The page that it is published on.
    page: String,
}

/// Joins the fragments with what the vendor published, which becomes the whole.
pub fn reconcile(
    upstream: &mut Value,
    pages: &[Part],
    ours: &Fragments,
    accepted: &Accepted,
    notes: &mut Notes,
) -> Result<()> {
    if ours.document.is_null() {
        return Ok(());
    }
    let version = upstream["openapi"].as_str().unwrap_or_default();
    ensure!(
        version.starts_with("3.1."),
        "xtask/spec/api is OpenAPI 3.1 and the vendor's document {version}: convert one of them"
    );
    union::push_down(upstream);
    let common = common(upstream, pages, ours);
    let mut differences = Vec::new();
    for operation in &common {
        differences.extend(operation::hold(upstream, ours, operation));
    }
    accepted.settle(&mut differences, notes);
    refuse(&differences, ours)?;
    note_undescribed(upstream, &common, pages, notes);
    union::join(upstream, ours, &common)
}

/// The operations that both have. Paths are the same if only the names of their
/// parameters differ.
fn common(upstream: &Value, pages: &[Part], ours: &Fragments) -> Vec<Common> {
    let known: BTreeMap<(String, &str), &str> = places::operations(&ours.document)
        .map(|(path, method, _, _)| ((shape(path), method), path))
        .collect();
    let both = places::operations(upstream).filter_map(|(path, method, _, at)| {
        let our_path = *known.get(&(shape(path), method))?;
        Some(Common {
            method: method.to_owned(),
            their_path: path.to_owned(),
            our_path: our_path.to_owned(),
            page: page(pages, &at),
        })
    });
    both.collect()
}

/// A path without the names of its parameters.
fn shape(path: &str) -> String {
    let parts = path.split('/').map(|part| if part.starts_with('{') { "{}" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

fn page(pages: &[Part], at: &Pointer) -> String {
    let page = pages.iter().find(|page| page.document.pointer(at.as_str()).is_some());
    page.map_or_else(|| "the vendor's document".to_owned(), |page| page.source.clone())
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

/// Notes the operations that a page alone describes, without types of ours.
fn note_undescribed(upstream: &Value, common: &[Common], pages: &[Part], notes: &mut Notes) {
    for (path, method, operation, at) in places::operations(upstream) {
        let is_common = common.iter().any(|one| one.their_path == path && one.method == method);
        if !is_common && operation.get("x-evidence").is_none() {
            notes.push(format!(
                "{} alone describes {} {path}: its types are inferred, so describe it in \
                 xtask/spec/api",
                page(pages, &at),
                method.to_uppercase()
            ));
        }
    }
}
