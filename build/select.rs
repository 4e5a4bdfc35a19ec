//! Keeps what the features of the caller name: each tag of the document is one,
//! in kebab-case, and `full` is all of them. What only the other operations
//! refer to goes with them.

use std::collections::BTreeSet;

use heck::ToKebabCase;
use serde_json::Value;

use super::adapt::{METHODS, SCHEMAS};

/// Named parts of a document that the layer needs, whatever refers to them.
const NEEDED: [&str; 2] = ["#/components/schemas/ApiError", "#/components/schemas/ErrorCode"];

/// Drops what no feature names. `deliveries` is the schema of what webhooks receive.
pub fn select(document: &mut Value, has_feature: &dyn Fn(&str) -> bool, deliveries: Option<&str>) {
    if has_feature("full") {
        return;
    }
    let is_wanted = |operation: &Value| {
        let tags = operation["tags"].as_array().into_iter().flatten();
        let mut features = tags.filter_map(|tag| Some(tag.as_str()?.to_kebab_case()));
        features.any(|feature| has_feature(&feature))
    };
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    for (_, item) in paths.into_iter().flatten() {
        if let Some(item) = item.as_object_mut() {
            item.retain(|method, operation| {
                !METHODS.contains(&method.as_str()) || is_wanted(operation)
            });
        }
    }
    let deliveries = deliveries.filter(|_| has_feature("webhooks"));
    prune(document, deliveries.map(|name| format!("{SCHEMAS}{name}")));
}

/// Drops the components that neither an operation nor `root` refers to.
fn prune(document: &mut Value, root: Option<String>) {
    let needed = NEEDED.map(str::to_owned);
    let mut reached: BTreeSet<String> = needed.into_iter().chain(root).collect();
    let mut open: Vec<String> = reached.iter().cloned().collect();
    let mut add = |part: &Value, open: &mut Vec<String>| {
        references(part, &mut |reference| {
            if reached.insert(reference.to_owned()) {
                open.push(reference.to_owned());
            }
        });
    };
    add(&document["paths"], &mut open);
    while let Some(reference) = open.pop() {
        let part = reference.strip_prefix('#').and_then(|pointer| document.pointer(pointer));
        add(part.unwrap_or(&Value::Null), &mut open);
    }
    let components = document.get_mut("components").and_then(Value::as_object_mut);
    for (kind, parts) in components.into_iter().flatten() {
        if let Some(parts) = parts.as_object_mut().filter(|_| kind != "securitySchemes") {
            // A reference may also lead into a component.
            parts.retain(|name, _| {
                let whole = format!("#/components/{kind}/{}", escaped(name));
                let within = format!("{whole}/");
                reached.contains(&whole) || reached.iter().any(|one| one.starts_with(&within))
            });
        }
    }
}

/// A name as it stands in a JSON pointer (RFC 6901, section 3).
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

fn references(part: &Value, visit: &mut dyn FnMut(&str)) {
    match part {
        Value::Object(entries) => {
            if let Some(reference) = entries.get("$ref").and_then(Value::as_str) {
                visit(reference);
            }
            entries.values().for_each(|entry| references(entry, visit));
        }
        Value::Array(elements) => elements.iter().for_each(|element| references(element, visit)),
        _ => {}
    }
}
