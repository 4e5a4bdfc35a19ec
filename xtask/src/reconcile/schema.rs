//! Holds a schema of the vendor's against one of ours.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::example::{self, Finding, Reader, member_path, plain, types};
use crate::places::{elements, entries};
use crate::pointer::Pointer;

/// How deep schemas of ours are followed.
const DEEPEST: usize = 32;

/// What bounds values. A bound of the vendor's that we lack is a fact that we lack.
const BOUNDS: [&str; 11] = [
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "pattern",
    "const",
    "default",
];

/// What of theirs was held against which place of ours, so that what refers to itself
/// comes to an end.
type Seen = BTreeSet<(String, String)>;

/// Who reads the values of a schema.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    Request,
    Response,
}

/// The two documents.
#[derive(Clone, Copy)]
pub struct Pair<'a> {
    pub theirs: &'a Value,
    pub ours: Reader<'a>,
    pub direction: Direction,
}

impl Pair<'_> {
    /// What a schema of theirs states beyond that of ours at a place.
    pub fn hold(self, theirs: &Value, at: &Pointer, path: &str) -> Vec<Finding> {
        self.whole(theirs, at, path, &mut Seen::new())
    }

    fn whole(self, theirs: &Value, at: &Pointer, path: &str, seen: &mut Seen) -> Vec<Finding> {
        let mut findings = self.part(theirs, at, path, seen);
        findings.extend(self.required(theirs, at, path));
        findings
    }

    /// The same of a part of a schema, which alone does not say what is required.
    fn part(self, theirs: &Value, at: &Pointer, path: &str, seen: &mut Seen) -> Vec<Finding> {
        let mut findings = Vec::new();
        if let Some(place) = example::target(theirs)
            && seen.insert((place.to_string(), at.to_string()))
        {
            let target = self.theirs.pointer(place.as_str()).unwrap_or(&Value::Null);
            findings.extend(self.part(target, at, path, seen));
        }
        findings.extend(self.values(theirs, at, path));
        findings.extend(self.bounds(theirs, at, path));
        let types = self.types(theirs, at, path);
        if !types.is_empty() {
            findings.extend(types);
            return findings;
        }
        findings.extend(self.members(theirs, at, path, seen));
        if theirs["items"].is_object()
            && let Some(items) = self.find(at, "items", 0)
        {
            findings.extend(self.whole(&theirs["items"], &items, &format!("{path}[]"), seen));
        }
        for key in ["allOf", "oneOf", "anyOf"] {
            for part in elements(&theirs[key]) {
                findings.extend(self.part(part, at, path, seen));
            }
        }
        findings
    }

    /// Holds the values that a schema shows or lists.
    fn values(self, theirs: &Value, at: &Pointer, path: &str) -> Vec<Finding> {
        let shown = theirs.get("example").into_iter();
        let values = shown.chain(elements(&theirs["examples"])).chain(elements(&theirs["enum"]));
        let is_text = types(theirs) == ["string"];
        let read = |value| {
            if is_text { self.text(value, at, path) } else { self.ours.read(value, at, path) }
        };
        let mut findings: Vec<Finding> = values.flat_map(read).collect();
        if types(theirs).contains(&"null") || theirs["nullable"] == true {
            findings.extend(self.ours.read(&Value::Null, at, path));
        }
        findings
    }

    /// Reads a value that is a text only because `type: string` stands for any type,
    /// or because a URL has nothing else.
    pub fn text(self, value: &Value, at: &Pointer, path: &str) -> Vec<Finding> {
        let findings = self.ours.read(value, at, path);
        let scalar = value.as_str().and_then(|text| serde_json::from_str(text).ok());
        match scalar {
            Some(scalar @ (Value::Bool(_) | Value::Number(_)))
                if !findings.is_empty() && self.ours.read(&scalar, at, path).is_empty() =>
            {
                Vec::new()
            }
            _ => findings,
        }
    }

    /// The types of theirs that ours does not have. `string` is written where
    /// nothing is known.
    fn types(self, theirs: &Value, at: &Pointer, path: &str) -> Vec<Finding> {
        let mut ours = Vec::new();
        self.allowed(at, &mut ours, 0);
        let fits = |kind: &str| {
            ours.is_empty()
                || ours
                    .iter()
                    .any(|other| *other == kind || matches!((*other, kind), ("number", "integer")))
        };
        let wrong = types(theirs)
            .into_iter()
            .filter(|kind| !matches!(*kind, "string" | "null") && !fits(kind));
        let finding = |kind: &str| Finding {
            what: format!("{path} as {kind}"),
            ours: ours.join(" or "),
            place: at.clone(),
            patch: None,
        };
        wrong.map(finding).collect()
    }

    /// The types that a schema of ours allows, behind references and alternatives.
    fn allowed<'b>(&'b self, at: &Pointer, into: &mut Vec<&'b str>, depth: usize) {
        let schema = self.ours.document.pointer(at.as_str()).unwrap_or(&Value::Null);
        if depth > DEEPEST {
            return;
        }
        into.extend(types(schema));
        if let Some(target) = example::target(schema) {
            self.allowed(&target, into, depth + 1);
        }
        for key in ["allOf", "oneOf", "anyOf"] {
            for (index, _) in elements(&schema[key]).enumerate() {
                self.allowed(&at.join(key).join(index), into, depth + 1);
            }
        }
    }

    fn bounds(self, theirs: &Value, at: &Pointer, path: &str) -> Vec<Finding> {
        let stated = BOUNDS.into_iter().filter_map(|key| Some((key, theirs.get(key)?)));
        let differ = stated.filter(|(key, bound)| {
            let ours = self.find(at, key, 0);
            let ours = ours.and_then(|place| self.ours.document.pointer(place.as_str()));
            ours.is_none_or(|ours| ours != *bound && plain(ours) != plain(bound))
        });
        let finding = |(key, bound): (&str, &Value)| Finding {
            what: format!("{key} {} of {path}", plain(bound)),
            ours: "another or none".to_owned(),
            place: at.clone(),
            patch: Some(example::entry(key, bound)),
        };
        differ.map(finding).collect()
    }

    /// Holds the properties of an object.
    fn members(self, theirs: &Value, at: &Pointer, path: &str, seen: &mut Seen) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (name, schema) in entries(&theirs["properties"]) {
            let path = member_path(path, name);
            if let Some(place) = self.property(at, name) {
                findings.extend(self.whole(schema, &place, &path, seen));
            } else if !self.is_open(at) {
                findings.push(Finding {
                    what: format!("the member {path}"),
                    ours: "no such member".to_owned(),
                    place: self.find(at, "properties", 0).unwrap_or_else(|| at.clone()),
                    patch: Some(example::entry(name, schema)),
                });
            }
        }
        findings
    }

    /// Holds which properties have to be there, where theirs says so of any. Of a
    /// response, theirs may promise more than we rely on.
    fn required(self, theirs: &Value, at: &Pointer, path: &str) -> Vec<Finding> {
        let ours = self.ours.document.pointer(at.as_str()).unwrap_or(&Value::Null);
        let ours = required_names(self.ours.document, ours, &mut Known::new());
        let theirs = required_names(self.theirs, theirs, &mut Known::new());
        if theirs.is_empty() {
            return Vec::new();
        }
        let place = ["required", "properties"].into_iter().find_map(|key| self.find(at, key, 0));
        let place = place.unwrap_or_else(|| at.clone());
        let finding = |name: &str, what: &str, ours: &str, patch| Finding {
            what: format!("{} is {what}", member_path(path, name)),
            ours: ours.to_owned(),
            place: place.clone(),
            patch,
        };
        let is_request = self.direction == Direction::Request;
        let more = theirs.difference(&ours).filter(|name| {
            // One that is not ours at all is told as a member.
            is_request && self.property(at, name).is_some()
        });
        let more =
            more.map(|name| finding(name, "required", "optional", Some(format!("- {name}"))));
        let less = ours.difference(&theirs).map(|name| finding(name, "optional", "required", None));
        more.chain(less).collect()
    }

    fn property(self, at: &Pointer, name: &str) -> Option<Pointer> {
        self.search(at, 0, &|schema, place| {
            schema["properties"].get(name).map(|_| place.join("properties").join(name))
        })
    }

    fn find(self, at: &Pointer, key: &str, depth: usize) -> Option<Pointer> {
        self.search(at, depth, &|schema, place| schema.get(key).map(|_| place.join(key)))
    }

    fn is_open(self, at: &Pointer) -> bool {
        let open = self.find(at, "additionalProperties", 0);
        let open = open.and_then(|place| self.ours.document.pointer(place.as_str()));
        open.is_some_and(|rest| *rest != json!(false)) || self.find(at, "properties", 0).is_none()
    }

    /// The first part of a schema of ours that has something, behind references and
    /// alternatives.
    fn search(
        self,
        at: &Pointer,
        depth: usize,
        find: &dyn Fn(&Value, &Pointer) -> Option<Pointer>,
    ) -> Option<Pointer> {
        let schema = self.ours.document.pointer(at.as_str())?;
        if depth > DEEPEST {
            return None;
        }
        let here = find(schema, at);
        let target = example::target(schema);
        here.or_else(|| self.search(&target?, depth + 1, find)).or_else(|| {
            ["allOf", "oneOf", "anyOf"].into_iter().find_map(|key| {
                let mut parts = elements(&schema[key]).enumerate();
                parts.find_map(|(index, _)| self.search(&at.join(key).join(index), depth + 1, find))
            })
        })
    }
}

