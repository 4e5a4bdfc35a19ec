//! Responses of a server that is newer than the document: an enum has a new value, an object
//! has a new field, an optional field is absent, or a nullable one is null. A list or map may
//! always be absent or null.

use serde_json::{Map, Value, json};

const UNKNOWN: &str = "addedLater";

/// The depth limit for schemas, some of which are recursive.
const DEEPEST: usize = 8;

/// Returns the bodies that a newer server may send, with the current one first.
pub fn bodies(document: &Value, schema: &Value) -> Vec<Value> {
    let schemas = Schemas(document);
    let full = schemas.instance(schema, 0);
    let newer = schemas.newer(schema, &full, 0);
    [full].into_iter().chain(newer).collect()
}

/// Resolves references, merges `allOf`, and replaces alternatives with the first.
pub fn resolved(document: &Value, schema: &Value) -> Value {
    Schemas(document).resolve(schema)
}

/// Reduces a body to the part that this version of the client understands. Null and empty
/// values count as absent.
pub fn known(body: &Value) -> Value {
    match body {
        Value::Object(fields) => fields
            .iter()
            .filter(|(name, _)| *name != UNKNOWN)
            .map(|(name, value)| (name.clone(), known(value)))
            .filter(|(_, value)| !is_empty(value))
            .collect(),
        Value::Array(elements) => elements.iter().map(known).collect(),
        other => other.clone(),
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Object(fields) => fields.is_empty(),
        Value::Array(elements) => elements.is_empty(),
        _ => false,
    }
}

struct Schemas<'a>(&'a Value);

impl Schemas<'_> {
    /// Resolves references, merges `allOf`, and replaces alternatives with the first.
    fn resolve(&self, schema: &Value) -> Value {
        if let Some(reference) = schema["$ref"].as_str() {
            return self.resolve(self.0.pointer(&reference[1..]).unwrap());
        }
        let mut whole = schema.as_object().unwrap().clone();
        let parts = whole.remove("allOf");
        for part in parts.iter().filter_map(Value::as_array).flatten() {
            join(&mut whole, self.resolve(part));
        }
        for key in ["oneOf", "anyOf"] {
            let Some(several) = whole.remove(key) else { continue };
            let is_null = |one: &Value| one["enum"] == json!([null]);
            let several = several.as_array().unwrap();
            if several.iter().any(is_null) {
                whole.insert("nullable".to_owned(), true.into());
            }
            let first = several.iter().find(|one| !is_null(one)).unwrap();
            join(&mut whole, self.resolve(first));
        }
        Value::Object(whole)
    }

    /// Builds a value with every field of the schema.
    fn instance(&self, schema: &Value, depth: usize) -> Value {
        let schema = self.resolve(schema);
        if let Some(values) = schema.get("enum") {
            return values[0].clone();
        }
        if depth > DEEPEST {
            return Value::Null;
        }
        match (schema["type"].as_str(), schema["format"].as_str()) {
            (Some("array"), _) => json!([self.instance(&schema["items"], depth + 1)]),
            (Some("string"), Some("date-time")) => json!("2026-06-01T12:00:00Z"),
            (Some("string"), _) => json!("text"),
            (Some("boolean"), _) => json!(true),
            (Some("integer"), _) => json!(1),
            (Some("number"), _) => json!(1.5),
            _ => {
                let fields = properties(&schema);
                let mut object: Map<String, Value> = fields
                    .map(|(name, property)| (name.clone(), self.instance(property, depth + 1)))
                    .collect();
                let rest = &schema["additionalProperties"];
                if rest.as_object().is_some_and(|rest| !rest.is_empty()) {
                    object.insert("any".to_owned(), self.instance(rest, depth + 1));
                }
                Value::Object(object)
            }
        }
    }

    /// Returns every variant of the value with one change of a newer server.
    fn newer(&self, schema: &Value, value: &Value, depth: usize) -> Vec<Value> {
        let schema = self.resolve(schema);
        let mut newer = Vec::new();
        if schema["nullable"] == true || (depth > 0 && is_collection(&schema)) {
            newer.push(Value::Null);
        }
        if schema.get("enum").is_some() {
            newer.push(json!("ADDED_LATER"));
        }
        if let (Value::Array(elements), true) = (value, depth <= DEEPEST) {
            newer.push(json!([]));
            let changed = self.newer(&schema["items"], &elements[0], depth + 1);
            newer.extend(changed.into_iter().map(|element| json!([element])));
        }
        if let (Value::Object(fields), true) = (value, depth <= DEEPEST) {
            let with = |name: &str, field: Value| {
                let mut fields = fields.clone();
                fields.insert(name.to_owned(), field);
                Value::Object(fields)
            };
            newer.push(with(UNKNOWN, json!({"any": [1, null, "thing"]})));
            let required = schema["required"].as_array();
            for (name, property) in properties(&schema) {
                let is_required = required.is_some_and(|names| names.contains(&json!(name)));
                if !is_required || is_collection(&self.resolve(property)) {
                    let mut fields = fields.clone();
                    fields.remove(name);
                    newer.push(Value::Object(fields));
                }
                let changed = self.newer(property, &fields[name], depth + 1);
                newer.extend(changed.into_iter().map(|field| with(name, field)));
            }
        }
        newer
    }
}

/// Whether values of a schema are lists or maps.
fn is_collection(schema: &Value) -> bool {
    let kind = schema["type"].as_str();
    kind == Some("array") || (kind == Some("object") && schema["properties"].is_null())
}

fn properties(schema: &Value) -> impl Iterator<Item = (&String, &Value)> {
    schema["properties"].as_object().into_iter().flatten()
}

/// Merges a part of an `allOf` into the whole.
fn join(whole: &mut Map<String, Value>, part: Value) {
    let Value::Object(part) = part else { return };
    for (key, value) in part {
        match (whole.get_mut(&key), value) {
            (Some(Value::Object(before)), Value::Object(more)) => before.extend(more),
            (Some(Value::Array(before)), Value::Array(more)) => before.extend(more),
            (Some(_), _) => {}
            (None, value) => {
                whole.insert(key, value);
            }
        }
    }
}
