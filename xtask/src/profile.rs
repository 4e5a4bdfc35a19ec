//! Refuses documents that the build step does not support.
//!
//! Every user runs the build step, and it trusts the document. So it supports one form of each
//! construct. The other forms of OpenAPI 3.0 are refused here, and can be corrected in
//! `xtask/spec/api`.

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
