//! Holds a schema of the vendor's against one of ours.

use std::collections::BTreeSet;

use serde_json::Value;

use super::difference::{Finding, plain};
use super::example;
use super::parts::{self, Known, find, types};
use crate::node::Node;
use crate::places::elements;
use crate::pointer::Pointer;

/// What bounds values. A bound of the vendor's that we lack is a fact that we lack.
const BOUNDS: &str = "minimum maximum exclusiveMinimum exclusiveMaximum minLength maxLength \
    minItems maxItems pattern const default";

/// What a schema of theirs states beyond one of ours. Of a request, it also states what
/// has to be there.
pub fn hold(theirs: &Node, ours: &Node, path: &str, is_request: bool) -> Vec<Finding> {
    let mut holder = Holder { findings: Vec::new(), is_request, seen: BTreeSet::new() };
    holder.hold(theirs, ours, path);
    holder.findings
}

/// Reads a value. It may be a text only because `type: string` stands for any type, or
/// because a URL has nothing else.
pub fn value(value: &Value, is_text: bool, ours: &Node, path: &str) -> Vec<Finding> {
    let text = value.as_str().filter(|_| is_text);
    let scalar = text.and_then(|text| serde_json::from_str::<Value>(text).ok());
    let scalar = scalar.filter(|scalar| scalar.is_boolean() || scalar.is_number());
    if scalar.is_some_and(|scalar| example::read(&scalar, ours, path).is_empty()) {
        return Vec::new();
    }
    example::read(value, ours, path)
}

struct Holder {
    findings: Vec<Finding>,
    is_request: bool,
    /// Which schema of theirs was held against which of ours: each pair is told once, and
    /// what refers to itself comes to an end.
    seen: BTreeSet<(Pointer, Pointer)>,
}

impl Holder {
    fn hold(&mut self, theirs: &Node, ours: &Node, path: &str) {
        if !self.seen.insert((theirs.at.clone(), ours.at.clone())) {
            return;
        }
        for part in parts::all(theirs) {
            self.values(&part, ours, path);
            self.bounds(&part, ours, path);
            let types = other_types(&part, ours, path);
            if types.is_empty() {
                self.members(&part, ours, path);
            }
            self.findings.extend(types);
        }
        self.required(theirs, ours, path);
    }

    /// Holds the values that a schema shows or lists.
    fn values(&mut self, theirs: &Node, ours: &Node, path: &str) {
        let shown = theirs.get("example").into_iter();
        let values = shown.chain(elements(&theirs["examples"])).chain(elements(&theirs["enum"]));
        let types = types(theirs);
        for shown in values {
            self.findings.extend(value(shown, types == ["string"], ours, path));
        }
        if types.contains(&"null") || theirs["nullable"] == true {
            self.findings.extend(example::read(&Value::Null, ours, path));
        }
    }

    fn bounds(&mut self, theirs: &Node, ours: &Node, path: &str) {
        for key in BOUNDS.split(' ').filter(|key| theirs.get(*key).is_some()) {
            let bound = &theirs[key];
            if find(ours, key).is_none_or(|ours| plain(&ours) != plain(bound)) {
                let what = format!("{key} {} of {path}", plain(bound));
                let finding = Finding::new(what, "another or none", &ours.at);
                self.findings.push(finding.with_patch(format!("{key}: {bound}")));
            }
        }
    }

    /// Holds the properties of an object and the entries of a list.
    fn members(&mut self, theirs: &Node, ours: &Node, path: &str) {
        let items = theirs.key("items");
        if let Some(ours) = find(ours, "items").filter(|_| items.is_object()) {
            self.hold(&items, &ours, &format!("{path}[]"));
        }
        let is_closed = find(ours, "additionalProperties").is_none_or(|rest| *rest == false);
        let home = find(ours, "properties").filter(|_| is_closed);
        for (name, theirs) in theirs.key("properties").entries() {
            let path = format!("{path}.{name}");
            if let Some(ours) = property(ours, name) {
                self.hold(&theirs, &ours, &path);
            } else if let Some(home) = &home {
                let finding =
                    Finding::new(format!("the member {path}"), "no such member", &home.at);
                self.findings.push(finding.with_patch(format!("{name}: {}", *theirs)));
            }
        }
    }

    /// Holds which properties have to be there, where theirs says so of any. Of a
    /// response, theirs may promise more than we rely on.
    fn required(&mut self, theirs: &Node, ours: &Node, path: &str) {
        let known = parts::required(ours, &mut Known::new());
        let stated = parts::required(theirs, &mut Known::new());
        if stated.is_empty() {
            return;
        }
        let place = find(ours, "required").or_else(|| find(ours, "properties"));
        let place = place.map_or_else(|| ours.at.clone(), |place| place.at);
        let finding = |name: &str, what: &str, ours: &str| {
            Finding::new(format!("{path}.{name} is {what}"), ours, &place)
        };
        // One that is not ours at all is told as a member.
        let is_request = self.is_request;
        let more =
            stated.difference(&known).filter(|name| is_request && property(ours, name).is_some());
        let more =
            more.map(|name| finding(name, "required", "optional").with_patch(format!("- {name}")));
        let less = known.difference(&stated).map(|name| finding(name, "optional", "required"));
        self.findings.extend(more.chain(less));
    }
}

/// The types of theirs that ours does not have. `string` is written where nothing is
/// known.
fn other_types(theirs: &Node, ours: &Node, path: &str) -> Vec<Finding> {
    let parts = parts::all(ours);
    let known: Vec<&str> = parts.iter().flat_map(|part| types(part)).collect();
    let fits = |kind: &str| {
        known.is_empty()
            || known.contains(&kind)
            || matches!(kind, "string" | "null")
            || (kind == "integer" && known.contains(&"number"))
    };
    let others = types(theirs).into_iter().filter(|kind| !fits(kind));
    let finding =
        |kind: &str| Finding::new(format!("{path} as {kind}"), known.join(" or "), &ours.at);
    others.map(finding).collect()
}

/// A property of ours.
fn property<'a>(ours: &Node<'a>, name: &str) -> Option<Node<'a>> {
    let mut properties = parts::all(ours).into_iter().map(|part| part.key("properties").key(name));
    properties.find(|property| !property.is_null())
}
