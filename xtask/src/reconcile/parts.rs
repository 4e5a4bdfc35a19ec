//! The parts of a schema: itself, what it refers to, `allOf`, and its alternatives.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::node::Node;
use crate::places::elements;
use crate::pointer::Pointer;

/// Chooses of the alternatives of a schema, beside parts that hold for all.
type Choose<'a, 'c> = dyn Fn(&Node<'a>, Vec<Node<'a>>, &[Node<'a>]) -> Vec<Node<'a>> + 'c;

/// The properties that schemas require, by the places of the schemas.
pub type Known<'a> = BTreeMap<Pointer, BTreeSet<&'a str>>;

/// The parts of a schema, with all alternatives.
pub fn all<'a>(schema: &Node<'a>) -> Vec<Node<'a>> {
    let mut parts = Vec::new();
    add(schema, &mut parts, &|_, alternatives, _| alternatives);
    parts
}

/// Adds the parts of a schema, with those of its alternatives that are chosen.
pub fn add<'a>(schema: &Node<'a>, parts: &mut Vec<Node<'a>>, choose: &Choose<'a, '_>) {
    // One that refers to itself adds nothing.
    if parts.iter().any(|part| part.at == schema.at) {
        return;
    }
    parts.push(schema.clone());
    for part in [schema.resolved()].into_iter().chain(schema.key("allOf").elements()) {
        add(&part, parts, choose);
    }
    for key in ["oneOf", "anyOf"] {
        for part in choose(schema, schema.key(key).elements(), parts) {
            add(&part, parts, choose);
        }
    }
}

/// What the first part of a schema that has a keyword says.
pub fn find<'a>(schema: &Node<'a>, key: &str) -> Option<Node<'a>> {
    all(schema).into_iter().find(|part| part.get(key).is_some()).map(|part| part.key(key))
}

/// The properties that a schema requires, whichever of its alternatives a value is.
pub fn required<'a>(schema: &Node<'a>, known: &mut Known<'a>) -> BTreeSet<&'a str> {
    if let Some(names) = known.get(&schema.at) {
        return names.clone();
    }
    // One that leads back to itself adds nothing.
    known.insert(schema.at.clone(), BTreeSet::new());
    let mut names: BTreeSet<&str> =
        schema.key("required").elements().iter().map(Node::text).collect();
    for part in [schema.resolved()].into_iter().chain(schema.key("allOf").elements()) {
        names.extend(required(&part, known));
    }
    for key in ["oneOf", "anyOf"] {
        let some = schema.key(key).elements().into_iter().filter(|part| types(part) != ["null"]);
        let some = some.map(|part| required(&part, known));
        names.extend(some.reduce(|one, other| &one & &other).unwrap_or_default());
    }
    known.insert(schema.at.clone(), names.clone());
    names
}

/// The types that a schema itself allows; none if it says nothing of them.
pub fn types(schema: &Value) -> Vec<&str> {
    match &schema["type"] {
        Value::String(one) => vec![one],
        several => elements(several).filter_map(Value::as_str).collect(),
    }
}
