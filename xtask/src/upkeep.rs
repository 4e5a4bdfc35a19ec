//! The files beside `openapi.json` that follow from it and that people write too: the
//! features of tags, the changelog, and a test case for each operation.

mod cases;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result};
use heck::ToKebabCase;
use serde_json::Value;

use crate::places;

/// The texts of the files by their paths, where a document takes the place of an earlier one.
pub fn files(root: &Path, earlier: &Value, document: &Value) -> Result<BTreeMap<String, String>> {
    let operations = places::operations(document);
    let tags = operations.filter_map(|(.., operation, _)| operation["tags"][0].as_str());
    let tags: BTreeSet<String> = tags.map(ToKebabCase::to_kebab_case).collect();
    let (old, new) = (operations_of(earlier), operations_of(document));
    let mut files = cases::files(root, document)?;
    for (path, text) in [
        ("Cargo.toml", manifest(&read(root, "Cargo.toml")?, &tags)),
        ("README.md", readme(&read(root, "README.md")?, &tags)),
        ("CHANGELOG.md", changelog(&read(root, "CHANGELOG.md")?, &old, &new)),
    ] {
        files.insert(path.to_owned(), text.with_context(|| format!("cannot update {path}"))?);
    }
    Ok(files)
}

fn read(root: &Path, path: &str) -> Result<String> {
    std::fs::read_to_string(root.join(path)).with_context(|| format!("cannot read {path}"))
}

/// Rewrites the marked block of features. A tag may bring more than its operations, so its
/// entry stays as it is.
fn manifest(text: &str, tags: &BTreeSet<String>) -> Result<String> {
    const BEGIN: &str = "# The tags of openapi.json, by `cargo xtask regen`:\n";
    const END: &str = "# End of the tags.\n";
    let (before, rest) = text.split_once(BEGIN).with_context(|| format!("add `{BEGIN}`"))?;
    let (block, after) = rest.split_once(END).with_context(|| format!("add `{END}`"))?;
    let (_, entries) =
        block.split_once("\n]\n").context("add `full` first in the block of tags")?;
    let (mut kept, mut entry) = (BTreeMap::new(), String::new());
    for line in entries.split_inclusive('\n') {
        entry += line;
        if let Some((name, _)) = line.split_once(" = ").filter(|_| !line.starts_with('#')) {
            kept.insert(name, std::mem::take(&mut entry));
        }
    }
    let names: String = tags.iter().map(|tag| format!("  \"{tag}\",\n")).collect();
    let entry = |tag: &String| kept.remove(tag.as_str()).unwrap_or_else(|| format!("{tag} = []\n"));
    let entries: String = tags.iter().map(entry).collect();
    Ok(format!(
        "{before}{BEGIN}## Every tag of the API.\nfull = [\n{names}]\n{entries}{END}{after}"
    ))
}

/// Rewrites the row of the table of features that names the tags.
fn readme(text: &str, tags: &BTreeSet<String>) -> Result<String> {
    const REST: &str = " | | the operations of a tag";
    let row = text.lines().find(|line| line.contains(REST));
    let row =
        row.with_context(|| format!("add the row `| TAGS{REST}` to its table of features"))?;
    let rest = row.find(REST).map_or("", |place| &row[place..]);
    let names: Vec<String> = tags.iter().map(|tag| format!("`{tag}`")).collect();
    Ok(text.replace(row, &format!("| {}{rest}", names.join(", "))))
}

/// The operations of a document, each as the changelog names it.
fn operations_of(document: &Value) -> BTreeSet<String> {
    let name = |(path, method, operation, _): (&str, &str, &Value, _)| {
        let id = operation["operationId"].as_str().unwrap_or_default();
        format!("`{id}`, `{} {path}`", method.to_uppercase())
    };
    places::operations(document).map(name).collect()
}

/// Names the operations that came and went since the release, each once.
fn changelog(text: &str, old: &BTreeSet<String>, new: &BTreeSet<String>) -> Result<String> {
    const UNRELEASED: &str = "\n## [Unreleased]\n";
    let start = text.find(UNRELEASED).context("add `## [Unreleased]`")? + UNRELEASED.len();
    let end = text[start..].find("\n## ").map_or(text.len(), |length| start + length);
    let mut section = text[start..end].to_owned();
    let added = |operation: &String| format!("- New operation: {operation}.\n");
    let removed = |operation: &String| format!("- Removed operation: {operation}.\n");
    // Without an earlier document, there is nothing to compare with.
    let came = new.difference(old).filter(|_| !old.is_empty());
    let came = came.map(|operation| ("Added", added(operation), removed(operation)));
    let went = old.difference(new);
    let went = went.map(|operation| ("Removed", removed(operation), added(operation)));
    for (group, line, undone) in came.chain(went) {
        let heading = format!("\n### {group}\n\n");
        if section.contains(&undone) {
            section = section.replace(&undone, "");
        } else if let Some(place) = section.find(&heading) {
            if !section.contains(&line) {
                section.insert_str(place + heading.len(), &line);
            }
        } else {
            section.insert_str(0, &format!("{heading}{line}"));
        }
    }
    Ok(format!("{}{section}{}", &text[..start], &text[end..]))
}
