//! Lists the public items of the generated client, a line for each.
//!
//! ```text
//! Client fn list_numbers(&self) -> builder::ListNumbers<'_>
//! builder::ListNumbers async fn send(self) -> Result<ResponseValue<NumberList>, Error>
//! types::Number struct non_exhaustive
//! types::Number impl Clone
//! types::Number.api_keys: Vec<NumberApiKey>; rename = "apiKeys"
//! types::Provider open_enum! { Meta = "META" }
//! ```
//!
//! The lines come from the generated code, so they show the actual output of the generator, not
//! the intended one.
//!
//! This file is named `mod.rs` because tests/generated includes this module by its path.

mod items;
mod text;

use std::collections::{BTreeMap, BTreeSet};

use heck::ToPascalCase;
use serde_json::Value;

use crate::generate::reach::follow;
use crate::generate::schema::{named, operations};
use crate::generate::{select, simplify};

/// The features that enable each builder, each model and the events.
pub type Features = BTreeMap<String, BTreeSet<String>>;

/// Returns the public items of generated code, a line for each.
pub fn lines(code: &str) -> Result<BTreeSet<String>, String> {
    let file = syn::parse_file(code).map_err(|error| error.to_string())?;
    Ok(file.items.into_iter().flat_map(|item| items::lines("", item)).collect())
}

/// Returns the features that enable each item, as the build step selects them.
pub fn features(document: &Value) -> Features {
    let mut document = document.clone();
    simplify::inline_shared(&mut document);
    let mut features: Features =
        named(&document).map(|(name, _)| (format!("types::{name}"), BTreeSet::new())).collect();
    for (.., operation) in operations(&document) {
        let call = operation["operationId"].as_str().unwrap_or_default().to_pascal_case();
        let events = operation.get("callbacks").map(|_| "Event".to_owned());
        // The models that every client has, and those that the operation refers to.
        let mut models = select::reached(&document, &|_| false);
        follow(&document, operation, &mut models);
        let models = models.into_iter().map(|name| format!("types::{name}"));
        for brought in models.chain(events).chain([format!("builder::{call}")]) {
            features.entry(brought).or_default().extend(select::features(operation));
        }
    }
    features
}
