//! Parameters in the few forms that the generator can put on the wire.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::marker;
use super::names::snake;
use super::operations::Source;
use super::walk::{self, Object};

/// Names that the generated `send` and the setters around it use.
const TAKEN: [&str; 7] = ["new", "send", "stream", "body", "body_map", "header_map", "encode_path"];

/// Of these headers HTTP decides, not a parameter (OpenAPI 3.0.3, 4.7.12.1), and of
/// the last one the client: `Client::for_number`.
const IGNORED: [&str; 4] = ["accept", "content-type", "authorization", "x-whatsapp-number-id"];

/// The layer sends one where the caller gives none.
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// Adapts the parameters of an operation, those of its path among them.
pub fn adapt(
    source: &Source,
    operation: &mut Value,
    notes: &mut Vec<String>,
) -> Result<(), String> {
    let mut parameters: Vec<Value> = Vec::new();
    for parameter in [&*operation, source.item].into_iter().flat_map(given) {
        let is_same =
            |other: &Value| other["name"] == parameter["name"] && other["in"] == parameter["in"];
        if !parameters.iter().any(is_same) {
            parameters.push(parameter.clone());
        }
    }
    let empty = Object::new();
    let named = source.schemas.as_object().unwrap_or(&empty);
    let in_path = names_in(source.path);
    let mut adapted = Vec::new();
    for mut parameter in parameters {
        let name = parameter["name"].as_str().unwrap_or_default().to_owned();
        match adapt_one(&mut parameter, named, &in_path) {
            Ok(parameters) => adapted.extend(parameters),
            Err(reason) if parameter["required"] == true => {
                return Err(format!("its parameter `{name}` {reason}"));
            }
            Err(reason) => notes.push(format!("the parameter `{name}` is left out: it {reason}")),
        }
    }
    for name in &in_path {
        let is_it = |parameter: &Value| parameter["in"] == "path" && parameter["name"] == *name;
        if !adapted.iter().any(is_it) {
            adapted.push(plain(json!({"name": name, "in": "path", "required": true}), None));
        }
    }
    tell_apart(&mut adapted, &in_path);
    if let Some(operation) = operation.as_object_mut() {
        operation.remove("parameters");
        if !adapted.is_empty() {
            operation.insert("parameters".to_owned(), Value::Array(adapted));
        }
    }
    Ok(())
}

fn given(holder: &Value) -> impl Iterator<Item = &Value> {
    holder.get("parameters").and_then(Value::as_array).into_iter().flatten()
}

/// The names in the braces of a path.
fn names_in(path: &str) -> Vec<String> {
    let parts = path.split('{').skip(1);
    parts.filter_map(|part| Some(part.split_once('}')?.0.to_owned())).collect()
}

/// One parameter as the generator takes it: maybe none, maybe several.
fn adapt_one(
    parameter: &mut Value,
    named: &Object,
    in_path: &[String],
) -> Result<Vec<Value>, String> {
    let name = parameter["name"].as_str().unwrap_or_default().to_owned();
    let schema = parameter.get("schema").and_then(|schema| walk::follow(named, schema)).cloned();
    let style = parameter["style"].as_str().unwrap_or_default().to_owned();
    if parameter.get("schema").is_some_and(|schema| holds_secret(schema, named, DEEPEST)) {
        let place = parameter["in"].as_str().unwrap_or_default().to_owned();
        // Without it, what it was for cannot be asked.
        parameter["required"] = json!(place == "path" || parameter["required"] == true);
        return Err(format!(
            "is a secret, and a {place} is no place for one; \
             take the format `password` from it in an overlay"
        ));
    }
    if parameter["in"] == "query" && parameter.get("content").is_some() {
        return Ok(vec![plain(parameter.take(), None)]);
    }
    match (parameter["in"].as_str().unwrap_or_default(), style.as_str()) {
        ("path", "" | "simple") if in_path.contains(&name) => {
            parameter["required"] = json!(true);
            Ok(vec![plain(parameter.take(), schema.as_ref())])
        }
        ("path", "" | "simple") => {
            parameter["required"] = json!(false);
            Err("is not in the path".to_owned())
        }
        ("header", "" | "simple") => header(&name, parameter, schema.as_ref()),
        ("query", "" | "form" | "deepObject" | "spaceDelimited" | "pipeDelimited") => {
            query(&name, &style, parameter, schema.as_ref(), named)
        }
        ("cookie", _) => Err("is a cookie, which is not supported".to_owned()),
        (_, style) => Err(format!("has the style `{style}`, which is not supported")),
    }
}

/// How deep a secret is looked for in lists and objects.
const DEEPEST: usize = 4;

/// Whether a parameter would show a secret. URLs are in the logs of whoever is on
/// the way, and no secret can be printed into a header.
fn holds_secret(schema: &Value, named: &Object, depth: usize) -> bool {
    let Some(schema) = walk::follow(named, schema).filter(|_| depth > 0) else { return false };
    let properties = schema["properties"].as_object().into_iter().flat_map(Object::values);
    let mut within = schema.get("items").into_iter().chain(properties);
    (schema["type"] == "string" && schema["format"] == "password")
        || within.any(|inner| holds_secret(inner, named, depth - 1))
}

fn header(name: &str, parameter: &mut Value, schema: Option<&Value>) -> Result<Vec<Value>, String> {
    if IGNORED.contains(&name.to_ascii_lowercase().as_str()) {
        return Ok(Vec::new());
    }
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if name.is_empty() || !name.bytes().all(fits) {
        return Err("has a name that no header has".to_owned());
    }
    if name.eq_ignore_ascii_case(IDEMPOTENCY_KEY) {
        parameter["required"] = json!(false);
    }
    Ok(vec![plain(parameter.take(), schema)])
}

