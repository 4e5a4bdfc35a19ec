//! The schemas of a document whose shared parts stand where they are used.

use serde_json::{Map, Value};

pub type Object = Map<String, Value>;

/// Methods of an operation, as they stand in a path item.
pub const METHODS: [&str; 8] =
    ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// Where schemas are named.
pub const SCHEMAS: &str = "#/components/schemas/";

/// Every operation, with its path and method.
pub fn operations(document: &mut Value) -> impl Iterator<Item = (&str, &str, &mut Value)> {
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    let items = paths.into_iter().flatten();
    items.flat_map(|(path, item)| {
        let entries = item.as_object_mut().into_iter().flatten();
        entries
            .filter(|(method, _)| METHODS.contains(&method.as_str()))
            .map(move |(method, operation)| (path.as_str(), method.as_str(), operation))
    })
}

/// The elements of a list in an object.
pub fn list<'a>(holder: &'a mut Value, key: &str) -> impl Iterator<Item = &'a mut Value> {
    holder.get_mut(key).and_then(Value::as_array_mut).into_iter().flatten()
}

/// The named schemas.
pub fn named(document: &mut Value) -> Option<&mut Object> {
    document.pointer_mut("/components/schemas")?.as_object_mut()
}

/// Visits the outermost schemas of an operation, each with a word for its place.
pub fn roots(operation: &mut Value, visit: &mut dyn FnMut(&str, &mut Value)) {
    for parameter in list(operation, "parameters") {
        let name = parameter["name"].as_str().unwrap_or_default().to_owned();
        if let Some(schema) = parameter.get_mut("schema") {
            visit(&name, schema);
        }
    }
    if let Some(body) = operation.get_mut("requestBody") {
        content(body, "body", visit);
    }
    let responses = operation.get_mut("responses").and_then(Value::as_object_mut);
    for (_, response) in responses.into_iter().flatten() {
        content(response, "response", visit);
    }
}

fn content(holder: &mut Value, place: &str, visit: &mut dyn FnMut(&str, &mut Value)) {
    let types = holder.get_mut("content").and_then(Value::as_object_mut);
    for (_, media_type) in types.into_iter().flatten() {
        if let Some(schema) = media_type.get_mut("schema") {
            visit(place, schema);
        }
    }
}

/// Visits the schemas right within one, each with a word for its place.
pub fn children(schema: &mut Value, visit: &mut dyn FnMut(&str, &mut Value)) {
    let Some(schema) = schema.as_object_mut() else {
        return;
    };
    for (name, property) in
        schema.get_mut("properties").and_then(Value::as_object_mut).into_iter().flatten()
    {
        visit(name, property);
    }
    for (key, place) in [("items", "item"), ("additionalProperties", "value"), ("not", "not")] {
        if let Some(child) = schema.get_mut(key).filter(|child| child.is_object()) {
            visit(place, child);
        }
    }
    for (key, place) in [("allOf", ""), ("oneOf", "variant"), ("anyOf", "variant")] {
        let parts = schema.get_mut(key).and_then(Value::as_array_mut).into_iter().flatten();
        for (index, part) in parts.enumerate() {
            let number = if place.is_empty() { String::new() } else { (index + 1).to_string() };
            visit(&format!("{place}{number}"), part);
        }
    }
}

/// Visits every schema, the inner ones first.
pub fn schemas(document: &mut Value, visit: &mut dyn FnMut(&mut Value)) {
    fn within(schema: &mut Value, visit: &mut dyn FnMut(&mut Value)) {
        children(schema, &mut |_, child| within(child, visit));
        visit(schema);
    }
    for (_, schema) in named(document).into_iter().flatten() {
        within(schema, visit);
    }
    for (_, _, operation) in operations(document) {
        roots(operation, &mut |_, schema| within(schema, visit));
    }
}

/// The name of the schema that a schema refers to, and to nothing else.
pub fn reference(schema: &Value) -> Option<&str> {
    schema.get("$ref")?.as_str()?.strip_prefix(SCHEMAS)
}

/// The name of the schema that a schema refers to, maybe with a description.
pub fn alias(schema: &Value) -> Option<&str> {
    match schema.get("allOf").and_then(Value::as_array).map(Vec::as_slice) {
        Some([only]) if schema.get("properties").is_none() => reference(only),
        _ => reference(schema),
    }
}

/// A named schema or one that names it, followed to the end; none for a circle.
pub fn follow<'a>(named: &'a Object, mut schema: &'a Value) -> Option<&'a Value> {
    for _ in 0..=named.len() {
        match alias(schema) {
            Some(name) => schema = named.get(name)?,
            None => return Some(schema),
        }
    }
    None
}
