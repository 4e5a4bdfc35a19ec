//! Compares the facts of a value on a page with our schema.

use std::collections::BTreeSet;

use regex_lite::Regex;
use serde_json::{Value, json};

use super::facts::{Facts, has_format, type_of, types};
use super::operation::{Holder, plain};
use crate::places::{Node, Pointer, elements, entries};

/// The keywords of ours that values may break.
const BOUNDS: &str = "format minimum maximum exclusiveMinimum exclusiveMaximum multipleOf \
    minLength maxLength minItems maxItems pattern const enum";

/// The keywords that are compared by their meaning, and those that state no fact. Any other keyword
/// that only the vendor states is a difference.
const READ: &str = "$ref type nullable properties required items additionalProperties allOf \
    oneOf anyOf discriminator example examples title description externalDocs xml $comment $schema";

/// The maximum depth of alternatives in alternatives.
const DEEPEST: usize = 16;

impl Holder {
    /// Compares their facts with ours. `path` names the value in reports.
    pub fn value(&mut self, theirs: &Facts, ours: &Facts, path: &str) {
        // Recursive schemas are compared once. Examples are finite.
        let places = |facts: &Facts| facts.schemas.iter().map(|one| one.at.clone()).collect();
        let is_new = self.seen.insert((places(theirs), places(ours)));
        // Binary bodies have no schema.
        let is_open = ours.schemas.iter().all(|schema| schema.is_null());
        if is_open || (theirs.shown.is_empty() && !is_new) {
            return;
        }
        let (mut stated, known) = (theirs.whole(), ours.whole());
        let parts = ours.parts(&["allOf"]);
        if is_new {
            let listed = stated.schemas.iter().flat_map(|schema| listed(schema, &known));
            stated.shown.extend(listed.collect::<Vec<_>>());
        }
        self.types(&mut stated, &known, path);
        self.bounds(&stated, &known, path);
        stated.shown.retain(|value| !self.is_tagged(value, &known, path));
        self.required(&stated, &known, path);
        self.members(&stated, &known, path);
        let items = known.items();
        if !items.schemas.is_empty() {
            self.value(&stated.items(), &items, &format!("{path}[]"));
        }
        for part in &parts {
            stated.shown.iter().for_each(|value| self.rules(value, part, path));
        }
    }

    /// Compares a value with our rules on alternatives, and with the cases that we exclude.
    fn rules(&mut self, value: &Value, ours: &Node, path: &str) {
        let what = format!("the value {value} of {path}");
        for key in ["oneOf", "anyOf"].into_iter().filter(|key| ours.get(*key).is_some()) {
            let rule = ours.key(key);
            let count = rule.elements().iter().filter(|one| self.is_match(value, one)).count();
            let is_one = key == "oneOf" && ours.get("discriminator").is_none();
            if count == 0 || count > 1 && is_one {
                self.add(&what, &format!("{key} {}", *rule), &rule.at, None);
            }
        }
        let not = ours.key("not");
        let cases = if not["anyOf"].is_null() { vec![not] } else { not.key("anyOf").elements() };
        for case in cases.iter().filter(|case| !case.is_null()) {
            if self.is_match(value, case) {
                let words = format!("that no request {}", case.key("description").text());
                self.add(&what, &words, &case.at, None);
            }
        }
    }

    /// Whether a value satisfies a schema of ours.
    fn is_match(&self, value: &Value, ours: &Node) -> bool {
        let mut holder = Self { depth: self.depth + 1, ..Self::default() };
        let theirs = Facts { shown: vec![value.clone()], ..Facts::default() };
        let ours = Facts { schemas: vec![ours.clone()], ..Facts::default() };
        // A schema that contains itself adds nothing.
        if self.depth < DEEPEST {
            holder.value(&theirs, &ours, "");
        }
        holder.differences.is_empty()
    }

