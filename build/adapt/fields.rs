//! Names of fields: all that there are, and where two would be the same in Rust.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::marker;
use super::names::snake;
use super::walk::{self, Object};

/// Adapts the fields of a document, and gives the names of all.
pub fn adapt(document: &mut Value) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    walk::schemas(document, &mut |schema| {
        let Some(schema) = schema.as_object_mut() else { return };
        let properties = schema.get("properties").and_then(Value::as_object);
        names.extend(properties.into_iter().flat_map(Object::keys).cloned());
        require_known(schema);
        tell_apart(schema);
    });
    names
}

/// Only a property can be required; to the generator, a name twice is a panic.
fn require_known(schema: &mut Object) {
    let Some(Value::Array(required)) = schema.remove("required") else { return };
    let properties = schema.get("properties").and_then(Value::as_object);
    let mut known: Vec<Value> = Vec::new();
    for name in required {
        let is_known =
            name.as_str().zip(properties).is_some_and(|(name, all)| all.contains_key(name));
        if is_known && !known.contains(&name) {
            known.push(name);
        }
    }
    if !known.is_empty() {
        schema.insert("required".to_owned(), Value::Array(known));
    }
}

fn tell_apart(schema: &mut Object) {
    let mut taken = BTreeSet::new();
    if schema.get("additionalProperties").is_some_and(|rest| *rest != json!(false)) {
        // The field of all that have none of their own.
        taken.insert("extra".to_owned());
    }
    let required = schema.get("required").and_then(Value::as_array).cloned();
    let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) else {
        return;
    };
    let mut required = required.unwrap_or_default();
    let (right, wrong): (Vec<_>, Vec<_>) =
        std::mem::take(properties).into_iter().partition(|(name, _)| *name == snake(name));
    for (name, property) in right.into_iter().chain(wrong) {
        let distinct = marker::distinct(&name, &mut taken, snake);
        required
            .iter_mut()
            .filter(|other| **other == name)
            .for_each(|other| *other = json!(distinct));
        properties.insert(distinct, property);
    }
    if !required.is_empty() {
        schema.insert("required".to_owned(), Value::Array(required));
    }
}
