//! Puts what OpenAPI can say in several ways in the one way that the build step
//! reads, so that no build of a user has to.
//!
//! In this order: [`lift`] names every schema that becomes a type; [`all_of`] joins the
//! parts of an object. Twice is the same as once.

mod all_of;
mod lift;
#[cfg(test)]
mod tests;

use anyhow::Result;
use serde_json::Value;

/// Normalises a converted document in place.
///
/// On an error the document is left half normalised.
pub fn normalise(document: &mut Value) -> Result<()> {
    lift::lift(document)?;
    all_of::flatten(document)
}
