//! What changed for code that uses the client: the difference of two surfaces.

use std::collections::{BTreeMap, BTreeSet};
use std::thread;

use serde_json::Value;

use super::Change;
use super::Level::{self, Major, Minor, Patch};
use crate::surface::{self, Features};
use crate::{generated, profile};

/// The changes of the public items. A document that cannot become a client may change all.
pub fn compare(old: &Value, new: &Value) -> Vec<Change> {
    // To generate a client takes seconds.
    let (old, new) = thread::scope(|scope| {
        let old = scope.spawn(|| items(old));
        let new = items(new);
        (old.join().unwrap_or_else(|_| Err("the generator stops".to_owned())), new)
    });
    let (old, new) = match (old, new) {
        (Ok(old), Ok(new)) => return changes(&old, &new),
        (old, new) => (old.err(), new.err()),
    };
    let refused = [("old", old), ("new", new)].into_iter().filter_map(|(side, reason)| {
        Some(format!("no client can be made of the {side} document: {}", reason?))
    });
    refused.map(|text| Change::new(Major, &text)).collect()
}

/// The public items of a client, and what brings them.
pub type Items = (BTreeSet<String>, Features);

/// The public items of a document. The generator trusts what the profile lets pass.
pub fn items(document: &Value) -> Result<Items, String> {
    profile::check(document).map_err(|error| format!("{error:#}"))?;
    let code = generated::code(&document.to_string(), &|_| true)?;
    Ok((surface::lines(&code)?, surface::features(document)))
}

/// The changes from some items to others.
pub fn changes((old, old_features): &Items, (new, new_features): &Items) -> Vec<Change> {
    let mut added: BTreeMap<&str, &String> =
        new.difference(old).map(|line| (key(line), line)).collect();
    let mut changes = Vec::new();
    for line in old.difference(new) {
        changes.push(match added.remove(key(line)) {
            Some(now) => change(replaced(line, now), line, &format!("-> {now}")),
            None => change(Major, line, "is gone"),
        });
    }
    changes.extend(added.into_values().map(|line| change(Minor, line, "is new")));
    for (brought, old) in old_features {
        let Some(new) = new_features.get(brought) else { continue };
        for (level, one, other, word) in [(Major, old, new, "no longer"), (Minor, new, old, "also")]
        {
            let features = one.difference(other).cloned().collect::<Vec<_>>().join(", ");
            if !features.is_empty() {
                changes.push(change(level, brought, &format!("is {word} brought by {features}")));
            }
        }
    }
    changes
}

/// The name of the item that a line is about.
fn key(line: &str) -> &str {
    let end = line.find(|character| " (=;".contains(character)).unwrap_or(line.len());
    if [" impl", " rule", " of"].iter().any(|word| line[end..].starts_with(word)) {
        line
    } else {
        line[..end].trim_end_matches(':')
    }
}

/// What it means that an item is another one. A type may have more traits; serde may be told
/// to read a field that is missing, or to leave out an empty one.
fn replaced(old: &str, new: &str) -> Level {
    let is_type = surface::is_type(old);
    let parts = |line| str::split_once(line, if is_type { " struct " } else { "; " });
    let (Some((old, had)), Some((new, has))) = (parts(old), parts(new)) else { return Major };
    let less = |one: &str, other: &str, allowed: &[&str]| {
        let other: BTreeSet<&str> = other.split(", ").collect();
        let mut missing = one.split(", ").filter(|fact| !other.contains(fact));
        missing.all(|fact| allowed.iter().any(|allowed| fact.starts_with(allowed)))
    };
    let is_more = if is_type {
        less(had, has, &[]) && had.contains("non_exhaustive") == has.contains("non_exhaustive")
    } else {
        less(had, has, &["required", "skip_"]) && less(has, had, &["default", "des", "skip_"])
    };
    match (old == new && is_more, is_type) {
        (true, true) => Minor,
        (true, false) => Patch,
        (false, _) => Major,
    }
}

/// A rule is no matter of the compiler. What it refuses is weighed with the requests.
fn change(level: Level, line: &str, what: &str) -> Change {
    Change::new(if line.contains(" rule ") { Patch } else { level }, &format!("{line} {what}"))
}
