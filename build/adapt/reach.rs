//! Which named schemas requests and answers are made of.

use std::collections::BTreeSet;

use serde_json::Value;

use super::walk::{self, reference};

/// Named schemas by where their values go.
pub struct Reach {
    pub sent: BTreeSet<String>,
    pub received: BTreeSet<String>,
}

/// Of a document whose schemas are all named.
pub fn of(document: &mut Value) -> Reach {
    let (mut sent, mut received) = (Vec::new(), Vec::new());
    for (_, _, operation) in walk::operations(document) {
        walk::roots(operation, &mut |place, schema| {
            collect(schema, if place == "response" { &mut received } else { &mut sent });
        });
    }
    let schemas = walk::named(document).cloned().unwrap_or_default();
    let closed = |mut open: Vec<String>| {
        let mut reached = BTreeSet::new();
        while let Some(name) = open.pop() {
            if let Some(schema) = schemas.get(&name)
                && reached.insert(name)
            {
                collect(schema, &mut open);
            }
        }
        reached
    };
    Reach { sent: closed(sent), received: closed(received) }
}

fn collect(part: &Value, names: &mut Vec<String>) {
    if let Some(name) = reference(part) {
        names.push(name.to_owned());
    }
    match part {
        Value::Object(entries) => entries.values().for_each(|entry| collect(entry, names)),
        Value::Array(elements) => elements.iter().for_each(|element| collect(element, names)),
        _ => {}
    }
}
