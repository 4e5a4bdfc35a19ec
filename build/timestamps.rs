//! Dates that the server sends. Each becomes a `crate::Timestamp`, which reads whatever is
//! sent. Dates of requests stay `chrono::DateTime<Utc>`.
//!
//! Which schemas are received is computed before tags are dropped: else the type of a
//! date would depend on the features.

use std::collections::BTreeSet;

use serde_json::{Value, json};

/// The format that stands for a date that the server sends.
pub const FORMAT: &str = "timestamp";

/// Marks the dates of responses and of the bodies of callbacks.
pub fn adapt(document: &mut Value) {
    let mut open = Vec::new();
    let items = document["paths"].as_object_mut().into_iter().flatten();
    let operations = items.flat_map(|(_, item)| item.as_object_mut().into_iter().flatten());
    for (_, operation) in operations {
        for received in ["responses", "callbacks"] {
            operation.get_mut(received).into_iter().for_each(|part| mark(part, &mut open));
        }
    }
    let mut seen = BTreeSet::new();
    while let Some(reference) = open.pop() {
        if let Some(part) =
            reference.strip_prefix('#').and_then(|place| document.pointer_mut(place))
            && seen.insert(reference.clone())
        {
            mark(part, &mut open);
        }
    }
}

/// Marks the dates within a part of a document, and collects what it refers to.
fn mark(part: &mut Value, references: &mut Vec<String>) {
    if let Some(reference) = part.get("$ref").and_then(Value::as_str) {
        references.push(reference.to_owned());
    }
    let text = |key: &str| part.get(key).and_then(Value::as_str);
    let forms = [("string", "date-time"), ("string", "date"), ("integer", "unix-time")];
    if forms.iter().any(|form| text("type").zip(text("format")) == Some(*form)) {
        part["type"] = json!("string");
        part["format"] = json!(FORMAT);
    }
    match part {
        Value::Object(entries) => {
            for entry in entries.values_mut() {
                mark(entry, references);
            }
        }
        Value::Array(elements) => {
            for element in elements {
                mark(element, references);
            }
        }
        _ => {}
    }
}