    /// Reports and removes facts whose type is not ours. `type: string` is ignored: the vendor
    /// writes it for any type.
    fn types(&mut self, theirs: &mut Facts, ours: &Facts, path: &str) {
        let is_ours = |kind: &str| kind == "string" || ours.has_type(kind);
        let stated = theirs.types().into_iter().filter(|kind| !is_ours(kind));
        let shown = theirs.shown.iter().map(|value| -> &str { type_of(value) });
        let others = stated.chain(shown.filter(|kind| !ours.has_type(kind)));
        for kind in others.collect::<BTreeSet<_>>() {
            let known = Vec::from_iter(ours.types()).join(" or ");
            self.add(format!("{path} as {kind}"), &known, &ours.place(&["type"]), None);
        }
        let is_held = |kind: &str| kind == "null" || is_ours(kind);
        theirs.schemas.retain(|schema| types(schema).into_iter().all(is_held));
        theirs.shown.retain(|value| ours.has_type(type_of(value)));
    }

    /// Compares their bounds with ours, and their examples with our bounds.
    fn bounds(&mut self, theirs: &Facts, ours: &Facts, path: &str) {
        for (key, bound) in theirs.schemas.iter().flat_map(|schema| entries(schema.value)) {
            let is_read = READ.split(' ').any(|read| read == key) || key.starts_with("x-");
            let is_off = *bound == false && !matches!(key.as_str(), "const" | "default");
            // The values of their enum are compared below.
            let is_list = matches!(key.as_str(), "enum" | "const") && ours.find("enum").is_some();
            let is_ours = ours.find(key).is_some_and(|known| plain(&known) == plain(bound));
            if !(is_read || is_off || is_list || is_ours) {
                let what = format!("{key} {} of {path}", plain(bound));
                let yaml = format!("{key}: {bound}");
                self.add(what, "another or none", &ours.place(&[]), Some(yaml));
            }
        }
        for key in BOUNDS.split(' ') {
            let (Some(known), is_list) = (ours.find(key), key == "enum") else { continue };
            for value in theirs.shown.iter().filter(|value| breaks(value, key, &known)) {
                let what = format!("the value {} of {path}", plain(value));
                let bound = format!("{key} {}", plain(&known));
                let words = if is_list { "no such value" } else { &bound };
                let yaml = is_list.then(|| format!("- {}", plain(value)));
                self.add(what, words, &known.at, yaml);
            }
        }
    }

    /// Compares a value with the alternative that its discriminator names. Returns false if it has
    /// no discriminator.
    fn is_tagged(&mut self, value: &Value, ours: &Facts, path: &str) -> bool {
        let Some(tag) = ours.find("discriminator") else { return false };
        let (name, mapping) = (tag.key("propertyName").text(), tag.key("mapping"));
        let Some(kind) = value.get(name).and_then(Value::as_str) else { return false };
        if let Some(target) = mapping[kind].as_str() {
            let theirs = Facts { shown: vec![value.clone()], ..Facts::default() };
            let schemas = vec![tag.at(Pointer::of_reference(target))];
            self.value(&theirs, &Facts { schemas, ..Facts::default() }, path);
        } else {
            let what = format!("the value {kind} of {path}.{name}");
            self.add(what, "no such alternative", &mapping.at, None);
        }
        true
    }

    /// Compares the required properties, if theirs has any. In a response, theirs may require more
    /// than we rely on.
    fn required(&mut self, theirs: &Facts, ours: &Facts, path: &str) {
        let (stated, known) = (&theirs.required, &ours.required);
        let place = ours.place(&["required", "properties"]);
        for name in known {
            if theirs.shown.iter().any(|value| value.is_object() && value.get(name).is_none()) {
                let what = format!("an example without {path}.{name}");
                self.add(what, "that it is required", &place, None);
            }
            if !stated.is_empty() && !stated.contains(name) {
                self.add(format!("{path}.{name} is optional"), "required", &place, None);
            }
        }
        for name in stated.difference(known).filter(|_| self.is_request).collect::<Vec<_>>() {
            // A property that we lack is reported as a member.
            if !ours.member(name).schemas.is_empty() {
                let yaml = Some(format!("- {name}"));
                self.add(format!("{path}.{name} is required"), "optional", &place, yaml);
            }
        }
    }

