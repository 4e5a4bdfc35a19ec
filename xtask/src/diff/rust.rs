//! Finds the changes for code that uses the client: the difference between two surfaces.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::catch_unwind;

use serde_json::Value;

use super::Changes;
use super::Level::{self, Major, Minor, Patch};
use crate::surface::{self, Features};
use crate::{generate, profile};

/// Compares the public items of two clients. If a document yields no client, the change is major.
pub fn compare(old: &Value, new: &Value) -> Changes {
    let (old, new) = (items(old), items(new));
    if let (Ok(old), Ok(new)) = (&old, &new) {
        return changes(old, new);
    }
    let refused = [("old", old.err()), ("new", new.err())].into_iter().filter_map(|(side, why)| {
        Some((Major, format!("no client can be generated from the {side} document: {}", why?)))
    });
    refused.collect()
}

/// The public items of a client, and the features that enable them.
pub type Items = (BTreeSet<String>, Features);

/// The public items of the client of a document. Checks the profile first: the generator relies
/// on it.
pub fn items(document: &Value) -> Result<Items, String> {
    profile::check(document).map_err(|error| format!("{error:#}"))?;
    let text = document.to_string();
    // A panic of the generator means an unsupported document.
    let code = catch_unwind(|| generate::generate(&text, &|_| true));
    let [(_, client), ..] = code.map_err(|_| "the generator does not support it".to_owned())??;
    Ok((surface::lines(&client)?, surface::features(document)))
}

/// Compares the public items of two versions.
pub fn changes((old, old_features): &Items, (new, new_features): &Items) -> Changes {
    let added = new.difference(old).filter(|line| is_listed(line, new, old));
    let mut added: BTreeMap<&str, &String> = added.map(|line| (key(line), line)).collect();
    let removed = old.difference(new).filter(|line| is_listed(line, old, new)).map(|line| {
        let now = added.remove(key(line)).map(|now| format!("-> {now}"));
        change(Major, line, now.as_deref().unwrap_or("is removed"))
    });
    let mut changes: Changes = removed.collect();
    changes.extend(added.into_values().map(|line| change(Minor, line, "is new")));
    for (brought, old) in old_features {
        let Some(new) = new_features.get(brought) else { continue };
        for (level, one, other, word) in [(Major, old, new, "no longer"), (Minor, new, old, "also")]
        {
            let features = one.difference(other).cloned().collect::<Vec<_>>().join(", ");
            if !features.is_empty() {
                changes.insert(change(level, brought, &format!("is {word} enabled by {features}")));
            }
        }
    }
    changes
}

/// Whether a line of `items` that `others` lack is listed. The impls of a type that `others` lack
/// are not: the line of the type stands for them.
fn is_listed(line: &str, items: &BTreeSet<String>, others: &BTreeSet<String>) -> bool {
    let Some((of, _)) = line.split_once(" impl ") else { return true };
    let [structure, choice] = ["struct", "enum"].map(|kind| format!("{of} {kind}"));
    let is_type = |line: &String| line.starts_with(&structure) || line.starts_with(&choice);
    let defines = |items: &BTreeSet<String>| items.iter().any(is_type);
    !defines(items) || defines(others)
}

/// The part of a line that names the item: a field without its type, a function without its
/// parameters.
fn key(line: &str) -> &str {
    line.split(": ").next().unwrap_or_default()
}

/// Rules do not concern the compiler. The wire comparison weighs the requests that they refuse.
fn change(level: Level, line: &str, what: &str) -> (Level, String) {
    (if line.contains(" rules!") { Patch } else { level }, format!("{line} {what}"))
}
