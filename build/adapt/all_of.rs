//! Joins the parts of a schema to one object. The generator's way of joining ends
//! in types that no value fits where parts differ.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::walk::{self, Object, alias, reference};

/// Joins the named schemas of a document; all that have parts are named by now.
pub fn adapt(document: &mut Value, warnings: &mut Vec<String>) {
    let Some(schemas) = walk::named(document) else { return };
    let before = schemas.clone();
    for (name, schema) in schemas.iter_mut() {
        if !is_joined(schema) {
            continue;
        }
        *schema = join(name, schema, &before).unwrap_or_else(|| {
            warnings.push(format!(
                "/components/schemas/{name}: its parts are of different types, so it is any JSON"
            ));
            json!({})
        });
    }
}

/// Joins a schema; none where its parts cannot be one.
pub fn join(name: &str, schema: &Value, schemas: &Object) -> Option<Value> {
    let mut join = Join::new(name, schemas);
    join.add(schema, true);
    join.end(schema)
}

/// Whether a schema has parts, or alternatives beside properties of its own. With a
/// tag that tells them apart, alternatives stay.
fn is_joined(schema: &Value) -> bool {
    let alternatives = schema.get("oneOf").is_some() || schema.get("anyOf").is_some();
    let has_own = schema["properties"].as_object().is_some_and(|some| !some.is_empty());
    let is_tagged = schema["discriminator"]["propertyName"].is_string() && alternatives;
    !is_tagged && (schema.get("allOf").is_some() || (alternatives && has_own))
}

/// What the parts say so far.
struct Join<'a> {
    schemas: &'a Object,
    seen: BTreeSet<String>,
    properties: Object,
    required: Vec<Value>,
    rest: Option<Value>,
    /// A part that is no object.
    other: Option<Value>,
    fails: bool,
}

impl<'a> Join<'a> {
    fn new(name: &str, schemas: &'a Object) -> Self {
        Self {
            schemas,
            seen: BTreeSet::from([name.to_owned()]),
            properties: Object::new(),
            required: Vec::new(),
            rest: None,
            other: None,
            fails: false,
        }
    }

    /// Adds a part. What only one of several alternatives has is not required.
    fn add(&mut self, part: &Value, always: bool) {
        if let Some(name) = reference(part) {
            if self.seen.insert(name.to_owned())
                && let Some(part) = self.schemas.get(name)
            {
                self.add_named(name, part, always);
            }
            return;
        }
        self.add_own(part, always);
        for inner in part["allOf"].as_array().into_iter().flatten() {
            self.add(inner, always);
        }
        for key in ["oneOf", "anyOf"] {
            for inner in part[key].as_array().into_iter().flatten() {
                self.add(inner, false);
            }
        }
    }

    /// Adds a part by its name. One of whose kinds the whole is gives only what all
    /// kinds have.
    fn add_named(&mut self, name: &str, part: &Value, always: bool) {
        let members = ["oneOf", "anyOf"].into_iter().filter_map(|key| part[key].as_array());
        let is_kind = members.flatten().any(|kind| {
            reference(kind).is_some_and(|kind| kind != name && self.seen.contains(kind))
        });
        if is_kind {
            self.add_own(part, always);
            for inner in part["allOf"].as_array().into_iter().flatten() {
                self.add(inner, always);
            }
        } else if part["type"].is_string() && part["type"] != "object" {
            self.add_other(json!({ "$ref": format!("{}{name}", walk::SCHEMAS) }));
        } else {
            self.add(part, always);
        }
    }

    fn add_own(&mut self, part: &Value, always: bool) {
        if part["type"].is_string() && part["type"] != "object" {
            let mut part = part.clone();
            if let Some(part) = part.as_object_mut() {
                part.retain(|key, _| !matches!(key.as_str(), "allOf" | "oneOf" | "anyOf"));
            }
            self.add_other(part);
            return;
        }
        for (key, property) in part["properties"].as_object().into_iter().flatten() {
            let joined = match self.properties.get(key) {
                Some(before) => joined(before, property, self.schemas),
                None => property.clone(),
            };
            self.properties.insert(key.clone(), joined);
        }
        if let (true, Some(required)) = (always, part["required"].as_array()) {
            self.required.extend(required.iter().cloned());
        }
        if let Some(rest) = part.get("additionalProperties") {
            self.rest = Some(rest.clone());
        }
    }

    fn add_other(&mut self, part: Value) {
        match &self.other {
            Some(other) if *other != part => match narrower(other, &part, self.schemas) {
                Some(narrower) => self.other = Some(narrower),
                None => self.fails = true,
            },
            _ => self.other = Some(part),
        }
    }

    /// The whole; none where its parts cannot be one.
    fn end(self, schema: &Value) -> Option<Value> {
        let is_object = !self.properties.is_empty() || self.rest.is_some();
        let mut whole = match (self.other, is_object) {
            _ if self.fails => return None,
            (Some(_), true) => return None,
            (Some(other), false) if other.get("$ref").is_some() => json!({ "allOf": [other] }),
            (Some(other), false) => other,
            (None, _) => json!({"type": "object", "properties": self.properties}),
        };
        if let Some(description) = schema.get("description") {
            whole["description"] = description.clone();
        }
        if !self.required.is_empty() && is_object {
            whole["required"] = Value::Array(self.required);
        }
        if let (true, Some(rest)) = (is_object, self.rest) {
            let open = whole["properties"].as_object().is_some_and(|some| !some.is_empty());
            whole["additionalProperties"] = if open { json!({}) } else { rest };
        }
        Some(whole)
    }
}

/// What a property is of which two parts speak.
fn joined(before: &Value, after: &Value, schemas: &Object) -> Value {
    let says = |schema: &Value| alias(schema).is_some() || schema["type"].is_string();
    if before == after || !says(after) {
        return before.clone();
    }
    if !says(before) {
        return after.clone();
    }
    narrower(before, after, schemas).unwrap_or_else(|| json!({}))
}

/// The one of two schemas of the same type that says more; else the later.
fn narrower(before: &Value, after: &Value, schemas: &Object) -> Option<Value> {
    let kind = |schema| walk::follow(schemas, schema).map(|end| (end["type"].clone(), end.clone()));
    let ((first, before_end), (second, after_end)) = (kind(before)?, kind(after)?);
    let same = first == second && first.is_string();
    let keeps = before_end.get("enum").is_some() && after_end.get("enum").is_none();
    same.then(|| if keeps { before.clone() } else { after.clone() })
}
