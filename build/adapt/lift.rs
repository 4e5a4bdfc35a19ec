//! Names every schema that becomes a type of its own after its place, and makes it
//! one of the components.

use heck::ToPascalCase;
use serde_json::{Value, json};

use super::names::Names;
use super::walk::{self, Object, SCHEMAS};

/// Lifts the schemas of a document.
pub fn adapt(document: &mut Value, names: &mut Names) {
    let mut lifted = Object::new();
    let mut lift = Lift { names, lifted: &mut lifted };
    for (name, schema) in walk::named(document).into_iter().flatten() {
        lift.within(schema, name);
    }
    for (_, _, operation) in walk::operations(document) {
        let id = operation["operationId"].as_str().unwrap_or_default().to_pascal_case();
        walk::roots(operation, &mut |place, schema| lift.one(schema, &joined(&id, place)));
    }
    if let Some(named) = walk::named(document) {
        named.extend(lifted);
    }
}

struct Lift<'a> {
    names: &'a mut Names,
    lifted: &'a mut Object,
}

impl Lift<'_> {
    fn within(&mut self, schema: &mut Value, name: &str) {
        walk::children(schema, &mut |place, child| {
            if place.is_empty() {
                // A part of the same type.
                self.within(child, name);
            } else {
                self.one(child, &joined(name, place));
            }
        });
    }

    fn one(&mut self, schema: &mut Value, wanted: &str) {
        if !is_type(schema) {
            self.within(schema, wanted);
            return;
        }
        let name = self.names.free(wanted);
        self.within(schema, &name);
        let (title, description) =
            (schema.get("title").cloned(), schema.get("description").cloned());
        let nullable = schema["nullable"] == true;
        if let Some(entries) = schema.as_object_mut() {
            entries.remove("nullable");
        }
        let mut used = json!({ "$ref": format!("{SCHEMAS}{name}") });
        if nullable || description.is_some() {
            used = json!({ "allOf": [used] });
        }
        if nullable {
            used["nullable"] = json!(true);
        }
        if let Some(description) = description {
            used["description"] = description;
        }
        if let (Some(title), Some(used)) = (title, used.as_object_mut()) {
            used.insert("title".to_owned(), title);
        }
        self.lifted.insert(name, std::mem::replace(schema, used));
    }
}

/// Whether a schema becomes a type of its own.
fn is_type(schema: &Value) -> bool {
    let holds = |key| match schema.get(key) {
        Some(Value::Object(entries)) => !entries.is_empty(),
        Some(Value::Array(entries)) => !entries.is_empty(),
        _ => false,
    };
    // A lone part that is still there and has no name contradicts the whole.
    let joined = schema["allOf"].as_array().is_some_and(|parts| {
        parts.len() > 1 || parts.iter().any(|part| part.get("$ref").is_none())
    });
    ["enum", "oneOf", "anyOf", "properties"].into_iter().any(holds) || joined
}

/// A longer name for a place within another. It is cut short where it would only
/// grow, as in a list of lists.
fn joined(name: &str, place: &str) -> String {
    const LONGEST: usize = 120;
    let name: String = name.chars().take(LONGEST).collect();
    format!("{name}-{place}")
}
