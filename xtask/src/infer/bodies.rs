//! Finds the bodies that have examples and no type: JSON bodies of requests and
//! of successes. The build has one error for all other answers and ignores what
//! they hold, so nothing is inferred for them.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::name;
use crate::pointer::Pointer;

/// A body without a type.
pub struct Body<'a> {
    /// The place of its media type object.
    pub place: String,
    /// What its name begins with, in PascalCase.
    pub name: String,
    /// What it is, for people.
    pub what: String,
    pub examples: Vec<&'a Value>,
}

/// Finds them in the order of their places: shared ones first, then by path and
/// method.
pub fn find(document: &Value) -> Vec<Body<'_>> {
    let mut search = Search { document, shared: BTreeMap::new(), bodies: Vec::new() };
    for (path, item) in entries(&document["paths"]) {
        let at = Pointer::default().join("paths").join(path);
        for method in ["delete", "get", "head", "options", "patch", "post", "put", "trace"] {
            if let Some(operation) = item.get(method) {
                search.operation(path, method, operation, &at.join(method));
            }
        }
    }
    let mut bodies: Vec<Body> = search.shared.into_values().flatten().collect();
    bodies.append(&mut search.bodies);
    bodies
}

struct Search<'a> {
    document: &'a Value,
    /// The bodies in components that operations refer to, by their places.
    shared: BTreeMap<String, Vec<Body<'a>>>,
    bodies: Vec<Body<'a>>,
}

impl<'a> Search<'a> {
    fn operation(&mut self, path: &str, method: &str, operation: &'a Value, at: &Pointer) {
        let name = operation["operationId"]
            .as_str()
            .and_then(name::pascal)
            .or_else(|| name::pascal(&format!("{method} {path}")))
            .unwrap_or_default();
        let whose = format!("{} {path}", method.to_uppercase());
        if let Some(request) = operation.get("requestBody") {
            let what = format!("request of {whose}");
            self.holder(request, &at.join("requestBody"), &format!("{name}Request"), &what);
        }
        let successes = entries(&operation["responses"]).filter(|(status, _)| is_success(status));
        for (index, (status, response)) in successes.enumerate() {
            let at = at.join("responses").join(status);
            let status_in_name = if index == 0 { "" } else { status };
            let name = format!("{name}Response{status_in_name}");
            self.holder(response, &at, &name, &format!("{status} response of {whose}"));
        }
    }

    /// A request body or a response, or a reference to one in components.
    fn holder(&mut self, holder: &'a Value, at: &Pointer, name: &str, what: &str) {
        if holder.get("$ref").is_none() {
            self.bodies.extend(self.untyped(holder, &at.to_string(), name, what));
        } else if let Some((place, holder)) = self.resolve(holder)
            && !self.shared.contains_key(&place)
        {
            let kind = if place.contains("/requestBodies/") { "Request" } else { "Response" };
            let component = place.rsplit('/').next().and_then(name::pascal).unwrap_or_default();
            let component = component.strip_suffix(kind).unwrap_or(&component);
            let bodies = self.untyped(holder, &place, &format!("{component}{kind}"), &place);
            self.shared.insert(place, bodies);
        }
    }

    /// What a reference in components leads to, and its place.
    fn resolve(&self, mut value: &'a Value) -> Option<(String, &'a Value)> {
        const MOST_HOPS: usize = 8;
        let mut place = "";
        for _ in 0..MOST_HOPS {
            let Some(reference) = value.get("$ref") else {
                return Some((place.to_owned(), value));
            };
            place = reference.as_str()?.strip_prefix('#')?;
            value = self.document.pointer(place).filter(|_| place.starts_with("/components/"))?;
        }
        None
    }

    /// The bodies of a request or of a response, one for each media type.
    fn untyped(&self, holder: &'a Value, at: &str, name: &str, what: &str) -> Vec<Body<'a>> {
        let untyped = entries(&holder["content"]).filter(|(media_type, content)| {
            is_json(media_type) && content.is_object() && says_nothing(content.get("schema"))
        });
        let bodies = untyped.map(|(media_type, content)| {
            let place = Pointer::default().join(media_type);
            Body {
                place: format!("{at}/content{place}"),
                name: name.to_owned(),
                what: what.to_owned(),
                examples: self.examples(content),
            }
        });
        bodies.filter(|body| !body.examples.is_empty()).collect()
    }

    fn examples(&self, content: &'a Value) -> Vec<&'a Value> {
        let mut examples: Vec<&Value> = content.get("example").into_iter().collect();
        for (_, example) in entries(&content["examples"]) {
            examples.extend(self.resolve(example).and_then(|(_, example)| example.get("value")));
        }
        let schema = &content["schema"];
        examples.extend(schema.get("example"));
        examples.extend(schema["examples"].as_array().into_iter().flatten());
        examples
    }
}

/// The entries of an object that are no extensions; none of anything else.
fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    let entries = value.as_object().into_iter().flatten();
    entries.filter(|(key, _)| !key.starts_with("x-"))
}

fn is_success(status: &str) -> bool {
    status.len() == 3 && status.starts_with('2')
}

fn is_json(media_type: &str) -> bool {
    let media_type = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    media_type == "application/json" || media_type.ends_with("+json")
}

/// Keywords with which a schema says nothing of the types of values.
const WORDS: [&str; 7] =
    ["title", "description", "example", "examples", "externalDocs", "deprecated", "$comment"];

/// Whether no schema is there, or none that types more than `object` or `array`.
/// One with `additionalProperties` says that the object is a map.
fn says_nothing(schema: Option<&Value>) -> bool {
    let mut next = schema;
    while let Some(schema) = next {
        let Value::Object(keywords) = schema else {
            return *schema == Value::Bool(true);
        };
        if !keywords.iter().all(|(keyword, value)| is_silent(keyword, value)) {
            return false;
        }
        next = keywords.get("items");
    }
    true
}

fn is_silent(keyword: &str, value: &Value) -> bool {
    match keyword {
        "type" => types(value).all(|kind| matches!(kind, "object" | "array" | "null")),
        "properties" => value.as_object().is_some_and(Map::is_empty),
        "required" => value.as_array().is_some_and(Vec::is_empty),
        "items" | "nullable" => true,
        _ => keyword.starts_with("x-") || WORDS.contains(&keyword),
    }
}

/// What stays of a schema that says nothing when it gets a type.
pub fn words(schema: &Value) -> Map<String, Value> {
    let keywords = schema.as_object().into_iter().flatten();
    keywords
        .filter(|(keyword, _)| keyword.starts_with("x-") || WORDS.contains(&keyword.as_str()))
        .map(|(keyword, value)| (keyword.clone(), value.clone()))
        .collect()
}

/// Whether a schema says that a value may be null.
pub fn is_nullable(schema: &Value) -> bool {
    schema["nullable"] == true || types(&schema["type"]).any(|kind| kind == "null")
}

fn types(value: &Value) -> impl Iterator<Item = &str> {
    let several = value.as_array().map(Vec::as_slice).unwrap_or_default();
    let one = if value.is_array() { None } else { Some(value) };
    several.iter().chain(one).map(|kind| kind.as_str().unwrap_or_default())
}
