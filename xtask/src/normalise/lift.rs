//! Names every schema that becomes a type of its own after its place, and makes it
//! one of the components.

use std::collections::BTreeSet;

use heck::ToPascalCase;
use serde_json::{Map, Value, json};

use crate::convert::nullable;
use crate::names::{self, pascal};
use crate::places::{self, SCHEMAS};
use crate::pointer::Pointer;

/// Lifts the schemas of a document.
pub fn lift(document: &mut Value) {
    let named = places::schema_names(document);
    let mut lift = Lift { taken: names::taken().map(str::to_owned).collect() };
    lift.taken.extend(named.iter().cloned());
    for name in named {
        lift.within(document, &places::schema(&name), &name);
    }
    for Root { at, name, is_body } in roots(document) {
        let schema = document.pointer(at.as_str()).unwrap_or(&Value::Null);
        if is_body && is_bare(schema) {
            lift.name(document, &at, &name);
        } else {
            lift.one(document, &at, &name);
        }
    }
}

/// An outermost schema of an operation, and what it may be called.
struct Root {
    at: Pointer,
    name: String,
    /// Whether it is that of a body, which has a name unless it is a list.
    is_body: bool,
}

/// The outermost schemas of what operations send, and of what they receive on success.
fn roots(document: &Value) -> Vec<Root> {
    let mut roots = Vec::new();
    for (_, _, operation, at) in places::operations(document) {
        let id = operation["operationId"].as_str().unwrap_or_default().to_pascal_case();
        let mut add = |part: &Value, at: Pointer, word: Option<&str>| {
            let (place, part) = places::resolve(document, part, &at);
            let is_shared = place != at;
            let shared = place.as_str().rsplit('/').next().unwrap_or_default();
            let word = word.or(part["name"].as_str()).unwrap_or_default();
            let name = if is_shared { shared.to_owned() } else { joined(&id, word) };
            if part.get("schema").is_some() {
                roots.push(Root { at: place.join("schema"), name: name.clone(), is_body: false });
            }
            for (media_type, _) in places::entries(&part["content"])
                .filter(|(_, content)| content["schema"].is_object())
            {
                let at = place.join("content").join(media_type).join("schema");
                roots.push(Root { at, name: name.clone(), is_body: media_type == JSON });
            }
        };
        for (index, parameter) in places::elements(&operation["parameters"]).enumerate() {
            add(parameter, at.join("parameters").join(index), None);
        }
        add(&operation["requestBody"], at.join("requestBody"), Some("body"));
        for (status, response) in places::entries(&operation["responses"]) {
            if status.starts_with('2') {
                add(response, at.join("responses").join(status), Some("response"));
            }
        }
    }
    roots
}

/// Whether a schema of a body has no name, and is not that of a list.
fn is_bare(schema: &Value) -> bool {
    places::lone_reference(schema).is_none()
        && places::nullable_reference(schema).is_none()
        && schema["type"] != "array"
}

const JSON: &str = "application/json";

struct Lift {
    taken: BTreeSet<String>,
}

impl Lift {
    /// Lifts what is within a schema.
    fn within(&mut self, document: &mut Value, at: &Pointer, name: &str) {
        let schema = document.pointer(at.as_str()).unwrap_or(&Value::Null);
        for (at, word) in places::children(schema, at) {
            if word.is_empty() {
                self.within(document, &at, name);
            } else {
                self.one(document, &at, &joined(name, &word));
            }
        }
    }

    /// Lifts a schema if it becomes a type, and else what is within it.
    fn one(&mut self, document: &mut Value, at: &Pointer, wanted: &str) {
        if document.pointer(at.as_str()).is_some_and(is_type) {
            self.name(document, at, wanted);
        } else {
            self.within(document, at, wanted);
        }
    }

    /// Makes a schema one of the components.
    fn name(&mut self, document: &mut Value, at: &Pointer, wanted: &str) {
        let name = self.free(wanted);
        let Some(Value::Object(place)) = document.pointer_mut(at.as_str()) else { return };
        let mut schema = std::mem::take(place);
        *place = used(&mut schema, &name);
        document["components"]["schemas"][&name] = schema.into();
        self.within(document, &places::schema(&name), &name);
    }

    /// A free name in PascalCase, as wanted if it can be.
    fn free(&mut self, wanted: &str) -> String {
        let wanted = pascal(wanted);
        let others = (2..).map(|number: u32| pascal(&format!("{wanted}-v{number}")));
        let mut names = std::iter::once(wanted.clone()).chain(others);
        names.find(|name| self.taken.insert(name.clone())).unwrap_or_default()
    }
}

/// What stands in place of a lifted schema: that it may be null, and its words.
fn used(schema: &mut Map<String, Value>, name: &str) -> Map<String, Value> {
    let mut is_nullable = schema.remove("nullable") == Some(Value::Bool(true));
    for key in ["enum", "oneOf", "anyOf"] {
        if let Some(Value::Array(members)) = schema.get_mut(key) {
            let before = members.len();
            members.retain(|member| !member.is_null() && !places::is_null(member));
            is_nullable |= members.len() < before;
        }
    }
    let reference = json!({ "$ref": format!("{SCHEMAS}{name}") });
    let words: Map<String, Value> = nullable::BESIDE
        .iter()
        .filter_map(|key| Some(((*key).to_owned(), schema.get(*key)?.clone())))
        .collect();
    schema.retain(|key, _| key == "description" || !words.contains_key(key));
    let mut used = match reference {
        reference if is_nullable => json!({"anyOf": [reference, nullable::only_null()]}),
        reference if !words.is_empty() => json!({ "allOf": [reference] }),
        reference => reference,
    };
    let mut used = used.as_object_mut().map(std::mem::take).unwrap_or_default();
    used.extend(words);
    used
}

/// Whether a schema becomes a type of its own.
fn is_type(schema: &Value) -> bool {
    let holds = |key: &str| {
        places::entries(&schema[key]).next().is_some()
            || places::elements(&schema[key]).any(|member| !places::is_rule(member))
    };
    let is_joined = places::elements(&schema["allOf"]).count() > 1
        || places::elements(&schema["allOf"]).any(|part| part.get("$ref").is_none());
    let is_text = |value: &Value| value.is_string() || value.is_null();
    let is_enum = schema["type"] == "string" && places::elements(&schema["enum"]).all(is_text);
    places::nullable_reference(schema).is_none()
        && !places::is_null(schema)
        && (["oneOf", "anyOf", "properties"].into_iter().any(holds)
            || (schema.get("enum").is_some() && is_enum)
            || is_joined)
}

/// A longer name for a place within another. It is cut short where it would only
/// grow, as in a list of lists.
fn joined(name: &str, place: &str) -> String {
    const LONGEST: usize = 120;
    let name: String = name.chars().take(LONGEST).collect();
    format!("{name}-{place}")
}
