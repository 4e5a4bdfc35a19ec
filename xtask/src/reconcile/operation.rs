//! Holds an operation of the vendor's against ours.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::example::{Finding, Reader, plain};
use super::schema::{Direction, Pair};
use super::{Common, Difference};
use crate::fragments::Fragments;
use crate::places::{elements, entries, resolve};
use crate::pointer::Pointer;

/// What the page of an operation states beyond ours, each fact once.
pub fn hold(upstream: &Value, ours: &Fragments, operation: &Common) -> Vec<Difference> {
    let Common { method, their_path, our_path, page } = operation;
    let at = |path: &str| Pointer::default().join("paths").join(path).join(method);
    let mut sides = Sides {
        upstream,
        ours: &ours.document,
        theirs: &upstream["paths"][their_path][method],
        at: at(our_path),
        is_renamed: their_path != our_path,
        findings: Vec::new(),
    };
    sides.names(their_path, our_path);
    sides.security();
    sides.parameters();
    sides.body();
    sides.responses();
    sides.rest();
    let mut seen = BTreeSet::new();
    sides.findings.retain(|finding| seen.insert(finding.what.clone()));
    let named = format!("{} {our_path}", method.to_uppercase());
    let difference = |Finding { what, ours, place, patch }| Difference {
        operation: named.clone(),
        page: page.clone(),
        what,
        ours,
        place,
        patch,
    };
    sides.findings.into_iter().map(difference).collect()
}

struct Sides<'a> {
    upstream: &'a Value,
    ours: &'a Value,
    theirs: &'a Value,
    /// Where ours stands.
    at: Pointer,
    /// The path has other names for its parameters.
    is_renamed: bool,
    findings: Vec<Finding>,
}

