//! Holds a schema of the vendor's against one of ours.

use std::collections::BTreeSet;

use serde_json::Value;

use super::difference::{Finding, plain};
use super::example;
use super::reader::{Known, Reader, types};
use crate::places::{elements, entries};
use crate::pointer::Pointer;

/// What bounds values. A bound of the vendor's that we lack is a fact that we lack.
const BOUNDS: &str = "minimum maximum exclusiveMinimum exclusiveMaximum minLength maxLength \
    minItems maxItems pattern const default";

/// Which schema of theirs was held against which of ours: each pair is told once, and what
/// refers to itself comes to an end.
type Seen = BTreeSet<(Pointer, Pointer)>;

/// The two documents.
#[derive(Clone, Copy)]
pub struct Pair<'a> {
    pub theirs: Reader<'a>,
    pub ours: Reader<'a>,
    /// Whether the client sends the values.
    pub is_request: bool,
}

impl Pair<'_> {
    /// What the schema of theirs at a place states beyond that of ours.
    pub fn hold(self, theirs: &Pointer, at: &Pointer, path: &str) -> Vec<Finding> {
        self.whole(theirs, at, path, &mut Seen::new())
    }

    fn whole(self, theirs: &Pointer, at: &Pointer, path: &str, seen: &mut Seen) -> Vec<Finding> {
        let mut findings = Vec::new();
        if !seen.insert((theirs.clone(), at.clone())) {
            return findings;
        }
        for place in self.theirs.parts(theirs) {
            let part = self.theirs.get(&place);
            findings.extend(self.values(part, at, path));
            findings.extend(self.bounds(part, at, path));
            let types = self.types(part, at, path);
            if types.is_empty() {
                findings.extend(self.members(&place, at, path, seen));
            }
            findings.extend(types);
        }
        findings.extend(self.required(theirs, at, path));
        findings
    }

    /// Holds the values that a schema shows or lists.
    fn values(self, theirs: &Value, at: &Pointer, path: &str) -> Vec<Finding> {
        let shown = theirs.get("example").into_iter();
        let values = shown.chain(elements(&theirs["examples"])).chain(elements(&theirs["enum"]));
        let is_text = types(theirs) == ["string"];
        let mut findings: Vec<Finding> =
            values.flat_map(|value| self.value(value, is_text, at, path)).collect();
        if types(theirs).contains(&"null") || theirs["nullable"] == true {
            findings.extend(self.value(&Value::Null, false, at, path));
        }
        findings
    }

    /// Reads a value. It may be a text only because `type: string` stands for any type, or
    /// because a URL has nothing else.
    pub fn value(self, value: &Value, is_text: bool, at: &Pointer, path: &str) -> Vec<Finding> {
        let text = value.as_str().filter(|_| is_text);
        let scalar = text.and_then(|text| serde_json::from_str::<Value>(text).ok());
        let scalar = scalar.filter(|scalar| scalar.is_boolean() || scalar.is_number());
        if scalar.is_some_and(|scalar| example::read(self.ours, &scalar, at, path).is_empty()) {
            return Vec::new();
        }
        example::read(self.ours, value, at, path)
    }

    /// The types of theirs that ours does not have. `string` is written where
    /// nothing is known.
    fn types(self, theirs: &Value, at: &Pointer, path: &str) -> Vec<Finding> {
        let parts = self.ours.parts(at);
        let ours: Vec<&str> = parts.iter().flat_map(|part| types(self.ours.get(part))).collect();
        let fits = |kind: &str| {
            ours.is_empty()
                || ours.contains(&kind)
                || matches!(kind, "string" | "null")
                || (kind == "integer" && ours.contains(&"number"))
        };
        let finding = |kind: &str| Finding::new(format!("{path} as {kind}"), ours.join(" or "), at);
        types(theirs).into_iter().filter(|kind| !fits(kind)).map(finding).collect()
    }

    fn bounds(self, theirs: &Value, at: &Pointer, path: &str) -> Vec<Finding> {
        let stated = BOUNDS.split(' ').filter_map(|key| Some((key, theirs.get(key)?)));
        let differ = stated.filter(|(key, bound)| {
            self.ours.find(at, key).is_none_or(|(_, ours)| plain(ours) != plain(bound))
        });
        let finding = |(key, bound): (&str, &Value)| {
            let what = format!("{key} {} of {path}", plain(bound));
            Finding::new(what, "another or none", at).with_patch(format!("{key}: {bound}"))
        };
        differ.map(finding).collect()
    }

    /// Holds the properties of an object and the entries of a list.
    fn members(self, theirs: &Pointer, at: &Pointer, path: &str, seen: &mut Seen) -> Vec<Finding> {
        let mut findings = Vec::new();
        let schema = self.theirs.get(theirs);
        if schema["items"].is_object()
            && let Some((items, _)) = self.ours.find(at, "items")
        {
            findings.extend(self.whole(&theirs.join("items"), &items, &format!("{path}[]"), seen));
        }
        let home = self.ours.find(at, "properties");
        let rest = self.ours.find(at, "additionalProperties");
        let home = home.filter(|_| rest.is_none_or(|(_, rest)| *rest == false));
        for (name, schema) in entries(&schema["properties"]) {
            let path = format!("{path}.{name}");
            if let Some(place) = self.property(at, name) {
                let theirs = theirs.join("properties").join(name);
                findings.extend(self.whole(&theirs, &place, &path, seen));
            } else if let Some((home, _)) = &home {
                let finding = Finding::new(format!("the member {path}"), "no such member", home);
                findings.push(finding.with_patch(format!("{name}: {schema}")));
            }
        }
        findings
    }

    /// The place of a property of ours.
    fn property(self, at: &Pointer, name: &str) -> Option<Pointer> {
        let places = self.ours.parts(at).into_iter().map(|part| part.join("properties").join(name));
        places.into_iter().find(|place| !self.ours.get(place).is_null())
    }

    /// Holds which properties have to be there, where theirs says so of any. Of a
    /// response, theirs may promise more than we rely on.
    fn required(self, theirs: &Pointer, at: &Pointer, path: &str) -> Vec<Finding> {
        let ours = self.ours.required(at, &mut Known::new());
        let theirs = self.theirs.required(theirs, &mut Known::new());
        if theirs.is_empty() {
            return Vec::new();
        }
        let place = ["required", "properties"].into_iter().find_map(|key| self.ours.find(at, key));
        let place = place.map_or_else(|| at.clone(), |(place, _)| place);
        let finding = |name: &str, what: &str, ours: &str| {
            Finding::new(format!("{path}.{name} is {what}"), ours, &place)
        };
        // One that is not ours at all is told as a member.
        let more = theirs.difference(&ours).filter(|name| self.property(at, name).is_some());
        let more = more
            .filter(|_| self.is_request)
            .map(|name| finding(name, "required", "optional").with_patch(format!("- {name}")));
        let less = ours.difference(&theirs).map(|name| finding(name, "optional", "required"));
        more.chain(less).collect()
    }
}
