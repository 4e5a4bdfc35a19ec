//! Selects the operations by features: each tag of the document is a feature, in kebab-case,
//! and `full` is all of them. Schemas that only the dropped operations use are dropped too.

use std::collections::BTreeSet;

use heck::ToKebabCase;
use serde_json::Value;

use super::reach::follow;
use super::schema::{entries_mut, operations, texts};

/// Schemas that the hand-written layer needs in any case.
const NEEDED: [&str; 2] = ["ApiError", "ErrorCode"];

/// Drops the operations without an enabled feature, and their schemas.
pub fn select(document: &mut Value, has_feature: &dyn Fn(&str) -> bool) {
    if has_feature("full") {
        return;
    }
    let reached = reached(document, has_feature);
    for (_, item) in entries_mut(document, "paths") {
        let operations = item.as_object_mut().into_iter();
        operations.for_each(|all| all.retain(|_, operation| is_wanted(operation, has_feature)));
    }
    if let Some(schemas) = document["components"]["schemas"].as_object_mut() {
        schemas.retain(|name, _| reached.contains(name));
    }
}

/// The names of the schemas that the operations of some features use.
pub fn reached(document: &Value, has_feature: &dyn Fn(&str) -> bool) -> BTreeSet<String> {
    let mut reached: BTreeSet<String> = NEEDED.into_iter().map(str::to_owned).collect();
    let wanted = |(.., operation): &(_, _, &Value)| is_wanted(operation, has_feature);
    operations(document).filter(wanted).for_each(|(.., one)| follow(document, one, &mut reached));
    reached
}

fn is_wanted(operation: &Value, has_feature: &dyn Fn(&str) -> bool) -> bool {
    features(operation).any(|name| has_feature(&name))
}

/// The features that enable an operation.
pub fn features(operation: &Value) -> impl Iterator<Item = String> {
    texts(operation, "tags").map(ToKebabCase::to_kebab_case)
}