/// The properties that schemas require, by what refers to them.
type Known<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

/// The properties that a schema requires, whichever of its alternatives a value is.
fn required_names<'a>(
    document: &'a Value,
    schema: &'a Value,
    known: &mut Known<'a>,
) -> BTreeSet<&'a str> {
    let mut names: BTreeSet<&str> =
        elements(&schema["required"]).filter_map(Value::as_str).collect();
    if let Some(reference) = schema["$ref"].as_str() {
        if !known.contains_key(reference) {
            // One that leads back to itself adds nothing.
            known.insert(reference, BTreeSet::new());
            let target = example::pointer(reference);
            let target = document.pointer(target.as_str()).unwrap_or(&Value::Null);
            let target = required_names(document, target, known);
            known.insert(reference, target);
        }
        names.extend(&known[reference]);
    }
    for part in elements(&schema["allOf"]) {
        names.extend(required_names(document, part, known));
    }
    for key in ["oneOf", "anyOf"] {
        let some = elements(&schema[key]).filter(|part| types(part) != ["null"]);
        let some: Vec<_> = some.map(|part| required_names(document, part, known)).collect();
        let mut some = some.into_iter();
        let first = some.next().unwrap_or_default();
        names.extend(some.fold(first, |one, other| one.intersection(&other).copied().collect()));
    }
    names
}
