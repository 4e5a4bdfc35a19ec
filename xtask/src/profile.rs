//! Refuses what the build step does not take.
//!
//! The build step is code that every user runs, and trusts the document. So it reads
//! one form of each thing. Whatever else OpenAPI 3.0 can say is refused here, where
//! `xtask/spec/api` can be corrected.

mod document;
mod operations;
mod part;
mod rules;
mod schemas;
#[cfg(test)]
mod tests;
mod unions;
mod values;

use std::cell::RefCell;

use anyhow::{Result, ensure};
use serde_json::Value;

use crate::convert;
use part::Part;

/// Refuses a normalised document that breaks the profile, with all violations.
pub fn check(document: &Value) -> Result<()> {
    let parts = convert::parts(document)?;
    let violations = RefCell::default();
    let root = Part::root(document, &violations);
    document::check(&root, parts);
    operations::check(&root);
    schemas::check(&root);
    let lines = violations.take().into_iter().collect::<Vec<String>>().join("\n  ");
    ensure!(lines.is_empty(), "the build step does not take this document:\n  {lines}");
    Ok(())
}