impl<'a> Sides<'a> {
    fn our_operation(&self) -> &'a Value {
        self.ours.pointer(self.at.as_str()).unwrap_or(&Value::Null)
    }

    fn pair(&self, direction: Direction) -> Pair<'a> {
        Pair { theirs: self.upstream, ours: Reader { document: self.ours }, direction }
    }

    fn add(
        &mut self,
        what: String,
        ours: impl Into<String>,
        place: Pointer,
        patch: Option<String>,
    ) {
        self.findings.push(Finding { what, ours: ours.into(), place, patch });
    }

    /// The path, the id, and the tags that make features of the client.
    fn names(&mut self, their_path: &str, our_path: &str) {
        if self.is_renamed {
            self.add(format!("the path {their_path}"), our_path, self.at.clone(), None);
        }
        let ours = self.our_operation();
        let key = "x-upstream-operation-id";
        if let (Some(theirs), Some(stated)) = (self.theirs.get("operationId"), ours.get(key))
            && theirs != stated
        {
            let patch = format!("{key}: {}", plain(theirs));
            let what = format!("operationId {}", plain(theirs));
            self.add(what, plain(stated), self.at.join(key), Some(patch));
        }
        for tag in elements(&self.theirs["tags"]) {
            if !elements(&ours["tags"]).any(|other| other == tag) {
                self.add(
                    format!("the tag {}", plain(tag)),
                    "no such tag",
                    self.at.join("tags"),
                    None,
                );
            }
        }
    }

    fn security(&mut self) {
        let default = &self.upstream["security"];
        let theirs = alternatives(self.theirs.get("security").unwrap_or(default));
        let ours = self.our_operation().get("security").unwrap_or(&self.ours["security"]);
        let ours = alternatives(ours);
        if theirs != ours {
            let words = |all: &BTreeSet<String>| match all.len() {
                0 => "none".to_owned(),
                _ => all.iter().cloned().collect::<Vec<_>>().join(" or "),
            };
            let stated = self.theirs.get("security").unwrap_or(default);
            let patch = Some(format!("security: {stated}"));
            let what = format!("security {}", words(&theirs));
            self.add(what, words(&ours), self.at.join("security"), patch);
        }
    }

    /// The parameters of ours, each with its place.
    fn our_parameters(&self) -> Vec<(Pointer, &'a Value)> {
        let path = self.at.as_str().rsplit_once('/').map_or("", |(path, _)| path);
        let ours = self.ours;
        let mut found = Vec::new();
        for holder in [self.at.as_str(), path] {
            let holder = super::example::pointer(holder);
            let value = ours.pointer(holder.as_str()).unwrap_or(&Value::Null);
            for (index, parameter) in elements(&value["parameters"]).enumerate() {
                found.push(resolve(ours, parameter, &holder.join("parameters").join(index)));
            }
        }
        found
    }

    fn parameters(&mut self) {
        let ours = self.our_parameters();
        let none = Pointer::default();
        for theirs in elements(&self.theirs["parameters"]) {
            let (_, theirs) = resolve(self.upstream, theirs, &none);
            let same = |key: &str, other: &Value| {
                let (one, other) = (plain(&theirs[key]), plain(&other[key]));
                if theirs["in"] == "header" {
                    one.eq_ignore_ascii_case(&other)
                } else {
                    one == other
                }
            };
            let name = format!("the {} parameter {}", plain(&theirs["in"]), plain(&theirs["name"]));
            let known = ours.iter().find(|(_, other)| same("name", other) && same("in", other));
            let Some((place, known)) = known else {
                // Another name in the path was told of the path.
                if theirs["in"] == "path" && self.is_renamed {
                    continue;
                }
                let patch = format!("- {theirs}");
                self.add(name, "no such parameter", self.at.join("parameters"), Some(patch));
                continue;
            };
            let (stated, required) = (theirs["required"].as_bool(), known["required"] == true);
            if stated.is_some_and(|stated| stated != required) {
                let words = |required| if required { "required" } else { "optional" };
                let patch = Some(format!("required: {}", !required));
                self.add(
                    format!("{name} is {}", words(!required)),
                    words(required),
                    place.clone(),
                    patch,
                );
            }
            self.parameter_values(theirs, place, &name);
        }
    }

    /// Holds what a parameter may be. Its examples are what a URL has, so text.
    fn parameter_values(&mut self, theirs: &Value, place: &Pointer, name: &str) {
        let pair = self.pair(Direction::Request);
        let at = place.join("schema");
        self.findings.extend(pair.hold(&theirs["schema"], &at, name));
        for example in examples(self.upstream, theirs) {
            self.findings.extend(pair.text(example, &at, name));
        }
    }

    fn body(&mut self) {
        let Some(theirs) = self.theirs.get("requestBody") else { return };
        let (_, theirs) = resolve(self.upstream, theirs, &self.at);
        let Some(ours) = self.our_operation().get("requestBody") else {
            self.add("a request body".to_owned(), "none", self.at.clone(), None);
            return;
        };
        let (place, ours) = resolve(self.ours, ours, &self.at.join("requestBody"));
        if theirs["required"] == true && ours["required"] != true {
            let patch = Some("required: true".to_owned());
            self.add("the request body is required".to_owned(), "optional", place.clone(), patch);
        }
        self.content(theirs, &place, "request", Direction::Request);
    }

    fn responses(&mut self) {
        for (status, theirs) in entries(&self.theirs["responses"]) {
            let (_, theirs) = resolve(self.upstream, theirs, &self.at);
            let at = self.at.join("responses");
            let ours = &self.our_operation()["responses"];
            let range = format!("{}XX", status.get(..1).unwrap_or_default());
            let keys = [status.as_str(), &range, "default"];
            let Some(key) = keys.into_iter().find(|key| ours.get(key).is_some()) else {
                let words = theirs["description"].as_str().unwrap_or_default();
                let body = if theirs.get("content").is_some() && !status.starts_with('2') {
                    json!({"application/json": {"schema": {"$ref": "#/components/schemas/ApiError"}}})
                } else {
                    theirs.get("content").cloned().unwrap_or_else(|| json!({}))
                };
                let mut response = json!({"description": words, "content": body});
                if body_is_empty(&response)
                    && let Some(fields) = response.as_object_mut()
                {
                    fields.remove("content");
                }
                let patch = Some(format!("'{status}': {response}"));
                self.add(format!("status {status}"), "no such status", at, patch);
                continue;
            };
            let (place, ours) = resolve(self.ours, &ours[key], &at.join(key));
            for (name, _) in entries(&theirs["headers"]) {
                if !entries(&ours["headers"]).any(|(other, _)| other.eq_ignore_ascii_case(name)) {
                    let what = format!("the header {name} of {status}");
                    self.add(what, "no such header", place.clone(), None);
                }
            }
            self.content(theirs, &place, &format!("response {status}"), Direction::Response);
        }
    }

    /// Holds the media types of a request or a response, the schema and the examples
    /// of each.
    fn content(&mut self, theirs: &Value, at: &Pointer, name: &str, direction: Direction) {
        let ours = self.ours.pointer(at.as_str()).unwrap_or(&Value::Null);
        for (media_type, theirs) in entries(&theirs["content"]) {
            let place = at.join("content");
            let Some(ours) = ours["content"].get(media_type) else {
                let words: Vec<&str> =
                    entries(&ours["content"]).map(|(key, _)| key.as_str()).collect();
                let words =
                    if words.is_empty() { "no body".to_owned() } else { words.join(" or ") };
                let at = if ours.get("content").is_some() { place } else { at.clone() };
                self.add(format!("{name} is {media_type}"), words, at, None);
                continue;
            };
            let at = place.join(media_type).join("schema");
            if ours.get("schema").is_none() {
                continue;
            }
            let pair = self.pair(direction);
            self.findings.extend(pair.hold(&theirs["schema"], &at, name));
            for example in examples(self.upstream, theirs) {
                self.findings.extend(pair.ours.read(example, &at, name));
            }
        }
    }

    /// What else would get lost.
    fn rest(&mut self) {
        let (theirs, ours) = (self.theirs, self.our_operation());
        for (name, _) in entries(&theirs["callbacks"]) {
            if ours["callbacks"].get(name).is_none() {
                self.add(format!("the callback {name}"), "no such callback", self.at.clone(), None);
            }
        }
        for key in ["deprecated", "servers"] {
            if let Some(value) = theirs.get(key)
                && *value != json!(false)
                && ours.get(key) != Some(value)
            {
                let patch = Some(super::example::entry(key, value));
                self.add(format!("{key} {value}"), "it is not", self.at.clone(), patch);
            }
        }
    }
}

fn body_is_empty(response: &Value) -> bool {
    entries(&response["content"]).next().is_none()
}

/// The alternatives of a security requirement, in words.
pub fn alternatives(security: &Value) -> BTreeSet<String> {
    let words = |one: &Value| {
        let schemes: Vec<&str> = entries(one).map(|(scheme, _)| scheme.as_str()).collect();
        if schemes.is_empty() { "nothing".to_owned() } else { schemes.join(" and ") }
    };
    elements(security).map(words).collect()
}

/// The examples of a parameter or a media type.
pub fn examples<'a>(document: &'a Value, holder: &'a Value) -> Vec<&'a Value> {
    let named = entries(&holder["examples"]);
    let none = Pointer::default();
    let named = named.filter_map(|(_, example)| resolve(document, example, &none).1.get("value"));
    holder.get("example").into_iter().chain(named).collect()
}
