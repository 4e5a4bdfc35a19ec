//! What changes of the facts mean for a client that was deployed before.
//!
//! | Change | sent | read |
//! |---|---|---|
//! | operation removed; added | major; patch | |
//! | credential taken no longer, or one demanded | major | |
//! | first server another | major | |
//! | not safe to repeat any more; safe | major; patch | |
//! | advice on repeating another | minor | |
//! | place added: required; optional | major; patch | patch |
//! | place removed: required; optional | major | major; minor |
//! | alternative added: of an event; else | patch | patch; minor |
//! | becomes required; optional | major; patch | patch; major, but not of lists, maps and nullables |
//! | becomes nullable; not null | patch; major | major, but not of what is optional, or a list or map; patch |
//! | another type, or type of content | major | major |
//! | another format | major unless dropped | major unless added |
//! | value of an enum added; removed | patch; major | patch |
//! | rule or bound added or changed; dropped | major; patch | patch |
//! | default | patch | minor |

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::change::Change;
use super::change::Level::{self, Major, Minor, Patch};
use super::wire::{self, Direction, Facts, Place, Wire};
use crate::convert::nullable;

/// The changes on the wire. What stands at many places is told once.
pub fn compare(old: &Value, new: &Value) -> Vec<Change> {
    let read = |document: &Value| {
        let mut document = document.clone();
        // What is no document has no places.
        _ = nullable::as_keyword(&mut document);
        wire::read(&document)
    };
    let (old, new) = match (read(old), read(new)) {
        (Ok(old), Ok(new)) => (old, new),
        (Err(reason), _) | (_, Err(reason)) => return vec![Change::new(Major, &reason)],
    };
    let mut told: BTreeMap<String, Level> = BTreeMap::new();
    let mut tell = |level: Level, text: String| {
        let worst = told.entry(text).or_insert(level);
        *worst = level.max(*worst);
    };
    for (place, (label, facts)) in &old {
        match new.get(place) {
            Some((_, now)) => {
                for (level, text) in changes(place, facts, now) {
                    tell(level, format!("{label}: {text}"));
                }
            }
            None if has_parent(&new, place) => {
                tell(removed(place, facts), format!("{label} is gone"));
            }
            None => {}
        }
    }
    for (place, (label, facts)) in &new {
        if !old.contains_key(place) && has_parent(&old, place) {
            tell(added(place, facts), format!("{label} is new"));
        }
    }
    told.into_iter().map(|(text, level)| Change::new(level, &text)).collect()
}

/// Whether what a place is in is there, so that the place is not part of a larger change.
fn has_parent(wire: &Wire, place: &Place) -> bool {
    let is_there = |direction: Direction, path: &[String]| {
        let path = path.to_vec();
        wire.contains_key(&Place { of: place.of.clone(), direction, path })
    };
    match place.path.as_slice() {
        [] => true,
        // A body, or a parameter behind where it stands.
        [_] => !is_operation(place) || is_there(Direction::Known, &[]),
        [within, _] if within != "body" && place.direction == Direction::Sent => {
            is_there(Direction::Known, &[])
        }
        [within @ .., _] => is_there(place.direction, within),
    }
}

fn is_operation(place: &Place) -> bool {
    place.of.contains(' ')
}

fn removed(place: &Place, facts: &Facts) -> Level {
    let is_required = facts.get("required") == Some(&true.into());
    match place.direction {
        _ if facts.contains_key("rule") => Patch,
        Direction::Sent => Major,
        Direction::Known if place.path.is_empty() => Major,
        Direction::Read if is_required => Major,
        Direction::Read | Direction::Known => Minor,
    }
}

fn added(place: &Place, facts: &Facts) -> Level {
    let is_required = facts.get("required") == Some(&true.into());
    match place.direction {
        Direction::Sent if is_required || facts.contains_key("rule") => Major,
        Direction::Read if facts.contains_key("alternative") && is_operation(place) => Minor,
        Direction::Known if !place.path.is_empty() => Minor,
        _ => Patch,
    }
}

