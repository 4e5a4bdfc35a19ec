//! Holds an operation of the vendor's against ours.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::Common;
use super::difference::{Difference, Finding, plain};
use super::reader::Reader;
use super::schema::Pair;
use crate::fragments::Fragments;
use crate::places::{elements, entries};
use crate::pointer::Pointer;

/// What the page of an operation states beyond ours, each fact once.
pub fn hold(upstream: &Value, ours: &Fragments, operation: &Common) -> Vec<Difference> {
    let Common { method, their_path, our_path, page } = operation;
    let at = |path: &str| Pointer::default().join("paths").join(path).join(method);
    let mut sides = Sides {
        pair: Pair {
            theirs: Reader { document: upstream },
            ours: Reader { document: &ours.document },
            is_request: true,
        },
        their_at: at(their_path),
        at: at(our_path),
        findings: Vec::new(),
    };
    if sides.is_renamed() {
        sides.add(format!("the path {their_path}"), our_path, at(our_path), None);
    }
    sides.names();
    sides.security();
    sides.parameters();
    sides.body();
    sides.responses();
    sides.rest();
    let mut seen = BTreeSet::new();
    sides.findings.retain(|finding| seen.insert(finding.what.clone()));
    let operation = format!("{} {our_path}", method.to_uppercase());
    let difference =
        |finding| Difference { operation: operation.clone(), page: page.clone(), finding };
    sides.findings.into_iter().map(difference).collect()
}

/// An operation in both documents.
struct Sides<'a> {
    pair: Pair<'a>,
    their_at: Pointer,
    at: Pointer,
    findings: Vec<Finding>,
}

impl<'a> Sides<'a> {
    /// Whether the path has other names for its parameters.
    fn is_renamed(&self) -> bool {
        self.their_at != self.at
    }

    /// Their operation and ours.
    fn operations(&self) -> [&'a Value; 2] {
        [self.pair.theirs.get(&self.their_at), self.pair.ours.get(&self.at)]
    }

    fn add(&mut self, what: String, ours: &str, place: Pointer, patch: Option<String>) {
        self.findings.push(Finding { what, ours: ours.to_owned(), place, patch });
    }

    /// The id, and the tags that make features of the client.
    fn names(&mut self) {
        let [theirs, ours] = self.operations();
        let key = "x-upstream-operation-id";
        if let (Some(id), Some(stated)) = (theirs.get("operationId"), ours.get(key))
            && id != stated
        {
            let (id, place) = (plain(id), self.at.join(key));
            let patch = format!("{key}: {id}");
            self.add(format!("operationId {id}"), &plain(stated), place, Some(patch));
        }
        for tag in elements(&theirs["tags"]) {
            if !elements(&ours["tags"]).any(|other| other == tag) {
                let what = format!("the tag {}", plain(tag));
                self.add(what, "no such tag", self.at.join("tags"), None);
            }
        }
    }

    fn security(&mut self) {
        let default = &self.pair.theirs.document["security"];
        let stated = |operation: &'a Value| operation.get("security").unwrap_or(default);
        let [theirs, ours] = self.operations().map(stated);
        if alternatives(theirs) != alternatives(ours) {
            let what = format!("security {}", alternatives(theirs));
            let patch = format!("security: {theirs}");
            self.add(what, &alternatives(ours), self.at.join("security"), Some(patch));
        }
    }

    fn parameters(&mut self) {
        let [theirs, ours] = self.operations();
        let (their_at, at) = (self.their_at.join("parameters"), self.at.join("parameters"));
        let ours = elements(&ours["parameters"]).enumerate();
        let ours: Vec<_> = ours.map(|(index, _)| self.pair.ours.resolve(&at.join(index))).collect();
        for (index, _) in elements(&theirs["parameters"]).enumerate() {
            let (place, theirs) = self.pair.theirs.resolve(&their_at.join(index));
            let name = format!("the {} parameter {}", plain(&theirs["in"]), plain(&theirs["name"]));
            if let Some((our_place, known)) = ours.iter().find(|(_, ours)| is_same(theirs, ours)) {
                self.parameter(&place, our_place, known["required"] == true, &name);
            } else if theirs["in"] != "path" || !self.is_renamed() {
                // Another name in the path was told of the path.
                self.add(name, "no such parameter", at.clone(), Some(format!("- {theirs}")));
            }
        }
    }

    /// Holds what a parameter may be. Its examples are what a URL has, so text.
    fn parameter(&mut self, theirs: &Pointer, at: &Pointer, required: bool, name: &str) {
        let stated = self.pair.theirs.get(theirs)["required"].as_bool();
        if stated.is_some_and(|stated| stated != required) {
            let [what, ours] =
                if required { ["optional", "required"] } else { ["required", "optional"] };
            let patch = format!("required: {}", !required);
            self.add(format!("{name} is {what}"), ours, at.clone(), Some(patch));
        }
        self.values(self.pair, theirs, at, name, true);
    }

    fn body(&mut self) {
        let (place, theirs) = self.pair.theirs.resolve(&self.their_at.join("requestBody"));
        let (at, ours) = self.pair.ours.resolve(&self.at.join("requestBody"));
        if ours.is_null() && !theirs.is_null() {
            return self.add("a request body".to_owned(), "none", self.at.clone(), None);
        }
        if theirs["required"] == true && ours["required"] != true {
            let patch = Some("required: true".to_owned());
            self.add("the request body is required".to_owned(), "optional", at.clone(), patch);
        }
        self.content(self.pair, &place, &at, "request");
    }

