//! Puts what OpenAPI can say in several ways in the one way that the build step
//! reads, so that no build of a user has to.
//!
//! [`all_of`] joins the parts of an object, and what was only a part of others is dropped.
//! Twice is the same as once.

mod all_of;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use anyhow::Result;
use serde_json::Value;

use crate::places;

/// Normalises a converted document in place.
///
/// On an error the document is left half normalised.
pub fn normalise(document: &mut Value) -> Result<()> {
    let before = referred(document);
    all_of::flatten(document)?;
    // A part that nothing refers to any more would be a type that nobody meets.
    for part in before.difference(&referred(document)) {
        places::schemas_mut(document)?.remove(part);
    }
    Ok(())
}

/// The named schemas that something refers to.
fn referred(document: &Value) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    places::visit(document, &mut |_, part, _| {
        names.extend(places::reference(part).map(str::to_owned));
    });
    names
}
