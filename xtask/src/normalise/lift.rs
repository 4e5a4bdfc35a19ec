//! Names every schema that becomes a type of its own after its place, and makes it
//! one of the components.

use anyhow::Result;
use heck::ToPascalCase;
use serde_json::{Map, Value, json};

use crate::convert::nullable::{BESIDE, only_null};
use crate::names::{Names, pascal};
use crate::node::Node;
use crate::places::{self, SCHEMAS, elements, entries};
use crate::pointer::Pointer;

/// Lifts the schemas of a document.
pub fn lift(document: &mut Value) -> Result<()> {
    let named = places::schemas_mut(document)?.keys().cloned().collect::<Vec<_>>();
    let mut lift = Lift { taken: Names::of_schemas() };
    for name in &named {
        lift.taken.take(name);
    }
    for name in named {
        lift.within(document, &places::schema(&name), &name)?;
    }
    for (at, name) in roots(document) {
        lift.one(document, &at, &name)?;
    }
    Ok(())
}

/// The outermost schemas of what operations send, and of what they receive on success,
/// each with what it may be called.
fn roots(document: &Value) -> Vec<(Pointer, String)> {
    let mut roots = Vec::new();
    for (.., at) in places::operations(document) {
        let operation = Node::root(document, ()).at(at);
        let id = operation.key("operationId").text().to_pascal_case();
        let parameters = operation.key("parameters").elements().into_iter();
        let parameters = parameters.map(|parameter| (parameter, ""));
        let responses = operation.key("responses").entries().into_iter();
        let successes = responses.filter(|(status, _)| status.starts_with('2'));
        let successes = successes.map(|(_, success)| (success, "response"));
        let body = (operation.key("requestBody"), "body");
        for (used, word) in parameters.chain(successes).chain([body]) {
            let part = used.resolved();
            let name = match part.at.as_str().rsplit('/').next() {
                Some(shared) if part.at != used.at => shared.to_owned(),
                _ => joined(&id, part["name"].as_str().unwrap_or(word)),
            };
            let contents = part.key("content").entries().into_iter();
            let holders = contents.map(|(_, content)| content).chain([part]);
            roots.extend(holders.map(|holder| (holder.key("schema").at, name.clone())));
        }
    }
    roots
}

struct Lift {
    taken: Names,
}

impl Lift {
    /// Lifts a schema if it becomes a type, and what is within it.
    fn one(&mut self, document: &mut Value, at: &Pointer, wanted: &str) -> Result<()> {
        if !document.pointer(at.as_str()).is_some_and(is_type) {
            return self.within(document, at, wanted);
        }
        let name = self.free(wanted);
        let Some(Value::Object(place)) = document.pointer_mut(at.as_str()) else { return Ok(()) };
        let mut schema = std::mem::take(place);
        *place = used(&mut schema, &name);
        places::schemas_mut(document)?.insert(name.clone(), schema.into());
        self.within(document, &places::schema(&name), &name)
    }

    /// Lifts what is within a schema.
    fn within(&mut self, document: &mut Value, at: &Pointer, name: &str) -> Result<()> {
        for (at, word) in children(&Node::root(document, ()).at(at.clone())) {
            match word.as_str() {
                // A part of the same type.
                "" => self.within(document, &at, name)?,
                word => self.one(document, &at, &joined(name, word))?,
            }
        }
        Ok(())
    }

    /// A free name in PascalCase, as wanted if it can be.
    fn free(&mut self, wanted: &str) -> String {
        let wanted = pascal(wanted);
        let others = (2..).map(|number: u32| pascal(&format!("{wanted}-v{number}")));
        let mut names = std::iter::once(wanted.clone()).chain(others);
        names.find(|name| self.taken.take(name)).unwrap_or_default()
    }
}

/// The places of the schemas right within one, each with a word for it, which is empty for
/// a part of the same value.
fn children(schema: &Node) -> Vec<(Pointer, String)> {
    let properties = schema.key("properties").entries().into_iter();
    let mut found: Vec<_> = properties.map(|(name, schema)| (schema.at, name.to_owned())).collect();
    for (key, word) in [("items", "item"), ("additionalProperties", "value")] {
        let inner = schema.key(key);
        if inner.is_object() {
            found.push((inner.at, word.to_owned()));
        }
    }
    found.extend(schema.key("allOf").elements().into_iter().map(|part| (part.at, String::new())));
    for key in ["oneOf", "anyOf"] {
        let alternatives = (1..).zip(schema.key(key).elements());
        found.extend(
            alternatives.map(|(number, one): (u32, Node)| (one.at, format!("variant{number}"))),
        );
    }
    found
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
    let mut used: Map<String, Value> =
        schema.clone().into_iter().filter(|(key, _)| BESIDE.contains(&key.as_str())).collect();
    schema.retain(|key, _| key == "description" || !used.contains_key(key));
    let reference = json!({ "$ref": format!("{SCHEMAS}{name}") });
    if is_nullable {
        used.insert("anyOf".to_owned(), json!([reference, only_null()]));
    } else if used.is_empty() {
        used.extend(entries(&reference).map(|(key, value)| (key.clone(), value.clone())));
    } else {
        used.insert("allOf".to_owned(), json!([reference]));
    }
    used
}

/// Whether a schema becomes a type of its own.
fn is_type(schema: &Value) -> bool {
    let mut parts = elements(&schema["allOf"]);
    let has_parts = places::lone_reference(schema).is_none() && parts.next().is_some();
    let is_union = places::nullable_reference(schema).is_none()
        && places::members(schema).any(|member| !places::is_rule(member));
    let mut values = elements(&schema["enum"]).filter(|value| !value.is_null()).peekable();
    let is_enum = values.peek().is_some() && values.all(Value::is_string);
    has_parts || is_union || is_enum || entries(&schema["properties"]).next().is_some()
}

/// A longer name for a place within another. It is cut short where it would only
/// grow, as in a list of lists.
fn joined(name: &str, place: &str) -> String {
    const LONGEST: usize = 120;
    let name: String = name.chars().take(LONGEST).collect();
    format!("{name}-{place}")
}
