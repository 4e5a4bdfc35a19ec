//! Converts an OpenAPI 3.1 document to 3.0.3.
//!
//! Constructs that 3.0 expresses differently are rewritten. Annotations that change no type are
//! dropped and listed. Anything else is an error with its place. Converting twice changes nothing.

pub(crate) mod grammar;
mod keywords;
pub(crate) mod schema;
#[cfg(test)]
mod tests;

use anyhow::{Result, anyhow};
use serde_json::Value;

use self::grammar::Kind;
pub(crate) use self::grammar::parts;
use crate::line::one_line;
use crate::places::Pointer;

/// Converts `document` in place and returns the place of each dropped annotation.
///
/// On an error, the document is left partly converted.
pub fn to_3_0(document: &mut Value) -> Result<Vec<String>> {
    let parts = parts(document)?.into_iter().map(|(kind, part)| (kind, part.at));
    let parts: Vec<(Kind, Pointer)> = parts.collect();
    let mut dropped = Vec::new();
    // Inner parts first: the conversion of a part expects 3.0 within it.
    for (kind, at) in parts.iter().rev() {
        let Some(Value::Object(object)) = document.pointer_mut(at.as_str()) else { continue };
        keywords::check(*kind, object, at)?;
        let is_reference = object.contains_key("$ref");
        let is_note = |key: &str| match kind {
            Kind::Document => key == "jsonSchemaDialect",
            Kind::Info => key == "summary",
            Kind::License => key == "identifier",
            Kind::Schema => matches!(key, "$comment" | "$schema"),
            // In 3.0, a reference has no siblings.
            _ => is_reference && key != "$ref",
        };
        let notes = object.keys().filter(|key| is_note(key));
        dropped.extend(notes.map(|key| at.join(key).to_string()));
        object.retain(|key, _| !is_note(key));
        if *kind == Kind::Schema {
            schema::convert(object, at, &mut dropped)?;
        }
    }
    // The version that the generator supports.
    document["openapi"] = "3.0.3".into();
    dropped.sort();
    Ok(dropped)
}

/// An error at a place, with the remedy.
fn refuse(at: &Pointer, reason: &str) -> anyhow::Error {
    anyhow!("{}: {}", one_line(&at.to_string()), one_line(reason))
}