/// What changed at one place, and how much it weighs.
fn changes(place: &Place, old: &Facts, new: &Facts) -> Vec<(Level, String)> {
    let names: BTreeSet<&&str> = old.keys().chain(new.keys()).collect();
    let differ = names.into_iter().filter(|name| old.get(**name) != new.get(**name));
    differ.flat_map(|name| change(place, name, old, new)).collect()
}

fn change(place: &Place, name: &str, old: &Facts, new: &Facts) -> Vec<(Level, String)> {
    let (before, now) = (old.get(name), new.get(name));
    let show = |value: Option<&Value>| value.map_or("none".to_owned(), ToString::to_string);
    let text = format!("{name}: {} -> {}", show(before), show(now));
    let is_sent = place.direction == Direction::Sent;
    let by = |sent: Level, read: Level| if is_sent { sent } else { read };
    let is_true = |facts: &Facts, name: &str| facts.get(name) == Some(&true.into());
    let level = match name {
        "known" => return known(before, now, &text),
        "required" if is_true(new, name) => by(Major, Patch),
        "required" if is_true(old, "nullable") => Patch,
        "nullable" if !is_true(new, name) => by(Major, Patch),
        "nullable" if !is_true(old, "required") => Patch,
        "required" | "nullable" if is_lenient(old) => Patch,
        "required" | "nullable" => by(Patch, Major),
        "enum" => return vec![(by(enum_sent(before, now), Patch), text)],
        "default" => by(Patch, Minor),
        "format" => match (before, now) {
            (Some(_), None) => by(Patch, Major),
            // A narrower number is a number.
            (None, Some(_)) => by(Major, Patch),
            _ => Major,
        },
        "minLength" | "maxLength" | "pattern" | "minimum" | "maximum" | "minItems" | "maxItems"
        | "rule" => by(if is_looser(name, before, now) { Patch } else { Major }, Patch),
        _ => Major,
    };
    vec![(level, text)]
}

/// Whether the client reads what is not there as empty.
fn is_lenient(facts: &Facts) -> bool {
    facts.contains_key("map") || facts.get("type").is_some_and(|kind| kind == "array")
}

/// Whether all that kept a bound keeps the new one.
fn is_looser(name: &str, before: Option<&Value>, now: Option<&Value>) -> bool {
    let number = |value: Option<&Value>| value.and_then(Value::as_f64);
    match (number(before), number(now)) {
        (_, None) => now.is_none(),
        (Some(before), Some(now)) if name.starts_with("min") => now < before,
        (Some(before), Some(now)) => now > before,
        (None, Some(_)) => false,
    }
}

/// What an older client means by a value that is not taken any more.
fn enum_sent(before: Option<&Value>, now: Option<&Value>) -> Level {
    let values = |value: Option<&Value>| {
        value
            .and_then(Value::as_array)
            .map(|values| values.iter().map(ToString::to_string).collect::<BTreeSet<_>>())
    };
    match (values(before), values(now)) {
        (_, None) => Patch,
        (Some(before), Some(now)) if before.is_subset(&now) => Patch,
        _ => Major,
    }
}

/// Facts of operations and of the service.
fn known(before: Option<&Value>, now: Option<&Value>, text: &str) -> Vec<(Level, String)> {
    let (Some(before), Some(now)) = (before, now) else { return Vec::new() };
    let level = if let (Some(before), Some(now)) = (before.as_array(), now.as_array()) {
        let anonymous = now.iter().any(|credential| credential == "");
        let keeps = before.iter().all(|credential| now.contains(credential));
        if keeps || anonymous { Patch } else { Major }
    } else if before.get("advice").is_some() {
        Minor
    } else if now["safe"] == true {
        Patch
    } else {
        Major
    };
    vec![(level, text.trim_start_matches("known: ").to_owned())]
}
