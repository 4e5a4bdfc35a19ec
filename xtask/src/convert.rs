//! Converts an OpenAPI 3.1 document to 3.0.3.
//!
//! What 3.0 can say is said exactly. What only narrows what is valid, and so
//! changes no type, is dropped and listed. Anything else is an error that names
//! its place. A 3.0 document passes through unchanged.

mod document;
mod schema;

use anyhow::{Result, anyhow, bail};
use serde_json::Value;

use crate::pointer::Pointer;

/// The version that the generator reads.
const TARGET: &str = "3.0.3";

/// Converts `document` in place and returns a line for each thing dropped.
pub fn to_3_0(document: &mut Value) -> Result<Vec<String>> {
    let version = document["openapi"].as_str().unwrap_or_default();
    if version.starts_with("3.0.") {
        return Ok(Vec::new());
    }
    if !version.starts_with("3.1.") {
        bail!("cannot convert OpenAPI `{version}`: versions 3.0 and 3.1 are read");
    }
    let mut dropped = Dropped::default();
    document::convert(document, &mut dropped)?;
    document["openapi"] = TARGET.into();
    Ok(dropped.0)
}

/// What 3.0 cannot say and no type depends on.
#[derive(Default)]
struct Dropped(Vec<String>);

impl Dropped {
    fn note(&mut self, at: &Pointer, keyword: &str) {
        self.0.push(at.join(keyword).to_string());
    }
}

/// An error at a place in the document.
fn refuse(at: &Pointer, reason: &str) -> anyhow::Error {
    anyhow!("cannot convert {at} to OpenAPI 3.0: {reason}")
}
