//! Updates the files that depend on `openapi.json` and that people edit too: the features of
//! tags, the changelog, and a test case for each operation.

mod cases;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;
use toml_edit::{Array, DocumentMut};

use crate::generate::select::features;
use crate::places;

/// The texts of the files, by path, after a document replaces an earlier one.
pub fn files(root: &Path, earlier: &Value, document: &Value) -> Result<BTreeMap<String, String>> {
    let operations = places::operations(document);
    let tags: BTreeSet<String> = operations.flat_map(|(.., one, _)| features(one)).collect();
    let (old, new) = (operations_of(earlier), operations_of(document));
    let mut files = cases::files(root, document)?;
    let read = |path| {
        let text = std::fs::read_to_string(root.join(path));
        text.with_context(|| format!("cannot read {path}"))
    };
    files.insert("Cargo.toml".to_owned(), manifest(&read("Cargo.toml")?, &tags)?);
    files.insert("README.md".to_owned(), readme(&read("README.md")?, &tags)?);
    files.insert("CHANGELOG.md".to_owned(), changelog(&read("CHANGELOG.md")?, &old, &new)?);
    Ok(files)
}

/// Rewrites the marked block of features. The entry of a tag is kept, since it may enable more
/// than operations.
fn manifest(text: &str, tags: &BTreeSet<String>) -> Result<String> {
    const BEGIN: &str = "# The tags of openapi.json, by `cargo xtask regen`:\n";
    const END: &str = "# End of the tags.\n";
    let lacks = |what| format!("Cargo.toml lacks `{what}`: add it");
    let (before, rest) = text.split_once(BEGIN).with_context(|| lacks(BEGIN))?;
    let (block, after) = rest.split_once(END).with_context(|| lacks(END))?;
    let mut entries: DocumentMut = block.parse().context("the features in Cargo.toml")?;
    entries.remove("full").with_context(|| lacks("full = [...]"))?;
    entries.retain(|tag, _| tags.contains(tag));
    for tag in tags {
        entries.entry(tag).or_insert(Array::new().into());
    }
    entries.sort_values();
    let names: String = tags.iter().flat_map(|tag| ["  \"", tag, "\",\n"]).collect();
    let full = format!("## Every tag of the API.\nfull = [\n{names}]\n");
    Ok([before, BEGIN, &full, &entries.to_string(), END, after].concat())
}

/// Rewrites the row with the tags in the table of features.
fn readme(text: &str, tags: &BTreeSet<String>) -> Result<String> {
    const REST: &str = " | | the operations of a tag";
    let row = text.lines().find_map(|line| Some((line, line.split_once(REST)?.1)));
    let (row, rest) = row.with_context(|| format!("README.md lacks `| TAGS{REST}`: add it"))?;
    let names: Vec<String> = tags.iter().map(|tag| format!("`{tag}`")).collect();
    Ok(text.replace(row, &format!("| {}{REST}{rest}", names.join(", "))))
}

/// The operations of a document, under their names in the changelog.
fn operations_of(document: &Value) -> BTreeSet<String> {
    let name = |(path, method, operation, _): (&str, &str, &Value, _)| {
        let id = operation["operationId"].as_str().unwrap_or_default();
        format!("`{id}`, `{} {path}`", method.to_uppercase())
    };
    places::operations(document).map(name).collect()
}

/// Lists the operations that were added or removed since the release, each once.
fn changelog(text: &str, old: &BTreeSet<String>, new: &BTreeSet<String>) -> Result<String> {
    const UNRELEASED: &str = "\n## [Unreleased]\n";
    let (before, rest) =
        text.split_once(UNRELEASED).context("CHANGELOG.md lacks `## [Unreleased]`: add it")?;
    let (section, after) = rest.split_at(rest.find("\n## ").unwrap_or(rest.len()));
    let mut section = section.to_owned();
    // Without an earlier document, no operation counts as new.
    let added = new.difference(old).filter(|_| !old.is_empty());
    let added = added.map(|operation| (operation, ["Added", "Removed"]));
    let removed = old.difference(new).map(|operation| (operation, ["Removed", "Added"]));
    for (operation, groups) in added.chain(removed) {
        let [line, undone] = groups.map(|group| format!("- {group} operation: {operation}.\n"));
        let heading = format!("\n### {}\n\n", groups[0]);
        if section.contains(&undone) {
            section = section.replace(&undone, "");
        } else if let Some((before, after)) = section.split_once(&heading) {
            // The heading may be followed by a paragraph.
            let gap = if after.starts_with("- ") { "" } else { "\n" };
            if !section.contains(&line) {
                section = [before, &heading, &line, gap, after].concat();
            }
        } else {
            section.insert_str(0, &format!("{heading}{line}"));
        }
    }
    Ok(format!("{before}{UNRELEASED}{section}{after}"))
}
