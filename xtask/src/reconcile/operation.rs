//! Compares an operation of a page with ours.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

use indexmap::IndexMap;
use serde_json::{Value, json};

use super::facts::Facts;
use super::value;
use crate::fragments::Fragments;
use crate::line::{one_line, whole_line};
use crate::places::{Node, Pointer, elements, entries, sent_as};

/// The facts of pages that our description lacks. The key of each is its line in
/// `xtask/spec/accepted.yaml`. Many pages state the same fact, which is reported once.
pub type Differences = IndexMap<String, Difference>;

/// How our description differs from a fact of a page.
pub struct Difference {
    pub page: String,
    /// Our statement instead.
    pub ours: String,
    /// The place of our statement in the fragments.
    pub place: Pointer,
    /// The YAML to write there.
    pub patch: Option<String>,
}

impl Difference {
    /// The report of the difference, on one line.
    pub fn line(&self, key: &str, fragments: &Fragments) -> String {
        let patch = self.patch.as_ref().map(|patch| format!(": write `{}`", whole_line(patch)));
        let (patch, accept) = (patch.unwrap_or_default(), key.replace('\'', "''"));
        let (page, ours, at) = (&self.page, one_line(&self.ours), fragments.line(&self.place));
        format!("{page} says {key}, we say {ours}, change {at}{patch} or accept with - '{accept}'")
    }
}

/// Collects the differences between a page and our description.
#[derive(Default)]
pub struct Holder {
    /// The method and our path.
    pub operation: String,
    pub page: String,
    pub differences: Differences,
    /// Whether the compared values belong to a request.
    pub is_request: bool,
    /// How many alternatives contain the compared values.
    pub depth: usize,
    /// The pairs of their and our schemas that were compared in this operation.
    pub seen: BTreeSet<(Vec<Pointer>, Vec<Pointer>)>,
}

impl Holder {
    pub fn add(&mut self, what: impl Display, ours: &str, place: &Pointer, patch: Option<String>) {
        // It is not truncated: two facts must not share a key.
        let key = whole_line(&format!("{}: {what}", self.operation));
        let (page, ours, place) = (self.page.clone(), ours.to_owned(), place.clone());
        self.differences.entry(key).or_insert(Difference { page, ours, place, patch });
    }

    /// Compares the operations of a method at their path and at ours.
    pub fn operation(&mut self, items: [&Node; 2], method: &str, paths: [&str; 2]) {
        let [theirs, ours] = items.map(|item| item.key(method));
        if paths[0] != paths[1] {
            self.add(format!("the path {}", paths[0]), paths[1], &ours.at, None);
        }
        self.same("servers", &items[0].key("servers"), &ours.key("servers"));
        for key in ["servers", "deprecated"] {
            self.same(key, &theirs.key(key), &ours.key(key));
        }
        self.names(&theirs, &ours);
        self.security(&theirs, &ours);
        self.is_request = true;
        self.parameters(&parameters(paths[0], items[0], method), &ours, paths);
        self.body(&theirs, &ours, "request");
        self.is_request = false;
        self.responses(&theirs, &ours);
        self.callbacks(&theirs, &ours);
    }

    /// Compares a field that has to be equal.
    pub fn same(&mut self, what: &str, stated: &Node, ours: &Node) {
        if !stated.is_null() && **stated != false && **stated != **ours {
            let known = if ours.is_null() { "nothing".to_owned() } else { plain(ours) };
            let key = ours.at.as_str().rsplit('/').next().unwrap_or_default();
            let patch = format!("{key}: {}", **stated);
            self.add(format!("{what} {}", plain(stated)), &known, &ours.at, Some(patch));
        }
    }

    /// Compares the id, and the tags, which become features of the client.
    fn names(&mut self, theirs: &Node, ours: &Node) {
        let known = ours.key("x-upstream-operation-id");
        self.same("operationId", &theirs.key("operationId"), &known);
        let tags = ours.key("tags");
        for tag in theirs.key("tags").elements() {
            if !elements(&tags).any(|other| *other == *tag) {
                self.add(format!("the tag {}", tag.text()), "no such tag", &tags.at, None);
            }
        }
    }

    fn security(&mut self, theirs: &Node, ours: &Node) {
        let (stated, place) = (theirs.security(), ours.key("security").at);
        let [words, known] = [stated, ours.security()].map(alternatives);
        // A page may state none.
        if !stated.is_null() && words != known {
            let patch = format!("security: {stated}");
            self.add(format!("security {words}"), &known, &place, Some(patch));
        }
    }

    /// Compares parameters.
    fn parameters(&mut self, theirs: &[Node], ours: &Node, [path, our_path]: [&str; 2]) {
        let all = ours.key("parameters");
        let known = all.elements().into_iter().map(|one| one.resolved());
        let known: BTreeMap<String, Node> =
            known.map(|one| (sent_as(our_path, &one), one)).collect();
        for theirs in theirs {
            let [place, name] = ["in", "name"].map(|key| theirs.key(key).text());
            let what = format!("the {place} parameter {name}");
            let Some(ours) = known.get(&sent_as(path, theirs)) else {
                self.add(what, "no such parameter", &all.at, Some(format!("- {}", **theirs)));
                continue;
            };
            self.required_part(theirs, ours, &what);
            let [stated, known] = [theirs, ours].map(|one| one.key("deprecated"));
            self.same(&format!("{what}: deprecated"), &stated, &known);
            self.text(theirs, ours, &what);
        }
    }