    /// Compares the properties of an object, and all others as `*`.
    fn members(&mut self, theirs: &Facts, ours: &Facts, path: &str) {
        let others = |schema: &Node| entries(&schema["additionalProperties"]).next().is_some();
        let others = theirs.schemas.iter().any(others).then_some("*");
        // An alternative allows the members of the whole.
        let rest = ours.find("additionalProperties");
        let rest = rest.map_or(self.depth > 0, |rest| *rest != false);
        let home = ours.find("properties").filter(|_| !rest);
        for name in theirs.names().into_iter().chain(others) {
            let (theirs, ours) = (theirs.member(name), ours.member(name));
            let path = format!("{path}.{name}");
            if !ours.schemas.is_empty() {
                self.value(&theirs, &ours, &path);
            } else if let Some(home) = &home {
                let stated = theirs.schemas.first().map(|schema| schema.value.clone());
                let shown = theirs.shown.iter().find(|value| !value.is_null());
                let shown = || shown.map_or(json!({}), |value| json!({"type": type_of(value)}));
                let yaml = Some(format!("{name}: {}", stated.unwrap_or_else(shown)));
                self.add(format!("the member {path}"), "no such member", &home.at, yaml);
            }
        }
    }
}

/// The values in the examples, the enum and the discriminator of a schema.
fn listed(schema: &Node, ours: &Facts) -> Vec<Value> {
    let shown = ["example", "const"].into_iter().filter_map(|key| schema.get(key));
    let shown = shown.chain(["examples", "enum"].iter().flat_map(|key| elements(&schema[key])));
    let is_text = types(schema) == ["string"];
    let shown = shown.map(|value| if is_text { read(value, ours) } else { value.clone() });
    let (theirs, ours) = (schema.key("discriminator"), ours.find("discriminator"));
    let is_new = |kind: &str| ours.as_ref().is_some_and(|ours| ours["mapping"].get(kind).is_none());
    let kinds = theirs.key("mapping").entries().into_iter().filter(|(kind, _)| is_new(kind));
    shown.chain(kinds.map(|(kind, _)| json!({theirs.key("propertyName").text(): kind}))).collect()
}

/// Parses a text as a boolean or a number if our schema allows that: `type: string` may stand for
/// any type, and URLs and headers contain only text.
pub fn read(value: &Value, ours: &Facts) -> Value {
    let scalar = value.as_str().and_then(|text| serde_json::from_str::<Value>(text).ok());
    let scalar = scalar.filter(|scalar| scalar.is_boolean() || scalar.is_number());
    scalar.filter(|scalar| ours.has_type(type_of(scalar))).unwrap_or_else(|| value.clone())
}

/// Whether a value breaks a bound.
fn breaks(value: &Value, keyword: &str, bound: &Value) -> bool {
    let size = match (keyword, value) {
        ("const", _) => return value != bound,
        // `types` compares null, which an enum need not list.
        ("enum", _) => return !value.is_null() && elements(bound).all(|one| one != value),
        ("format", Value::String(text)) => return !has_format(text, &plain(bound)),
        ("pattern", Value::String(text)) => {
            return Regex::new(&plain(bound)).is_ok_and(|pattern| !pattern.is_match(text));
        }
        ("minLength" | "maxLength", Value::String(text)) => text.chars().count().into(),
        ("minItems" | "maxItems", Value::Array(elements)) => elements.len().into(),
        (_, Value::Number(_)) => value.clone(),
        _ => return false,
    };
    let (Some(size), Some(bound)) = (size.as_f64(), bound.as_f64()) else { return false };
    match keyword {
        "minimum" | "minLength" | "minItems" => size < bound,
        "maximum" | "maxLength" | "maxItems" => size > bound,
        "exclusiveMinimum" => size <= bound,
        "exclusiveMaximum" => size >= bound,
        "multipleOf" => size % bound != 0.0,
        _ => false,
    }
}
