//! Schemas that are made of themselves, which no value can be held against and
//! no type be made of.

use std::collections::HashMap;

use anyhow::Result;
use serde_json::{Map, Value};

use super::refuse;
use crate::pointer::Pointer;

/// Refuses a component that leads back to itself by `$ref` and `allOf` alone.
pub(super) fn check(document: &Value) -> Result<()> {
    let Some(Value::Object(schemas)) = document.pointer("/components/schemas") else {
        return Ok(());
    };
    let mut finished: HashMap<&str, bool> = HashMap::new();
    for start in schemas.keys() {
        // With a stack of our own, as a chain may be as long as the document.
        let mut open = vec![(start.as_str(), parts(schemas, start))];
        while let Some((name, rest)) = open.last_mut() {
            let name = *name;
            if rest.is_empty() || finished.get(name) == Some(&true) {
                finished.insert(name, true);
                open.pop();
                continue;
            }
            finished.insert(name, false);
            let next = rest.pop().unwrap_or_default();
            match finished.get(next) {
                Some(true) => {}
                Some(false) => {
                    let at = Pointer::default().join("components").join("schemas").join(next);
                    return Err(refuse(&at, "the schema is made of itself"));
                }
                None => open.push((next, parts(schemas, next))),
            }
        }
    }
    Ok(())
}

/// The components that a component is made of.
fn parts<'a>(schemas: &'a Map<String, Value>, name: &str) -> Vec<&'a str> {
    let mut parts = Vec::new();
    if let Some(schema) = schemas.get(name) {
        add_parts(schema, &mut parts);
    }
    parts
}

fn add_parts<'a>(schema: &'a Value, parts: &mut Vec<&'a str>) {
    let reference = schema.get("$ref").and_then(Value::as_str);
    parts.extend(reference.and_then(|reference| reference.strip_prefix("#/components/schemas/")));
    for part in schema.get("allOf").and_then(Value::as_array).into_iter().flatten() {
        add_parts(part, parts);
    }
}
