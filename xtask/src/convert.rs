//! Converts an OpenAPI 3.1 document to 3.0.3.
//!
//! What 3.0 expresses otherwise is rewritten. A note that changes no type is dropped and
//! listed. Anything else is an error with its place. Converting twice changes nothing.

pub(crate) mod grammar;
mod keywords;
mod references;
pub(crate) mod schema;
#[cfg(test)]
mod tests;

use anyhow::{Result, anyhow, ensure};
use serde_json::{Map, Value};

use self::grammar::Kind;
use crate::line::one_line;
use crate::pointer::Pointer;

/// The version that the generator reads.
const TARGET: &str = "3.0.3";

/// The parts of a document in version 3.0 or 3.1, whose references all lead to a component.
pub fn parts(document: &Value) -> Result<Vec<(Kind, Pointer)>> {
    let version = document["openapi"].as_str().unwrap_or_default();
    ensure!(
        version.starts_with("3.0.") || version.starts_with("3.1."),
        "/openapi: version `{version}` is not supported: write the document in 3.0 or 3.1"
    );
    let parts = grammar::parts(document)?;
    references::check(document, &parts)?;
    Ok(parts)
}

/// Converts `document` in place and returns the place of each note dropped.
///
/// On an error the document is left half converted.
pub fn to_3_0(document: &mut Value) -> Result<Vec<String>> {
    let parts = parts(document)?;
    for (kind, at) in &parts {
        keywords::check(*kind, document.pointer(at.as_str()), at)?;
    }
    let mut dropped = Vec::new();
    // The inner parts first: the conversion of a part expects 3.0 within it.
    for (kind, at) in parts.iter().rev() {
        let Some(Value::Object(object)) = document.pointer_mut(at.as_str()) else { continue };
        match kind {
            Kind::Schema => schema::convert(object, at, &mut dropped)?,
            Kind::Document => drop_keys(object, at, &mut dropped, |key| key == "jsonSchemaDialect"),
            Kind::Info => drop_keys(object, at, &mut dropped, |key| key == "summary"),
            Kind::License => drop_keys(object, at, &mut dropped, |key| key == "identifier"),
            // In 3.0 a reference stands alone.
            _ if object.contains_key("$ref") => {
                drop_keys(object, at, &mut dropped, |key| key != "$ref");
            }
            _ => {}
        }
    }
    document["openapi"] = TARGET.into();
    dropped.sort();
    Ok(dropped)
}

fn drop_keys(
    object: &mut Map<String, Value>,
    at: &Pointer,
    dropped: &mut Vec<String>,
    is_note: fn(&str) -> bool,
) {
    object.retain(|key, _| {
        if is_note(key) {
            dropped.push(at.join(key).to_string());
        }
        !is_note(key)
    });
}

/// An error at a place, with what to do.
fn refuse(at: &Pointer, reason: &str) -> anyhow::Error {
    anyhow!("{}: {}", one_line(&at.to_string()), one_line(reason))
}
