//! Holds an operation of the vendor's against ours.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::Common;
use super::difference::{Difference, Finding, plain};
use super::schema;
use crate::fragments::Fragments;
use crate::node::Node;
use crate::places::{elements, entries};
use crate::pointer::Pointer;

/// What the page of an operation states beyond ours, each fact once.
pub fn hold(upstream: &Value, ours: &Fragments, operation: &Common) -> Vec<Difference> {
    let Common { method, their_path, our_path, page } = operation;
    let operation =
        |document, path: &str| Node::root(document, ()).key("paths").key(path).key(method.as_str());
    let mut sides = Sides {
        theirs: operation(upstream, their_path),
        ours: operation(&ours.document, our_path),
        findings: Vec::new(),
    };
    if their_path != our_path {
        let place = sides.ours.at.clone();
        sides.add(format!("the path {their_path}"), our_path, &place, None);
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
    theirs: Node<'a>,
    ours: Node<'a>,
    findings: Vec<Finding>,
}

impl Sides<'_> {
    fn add(&mut self, what: String, ours: &str, place: &Pointer, patch: Option<String>) {
        self.findings.push(Finding { patch, ..Finding::new(what, ours, place) });
    }

    /// The id, and the tags that make features of the client.
    fn names(&mut self) {
        let key = "x-upstream-operation-id";
        let (id, stated, tags) =
            (self.theirs.key("operationId"), self.ours.key(key), self.ours.key("tags"));
        if !id.is_null() && !stated.is_null() && *id != *stated {
            let what = format!("operationId {}", id.text());
            let patch = format!("{key}: {}", id.text());
            self.add(what, stated.text(), &stated.at, Some(patch));
        }
        for tag in self.theirs.key("tags").elements() {
            if !elements(&tags).any(|other| *other == *tag) {
                self.add(format!("the tag {}", tag.text()), "no such tag", &tags.at, None);
            }
        }
    }

    fn security(&mut self) {
        let [theirs, ours] = [&self.theirs, &self.ours].map(|operation| {
            operation.value.get("security").or(operation.document.get("security"))
        });
        // A page without any leaves it out.
        let Some(theirs) = theirs else { return };
        let ours = ours.unwrap_or(&Value::Null);
        if alternatives(theirs) != alternatives(ours) {
            let what = format!("security {}", alternatives(theirs));
            let (place, patch) = (self.ours.key("security").at, format!("security: {theirs}"));
            self.add(what, &alternatives(ours), &place, Some(patch));
        }
    }

    fn parameters(&mut self) {
        let ours = self.ours.key("parameters");
        let all: Vec<Node> = ours.elements().iter().map(Node::resolved).collect();
        for theirs in self.theirs.key("parameters").elements() {
            let theirs = theirs.resolved();
            let name = format!("the {} parameter {}", plain(&theirs["in"]), plain(&theirs["name"]));
            if let Some(ours) = all.iter().find(|ours| is_same(&theirs, ours)) {
                self.parameter(&theirs, ours, &name);
            } else if theirs["in"] != "path" || self.theirs.at == self.ours.at {
                // Another name in the path is already reported with the path.
                let patch = format!("- {}", *theirs);
                self.add(name, "no such parameter", &ours.at, Some(patch));
            }
        }
    }

    /// Holds what a parameter may be. Its examples are what a URL has, so text.
    fn parameter(&mut self, theirs: &Node, ours: &Node, name: &str) {
        let required = ours["required"] == true;
        if theirs["required"].as_bool().is_some_and(|stated| stated != required) {
            let [what, words] =
                if required { ["optional", "required"] } else { ["required", "optional"] };
            let patch = format!("required: {}", !required);
            self.add(format!("{name} is {what}"), words, &ours.at, Some(patch));
        }
        self.values(theirs, ours, name, true, true);
    }

    fn body(&mut self) {
        let (theirs, at) = (self.theirs.key("requestBody").resolved(), self.ours.at.clone());
        let ours = self.ours.key("requestBody").resolved();
        if ours.is_null() && !theirs.is_null() {
            return self.add("a request body".to_owned(), "none", &at, None);
        }
        if theirs["required"] == true && ours["required"] != true {
            let patch = Some("required: true".to_owned());
            self.add("the request body is required".to_owned(), "optional", &ours.at, patch);
        }
        self.content(&theirs, &ours, "request", true);
    }

    fn responses(&mut self) {
        let all = self.ours.key("responses");
        for (status, theirs) in self.theirs.key("responses").entries() {
            let theirs = theirs.resolved();
            let range = format!("{}XX", status.get(..1).unwrap_or_default());
            let mut keys = [status, &range, "default"].into_iter();
            let Some(key) = keys.find(|key| all.get(key).is_some()) else {
                let patch = Some(format!("'{status}': {}", response(status, &theirs)));
                self.add(format!("status {status}"), "no such status", &all.at, patch);
                continue;
            };
            let ours = all.key(key).resolved();
            for (name, _) in entries(&theirs["headers"]) {
                if !entries(&ours["headers"]).any(|(other, _)| other.eq_ignore_ascii_case(name)) {
                    let what = format!("the header {name} of {status}");
                    self.add(what, "no such header", &ours.at, None);
                }
            }
            self.content(&theirs, &ours, &format!("response {status}"), false);
        }
    }

    /// Holds the media types of a request or a response.
    fn content(&mut self, theirs: &Node, ours: &Node, name: &str, is_request: bool) {
        let content = ours.key("content");
        for (media_type, theirs) in theirs.key("content").entries() {
            let known: Vec<&str> = entries(&content).map(|(known, _)| known.as_str()).collect();
            let what = format!("{name} is {media_type}");
            if known.contains(&media_type) {
                self.values(&theirs, &content.key(media_type), name, is_request, false);
            } else if content.is_null() {
                self.add(what, "no body", &ours.at, None);
            } else {
                self.add(what, &known.join(" or "), &content.at, None);
            }
        }
    }

    /// Holds the schema and the examples of a parameter or a media type.
    fn values(&mut self, theirs: &Node, ours: &Node, name: &str, is_request: bool, is_text: bool) {
        let ours = ours.key("schema");
        if ours.is_null() {
            return;
        }
        self.findings.extend(schema::hold(&theirs.key("schema"), &ours, name, is_request));
        for example in examples(theirs) {
            self.findings.extend(schema::value(example, is_text, &ours, name));
        }
    }

    /// What else would get lost.
    fn rest(&mut self) {
        let ours = self.ours.clone();
        for (name, _) in entries(&self.theirs.clone()["callbacks"]) {
            if ours["callbacks"].get(name).is_none() {
                self.add(format!("the callback {name}"), "no such callback", &ours.at, None);
            }
        }
        for key in ["deprecated", "servers"] {
            let stated = self.theirs.key(key);
            if !stated.is_null() && *stated != false && *stated != ours[key] {
                let patch = Some(format!("{key}: {}", *stated));
                let said = ours.get(key).map_or("nothing".to_owned(), plain);
                self.add(format!("{key} {}", *stated), &said, &ours.at, patch);
            }
        }
    }
}

/// The alternatives of a security requirement, in words.
pub fn alternatives(security: &Value) -> String {
    let words = |one: &Value| {
        let schemes: Vec<&str> = entries(one).map(|(scheme, _)| scheme.as_str()).collect();
        if schemes.is_empty() { "none".to_owned() } else { schemes.join(" and ") }
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
pub fn examples<'a>(holder: &Node<'a>) -> Vec<&'a Value> {
    let named = holder.key("examples").entries().into_iter();
    let named = named.filter_map(|(_, example)| example.resolved().value.get("value"));
    holder.value.get("example").into_iter().chain(named).collect()
}