    /// Compares whether a parameter or a body is required.
    fn required_part(&mut self, theirs: &Node, ours: &Node, what: &str) {
        let words = |is_required| if is_required { "required" } else { "optional" };
        let known = ours["required"] == true;
        if let Some(stated) = theirs["required"].as_bool().filter(|stated| *stated != known) {
            let patch = Some(format!("required: {stated}"));
            self.add(format!("{what} is {}", words(stated)), words(known), &ours.at, patch);
        }
    }

    /// Compares a parameter or a header. Its examples are text, as in a request.
    fn text(&mut self, theirs: &Node, ours: &Node, what: &str) {
        let (mut theirs, ours) = (Facts::of(theirs), Facts::of(ours));
        let known = ours.whole();
        theirs.shown = theirs.shown.iter().map(|one| value::read(one, &known)).collect();
        self.value(&theirs, &ours, what);
    }

    fn body(&mut self, theirs: &Node, ours: &Node, what: &str) {
        let [theirs, known] = [theirs, ours].map(|holder| holder.key("requestBody").resolved());
        if known.is_null() && !theirs.is_null() {
            return self.add(format!("a {what} body"), "none", &ours.at, None);
        }
        self.required_part(&theirs, &known, &format!("the {what} body"));
        self.content(&theirs, &known, what);
    }

    fn responses(&mut self, theirs: &Node, ours: &Node) {
        let all = ours.key("responses");
        for (status, theirs) in theirs.key("responses").entries() {
            let theirs = theirs.resolved();
            let range = format!("{}XX", status.get(..1).unwrap_or_default());
            let mut keys = [status, &range, "default"].into_iter();
            let Some(key) = keys.find(|key| all.get(key).is_some()) else {
                let patch = Some(format!("'{status}': {}", response(status, &theirs)));
                self.add(format!("status {status}"), "no such status", &all.at, patch);
                continue;
            };
            let ours = all.key(key).resolved();
            let headers = ours.key("headers").entries();
            for (name, theirs) in theirs.key("headers").entries() {
                let what = format!("the header {name} of {status}");
                match headers.iter().find(|(other, _)| other.eq_ignore_ascii_case(name)) {
                    Some((_, ours)) => self.text(&theirs.resolved(), &ours.resolved(), &what),
                    None => self.add(what, "no such header", &ours.at, None),
                }
            }
            self.content(&theirs, &ours, &format!("response {status}"));
        }
    }

    /// Compares the media types of a request or a response.
    fn content(&mut self, theirs: &Node, ours: &Node, what: &str) {
        let all = ours.key("content");
        let known: Vec<&str> = entries(&all).map(|(known, _)| known.as_str()).collect();
        for (media_type, theirs) in theirs.key("content").entries() {
            if known.contains(&media_type) {
                self.value(&Facts::of(&theirs), &Facts::of(&all.key(media_type)), what);
            } else {
                let words = if known.is_empty() { "no body" } else { &known.join(" or ") };
                self.add(format!("{what} is {media_type}"), words, &all.at, None);
            }
        }
    }

    /// Compares callbacks. Ours have one URL each.
    fn callbacks(&mut self, theirs: &Node, ours: &Node) {
        let all = ours.key("callbacks");
        for (name, theirs) in theirs.key("callbacks").entries() {
            let Some((_, ours)) = all.key(name).resolved().entries().into_iter().next() else {
                self.add(format!("the callback {name}"), "no such callback", &all.at, None);
                continue;
            };
            for (_, item) in theirs.resolved().entries() {
                for (method, theirs) in item.entries() {
                    let ours = ours.key(method);
                    self.parameters(&parameters("", &item, method), &ours, ["", ""]);
                    self.body(&theirs, &ours, &format!("callback {name}"));
                }
            }
        }
    }
}

/// A value on one line of YAML.
pub fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The alternatives of a security requirement, in words.
fn alternatives(security: &Value) -> String {
    let words = |one: &Value| {
        let schemes: Vec<&str> = entries(one).map(|(scheme, _)| scheme.as_str()).collect();
        if schemes.is_empty() { "none".to_owned() } else { schemes.join(" and ") }
    };
    let all: BTreeSet<String> = elements(security).map(words).collect();
    if all.is_empty() { "none".to_owned() } else { Vec::from_iter(all).join(" or ") }
}

/// The parameters of an operation, including those of its path.
pub fn parameters<'a>(path: &str, item: &Node<'a>, method: &str) -> Vec<Node<'a>> {
    let [mut own, shared] = [&item.key(method), item]
        .map(|one| one.key("parameters").elements().iter().map(Node::resolved).collect::<Vec<_>>());
    let replaced: Vec<String> = own.iter().map(|one| sent_as(path, one)).collect();
    own.extend(shared.into_iter().filter(|one| !replaced.contains(&sent_as(path, one))));
    own
}

/// Our description of a response of theirs.
fn response(status: &str, theirs: &Node) -> Value {
    let error = json!({"application/json": {"schema": {"$ref": "#/components/schemas/ApiError"}}});
    let mut response = json!({"description": theirs.key("description").text()});
    if let Some(content) = theirs.get("content") {
        response["content"] = if status.starts_with('2') { content.clone() } else { error };
    }
    response
}
