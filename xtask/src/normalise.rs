//! Puts what OpenAPI can say in several ways in the one way that the build step
//! reads, so that no build of a user has to.
//!
//! In this order: [`texts`] makes descriptions safe as comments; [`lift`] names every
//! schema that becomes a type; [`all_of`] joins the parts of an object. Twice is the
//! same as once.

mod all_of;
mod lift;
#[cfg(test)]
mod tests;
mod texts;

use anyhow::Result;
use serde_json::{Value, json};

use crate::convert::grammar::Kind;
use crate::places;

/// Normalises a converted document in place.
///
/// On an error the document is left half normalised.
pub fn normalise(document: &mut Value) -> Result<()> {
    let mut parts = Vec::new();
    places::visit(document, &mut |kind, _, at| parts.push((kind, at.clone())));
    for (kind, at) in parts {
        let Some(Value::Object(part)) = document.pointer_mut(at.as_str()) else { continue };
        texts::quiet(part);
        // 3.1 lets a schema require nothing in so many words.
        part.retain(|key, value| kind != Kind::Schema || key != "required" || *value != json!([]));
    }
    lift::lift(document)?;
    all_of::flatten(document)
}
