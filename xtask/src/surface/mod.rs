//! The public items of the generated client, a line for each.
//!
//! ```text
//! Client.list_numbers() -> builder::ListNumbers<'_>
//! builder::ListNumbers.send() -> Result<ResponseValue<NumberList>, Error>
//! types::Number struct non_exhaustive, Clone, Debug, Deserialize, PartialEq, Serialize
//! types::Number.api_keys: Vec<NumberApiKey>; rename = "apiKeys", default
//! types::Provider::Meta = "meta"
//! ```
//!
//! The lines come from the code itself, so they say what the generator made of the document
//! and not what it should have made.
//!
//! This file is named `mod.rs` since tests/generated.rs has this module too, by its path.

mod items;
mod macros;
mod text;

use std::collections::{BTreeMap, BTreeSet};

use heck::ToPascalCase;
use serde_json::Value;

use crate::generate::schema::{named, operations};
use crate::generate::{select, simplify};

/// Public items, a line for each, with the features that bring it.
pub type Items = BTreeMap<String, BTreeSet<String>>;

/// The public items of generated code, a line for each.
pub fn lines(code: &str) -> Result<BTreeSet<String>, String> {
    let file = syn::parse_file(code).map_err(|error| error.to_string())?;
    Ok(items::read(file.items))
}

/// The public items of the client of a document, whose whole code this is.
pub fn items(document: &Value, code: &str) -> Result<Items, String> {
    let (all, mut owners) = features(document);
    let lines = lines(code)?;
    for (choice, model) in lines.iter().filter_map(|line| line.split_once(" enum choice of ")) {
        let features = owners.get(&format!("types::{model}")).cloned().unwrap_or_default();
        owners.insert(choice.to_owned(), features);
    }
    let features = |line: &str| owners.get(&owner(line)).unwrap_or(&all).clone();
    Ok(lines.into_iter().map(|line| (line.clone(), features(&line))).collect())
}

/// Whether a line is that of a type, not of what the type has.
pub fn is_type(line: &str) -> bool {
    line.split(' ').nth(1).is_some_and(|word| matches!(word, "struct" | "enum"))
}

/// What a line belongs to: a call, by its builder; a model; or the events.
fn owner(line: &str) -> String {
    let name = |text: &str| {
        let end = text.find(|character: char| !character.is_alphanumeric() && character != '_');
        text[..end.unwrap_or(text.len())].to_owned()
    };
    if let Some(method) = line.strip_prefix("Client.") {
        return format!("builder::{}", name(method).to_pascal_case());
    }
    match line.split_once(" impl From<") {
        // Of a type that is defined elsewhere.
        Some((of, model)) if !of.starts_with("types::") => format!("types::{}", name(model)),
        _ => match line.replace("types::builder::", "types::").split_once("::") {
            Some((module @ ("types" | "builder"), item)) => format!("{module}::{}", name(item)),
            _ => name(line),
        },
    }
}

/// All features, and those that bring each of what lines belong to.
fn features(document: &Value) -> (BTreeSet<String>, Items) {
    let mut document = document.clone();
    simplify::inline_shared(&mut document);
    let (mut all, mut owners) = (BTreeSet::new(), Items::new());
    for (.., operation) in operations(&document) {
        let call = operation["operationId"].as_str().unwrap_or_default().to_pascal_case();
        let events = operation.get("callbacks").map(|_| "Event".to_owned());
        for owner in events.into_iter().chain([format!("builder::{call}")]) {
            owners.entry(owner).or_default().extend(select::features(operation));
        }
        all.extend(select::features(operation));
    }
    owners.extend(named(&document).map(|(name, _)| (format!("types::{name}"), BTreeSet::new())));
    for feature in &all {
        for name in select::reached(&document, &|name| name == feature) {
            owners.entry(format!("types::{name}")).or_default().insert(feature.clone());
        }
    }
    (all, owners)
}
