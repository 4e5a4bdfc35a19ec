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

use heck::ToKebabCase;
use serde_json::Value;

/// What has the items that more than one feature brings, or none.
pub const SHARED: &str = "shared";

/// Makes the code of the client from the document, for the features that are wanted.
pub type Generate<'a> = &'a dyn Fn(&dyn Fn(&str) -> bool) -> Result<String, String>;

/// The public items of generated code, a line for each.
pub fn lines(code: &str) -> Result<BTreeSet<String>, String> {
    let file = syn::parse_file(code).map_err(|error| error.to_string())?;
    Ok(items::read(file.items))
}

/// The public items of the client, each with the features that bring it.
pub fn items(
    document: &Value,
    generate: Generate,
) -> Result<BTreeMap<String, BTreeSet<String>>, String> {
    let lines_of = |has_feature: &dyn Fn(&str) -> bool| lines(&generate(has_feature)?);
    let mut items: BTreeMap<String, BTreeSet<String>> =
        lines_of(&|_| true)?.into_iter().map(|line| (line, BTreeSet::new())).collect();
    for feature in features(document) {
        for line in lines_of(&|name| name == feature)? {
            let Some(by) = items.get_mut(&line) else {
                return Err(format!("`{line}` is only there without other features"));
            };
            by.insert(feature.clone());
        }
    }
    Ok(items)
}

/// The public items by the feature that brings them. The type that more than one feature brings
/// says so in its line.
#[allow(dead_code)] // Only tests/generated.rs groups them.
pub fn by_feature(
    document: &Value,
    generate: Generate,
) -> Result<BTreeMap<String, BTreeSet<String>>, String> {
    let all = features(document).len();
    let mut groups: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (line, by) in items(document, generate)? {
        let (group, line) = place(line, &by, all);
        groups.entry(group).or_default().insert(line);
    }
    Ok(groups)
}

/// The group of a line that these features bring, and the line as it stands there.
fn place(line: String, by: &BTreeSet<String>, of: usize) -> (String, String) {
    let by: Vec<&str> = by.iter().map(String::as_str).collect();
    match by.as_slice() {
        [only] => ((*only).to_owned(), line),
        [] if items::is_type(&line) => (SHARED.to_owned(), format!("{line}; by no feature")),
        several if several.len() < of && items::is_type(&line) => {
            (SHARED.to_owned(), format!("{line}; by {}", several.join(", ")))
        }
        _ => (SHARED.to_owned(), line),
    }
}

/// The features that bring operations: the tags of the document.
fn features(document: &Value) -> BTreeSet<String> {
    let paths = document["paths"].as_object().into_iter().flatten();
    let operations = paths.filter_map(|(_, path)| path.as_object()).flatten();
    let tags = operations.filter_map(|(_, operation)| operation["tags"].as_array()).flatten();
    tags.filter_map(|tag| Some(tag.as_str()?.to_kebab_case())).collect()
}