    fn responses(&mut self) {
        let [theirs, ours] = self.operations().map(|operation| &operation["responses"]);
        let at = self.at.join("responses");
        for (status, _) in entries(theirs) {
            let (place, theirs) =
                self.pair.theirs.resolve(&self.their_at.join("responses").join(status));
            let range = format!("{}XX", status.get(..1).unwrap_or_default());
            let mut keys = [status.as_str(), &range, "default"].into_iter();
            let Some(key) = keys.find(|key| ours.get(key).is_some()) else {
                let patch = Some(format!("'{status}': {}", response(status, theirs)));
                self.add(format!("status {status}"), "no such status", at.clone(), patch);
                continue;
            };
            let (at, ours) = self.pair.ours.resolve(&at.join(key));
            for (name, _) in entries(&theirs["headers"]) {
                if !entries(&ours["headers"]).any(|(other, _)| other.eq_ignore_ascii_case(name)) {
                    let what = format!("the header {name} of {status}");
                    self.add(what, "no such header", at.clone(), None);
                }
            }
            let pair = Pair { is_request: false, ..self.pair };
            self.content(pair, &place, &at, &format!("response {status}"));
        }
    }

    /// Holds the media types of a request or a response.
    fn content(&mut self, pair: Pair, theirs: &Pointer, at: &Pointer, name: &str) {
        let ours = &pair.ours.get(at)["content"];
        for (media_type, _) in entries(&pair.theirs.get(theirs)["content"]) {
            let theirs = theirs.join("content").join(media_type);
            if ours.get(media_type).is_some() {
                let at = at.join("content").join(media_type);
                self.values(pair, &theirs, &at, name, false);
                continue;
            }
            let known: Vec<&str> = entries(ours).map(|(known, _)| known.as_str()).collect();
            let at = if ours.is_null() { at.clone() } else { at.join("content") };
            let words = if ours.is_null() { "no body" } else { &known.join(" or ") };
            self.add(format!("{name} is {media_type}"), words, at, None);
        }
    }

    /// Holds the schema and the examples of a parameter or a media type.
    fn values(&mut self, pair: Pair, theirs: &Pointer, at: &Pointer, name: &str, is_text: bool) {
        let at = at.join("schema");
        if pair.ours.get(&at).is_null() {
            return;
        }
        self.findings.extend(pair.hold(&theirs.join("schema"), &at, name));
        for value in examples(pair.theirs, theirs) {
            self.findings.extend(pair.value(value, is_text, &at, name));
        }
    }

    /// What else would get lost.
    fn rest(&mut self) {
        let [theirs, ours] = self.operations();
        for (name, _) in entries(&theirs["callbacks"]) {
            if ours["callbacks"].get(name).is_none() {
                let what = format!("the callback {name}");
                self.add(what, "no such callback", self.at.clone(), None);
            }
        }
        for key in ["deprecated", "servers"] {
            let stated = theirs.get(key).filter(|stated| **stated != false);
            if let Some(stated) = stated.filter(|stated| ours.get(key) != Some(stated)) {
                let patch = Some(format!("{key}: {stated}"));
                self.add(format!("{key} {stated}"), "it is not", self.at.clone(), patch);
            }
        }
    }
}

/// The alternatives of a security requirement, in words.
fn alternatives(security: &Value) -> String {
    let words = |one: &Value| {
        let schemes: Vec<&str> = entries(one).map(|(scheme, _)| scheme.as_str()).collect();
        if schemes.is_empty() { "nothing".to_owned() } else { schemes.join(" and ") }
    };
    let all: BTreeSet<String> = elements(security).map(words).collect();
    if all.is_empty() { "none".to_owned() } else { Vec::from_iter(all).join(" or ") }
}

/// Whether two parameters are sent as the same. Headers have no case.
fn is_same(theirs: &Value, ours: &Value) -> bool {
    let [one, other] = [theirs, ours].map(|parameter| plain(&parameter["name"]));
    let is_header = theirs["in"] == "header";
    theirs["in"] == ours["in"] && (one == other || is_header && one.eq_ignore_ascii_case(&other))
}

/// A response of theirs as we would describe it.
fn response(status: &str, theirs: &Value) -> Value {
    let mut response = json!({"description": theirs["description"].as_str().unwrap_or_default()});
    if let Some(content) = theirs.get("content") {
        let error = json!({"schema": {"$ref": "#/components/schemas/ApiError"}});
        response["content"] = if status.starts_with('2') {
            content.clone()
        } else {
            json!({"application/json": error})
        };
    }
    response
}

/// The examples of a parameter or a media type.
fn examples<'a>(reader: Reader<'a>, holder: &Pointer) -> Vec<&'a Value> {
    let (value, at) = (reader.get(holder), holder.join("examples"));
    let named = entries(&value["examples"]).map(|(name, _)| reader.resolve(&at.join(name)).1);
    value.get("example").into_iter().chain(named.filter_map(|named| named.get("value"))).collect()
}
