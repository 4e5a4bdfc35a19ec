//! What changed for code that uses the client: the difference of two surfaces.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::change::Change;
use super::change::Level::{Major, Minor, Patch};
use crate::{generated, profile, surface};

/// The changes of the public items. A document that cannot become a client may change all.
pub fn compare(old: &Value, new: &Value) -> Vec<Change> {
    // To refuse a document takes less time than to generate a client.
    let refused = [("old", refusal(old)), ("new", refusal(new))];
    if refused.iter().any(|(_, reason)| reason.is_some()) {
        return refused
            .into_iter()
            .filter_map(|(side, reason)| Some(unknown(side, &reason?)))
            .collect();
    }
    match (items(old), items(new)) {
        (Ok(old), Ok(new)) => changes(&old, &new),
        (Err(reason), _) => vec![unknown("old", &reason)],
        (_, Err(reason)) => vec![unknown("new", &reason)],
    }
}

fn unknown(side: &str, reason: &str) -> Change {
    Change::new(Major, &format!("no client can be made of the {side} document: {reason}"))
}

/// Why the generator is not given a document: it trusts what the profile lets pass.
fn refusal(document: &Value) -> Option<String> {
    profile::check(document).err().map(|error| format!("{error:#}"))
}

pub type Items = BTreeMap<String, BTreeSet<String>>;

fn items(document: &Value) -> Result<Items, String> {
    let text = document.to_string();
    surface::items(document, &generated::code(&text, &|_| true)?)
}

/// The changes from some items to others.
pub fn changes(old: &Items, new: &Items) -> Vec<Change> {
    let come: BTreeMap<&str, &String> =
        new.keys().filter(|line| !old.contains_key(*line)).map(|line| (key(line), line)).collect();
    let mut taken = BTreeSet::new();
    let mut changes = Vec::new();
    for (line, features) in old {
        match new.get(line) {
            // What a type has comes with the type.
            Some(_) if !surface::is_type(line) && !line.starts_with("Client.") => {}
            Some(now) => changes.extend(moved(line, features, now)),
            None => match come.get(key(line)) {
                Some(now) => {
                    taken.insert(*now);
                    changes.push(Change::new(weight(line, Major), &format!("{line} -> {now}")));
                }
                None => changes.push(Change::new(weight(line, Major), &format!("{line} is gone"))),
            },
        }
    }
    let added = new.keys().filter(|line| !old.contains_key(*line) && !taken.contains(line));
    changes.extend(added.map(|line| Change::new(weight(line, Minor), &format!("{line} is new"))));
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

/// What a build does with a request is not what the compiler does with code.
fn weight(line: &str, level: super::Level) -> super::Level {
    if line.contains(" rule ") { Patch } else { level }
}

fn moved(line: &str, before: &BTreeSet<String>, now: &BTreeSet<String>) -> Vec<Change> {
    let list = |one: &BTreeSet<String>, other: &BTreeSet<String>| {
        one.difference(other).cloned().collect::<Vec<_>>().join(", ")
    };
    let (gone, come) = (list(before, now), list(now, before));
    let told = [(Major, gone, "no longer brought by"), (Minor, come, "also brought by")];
    told.into_iter()
        .filter(|(_, features, _)| !features.is_empty())
        .map(|(level, features, words)| {
            Change::new(weight(line, level), &format!("{line} is {words} {features}"))
        })
        .collect()
}

/// The items of a document, whatever features bring them: in the time of one generation.
#[cfg(test)]
pub fn lines(document: &Value) -> Result<Items, String> {
    refusal(document).map_or(Ok(()), Err)?;
    let code = generated::code(&document.to_string(), &|_| true)?;
    Ok(surface::lines(&code)?.into_iter().map(|line| (line, BTreeSet::new())).collect())
}
