//! Converts an OpenAPI 3.1 document to 3.0.3.
//!
//! What 3.0 can say is said exactly. What only narrows what is valid, and so
//! changes no type, is dropped and listed. Anything else is an error that names
//! its place. A 3.0 document passes through unchanged.

mod circles;
mod depth;
mod document;
pub(crate) mod grammar;
pub mod nullable;
mod path_items;
mod references;
mod schema;
mod security;
#[cfg(test)]
mod tests;

use anyhow::{Result, anyhow, bail};
use serde_json::Value;

use crate::pointer::Pointer;

/// The version that the generator reads.
const TARGET: &str = "3.0.3";

/// Converts `document` in place and returns a line for each thing dropped.
///
/// On an error the document is left half converted.
pub fn to_3_0(document: &mut Value) -> Result<Vec<String>> {
    let version = document.get("openapi").and_then(Value::as_str).unwrap_or_default();
    if version.starts_with("3.0.") {
        return Ok(Vec::new());
    }
    if !version.starts_with("3.1.") {
        bail!("cannot convert OpenAPI `{version}`: versions 3.0 and 3.1 are read");
    }
    depth::check(document)?;
    let mut context = Context { dropped: Vec::new(), schemes: security::Schemes::of(document) };
    references::resolve(document)?;
    path_items::resolve(document, &mut context)?;
    document::convert(document, &mut context)?;
    nullable::as_alternative(document)?;
    document["openapi"] = TARGET.into();
    // What is moved or wrapped may lie deeper than it did.
    depth::check(document)?;
    circles::check(document)?;
    Ok(context.dropped)
}

/// What the parts of a conversion share.
struct Context {
    /// Places of what 3.0 cannot say and no type depends on.
    dropped: Vec<String>,
    schemes: security::Schemes,
}

impl Context {
    fn drop(&mut self, at: &Pointer, keyword: &str) {
        self.dropped.push(at.join(keyword).to_string());
    }
}

/// An error at a place in the document.
fn refuse(at: &Pointer, reason: &str) -> anyhow::Error {
    anyhow!("cannot convert {at} to OpenAPI 3.0: {reason}")
}