fn query(
    name: &str,
    style: &str,
    parameter: &mut Value,
    schema: Option<&Value>,
    named: &Object,
) -> Result<Vec<Value>, String> {
    let Some(schema) = schema else { return Ok(vec![plain(parameter.take(), None)]) };
    if style == "deepObject" {
        let kinds = alternatives(schema).filter_map(|kind| walk::follow(named, kind));
        let kinds: Vec<&Value> = kinds.chain([schema]).collect();
        let objects = kinds.iter().filter_map(|kind| kind["properties"].as_object());
        let mut adapted: Vec<Value> = objects
            .flat_map(|object| split(parameter, object, named, |key| format!("{name}[{key}]")))
            .collect();
        if let Some(scalar) = kinds.iter().find(|kind| is_scalar(kind)) {
            adapted.push(plain(parameter.clone(), Some(scalar)));
        }
        if adapted.is_empty() {
            return Err("is a deep object without properties, which is not supported".to_owned());
        }
        return Ok(adapted);
    }
    let joined = parameter["explode"] == false || (style != "form" && !style.is_empty());
    Ok(match schema["properties"].as_object() {
        // Its properties are parameters of their own.
        Some(object) if !joined => split(parameter, object, named, str::to_owned).collect(),
        _ if is_scalar(schema) || (!joined && is_writable(schema, named)) => {
            vec![bare(parameter.take())]
        }
        _ => vec![plain(parameter.take(), None)],
    })
}

/// A parameter for each property of an object.
fn split<'a>(
    parameter: &'a Value,
    object: &'a Object,
    named: &'a Object,
    name: impl Fn(&str) -> String + 'a,
) -> impl Iterator<Item = Value> + 'a {
    object.iter().map(move |(key, schema)| {
        let mut own = parameter.clone();
        own["name"] = json!(name(key));
        own["required"] = json!(false);
        own["schema"] = schema.clone();
        if let Some(description) = schema.get("description") {
            own["description"] = description.clone();
        }
        if is_writable(schema, named) { bare(own) } else { plain(own, None) }
    })
}

fn alternatives(schema: &Value) -> impl Iterator<Item = &Value> {
    let lists = ["oneOf", "anyOf"].into_iter().filter_map(|key| schema.get(key)?.as_array());
    lists.flatten()
}

fn is_scalar(schema: &Value) -> bool {
    matches!(schema["type"].as_str(), Some("string" | "integer" | "number" | "boolean"))
}

/// Whether a value can be written as the parameters of a query: one value, a list of
/// such, or either.
fn is_writable(schema: &Value, named: &Object) -> bool {
    let Some(schema) = walk::follow(named, schema) else { return false };
    let item = || schema.get("items").and_then(|item| walk::follow(named, item));
    let either = |kind: &Value| walk::follow(named, kind).is_some_and(is_scalar);
    is_scalar(schema)
        || (schema["type"] == "array" && item().is_some_and(is_scalar))
        || (alternatives(schema).next().is_some() && alternatives(schema).all(either))
}

/// A parameter of one plain value, which is written as it prints itself. What
/// prints itself otherwise is text, and the caller's to write.
fn plain(mut parameter: Value, schema: Option<&Value>) -> Value {
    let is_enum = schema.is_some_and(|schema| schema["enum"].is_array());
    let kind = schema.and_then(|schema| schema["type"].as_str());
    match kind {
        Some("string") if is_enum => {}
        Some(kind @ ("integer" | "number" | "boolean")) => {
            parameter["schema"] = json!({ "type": kind });
        }
        _ => parameter["schema"] = json!({"type": "string"}),
    }
    bare(parameter)
}

/// Without what the generator does not read. It cannot say null in a parameter.
fn bare(mut parameter: Value) -> Value {
    if let Some(entries) = parameter.as_object_mut() {
        let known = ["name", "in", "required", "description", "schema"];
        entries.retain(|key, _| known.contains(&key.as_str()));
        let schema = entries.entry("schema").or_insert_with(|| json!({"type": "string"}));
        if let Some(schema) = schema.as_object_mut() {
            schema.remove("nullable");
        }
    }
    parameter
}

/// Gives each parameter a Rust name of its own. Those of the path come first, so
/// that their names depend on nothing but the path.
fn tell_apart(parameters: &mut [Value], in_path: &[String]) {
    let mut taken: BTreeSet<String> = TAKEN.iter().map(ToString::to_string).collect();
    parameters.sort_by_key(|parameter| {
        let place = in_path.iter().position(|name| parameter["name"] == *name);
        place.filter(|_| parameter["in"] == "path").unwrap_or(usize::MAX)
    });
    for parameter in parameters {
        let name = parameter["name"].as_str().unwrap_or_default();
        let name = marker::distinct(name, &mut taken, snake);
        parameter["name"] = json!(name);
    }
}

/// A path with its parameters as they are told apart.
pub fn marked(path: &str) -> String {
    let mut taken: BTreeSet<String> = TAKEN.iter().map(ToString::to_string).collect();
    let mut names: Vec<String> = Vec::new();
    let mut marked = path.to_owned();
    for name in names_in(path) {
        if !names.contains(&name) {
            let distinct = marker::distinct(&name, &mut taken, snake);
            marked = marked.replace(&format!("{{{name}}}"), &format!("{{{distinct}}}"));
            names.push(name);
        }
    }
    marked
}
