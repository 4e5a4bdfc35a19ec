//! An `allOf` of objects as the one object that the generator makes of it.

use serde_json::{Map, Value, json};

use super::uses::resolve;

/// Joins the branches of a schema, each looked up in `shared` before `own`. None
/// where they are not all objects.
pub fn merged(schema: &Value, shared: &Value, own: &Value) -> Option<Value> {
    const DEEPEST: usize = 16;
    let mut joined = Joined::default();
    joined.add(schema, shared, own, DEEPEST)?;
    Some(json!({
        "type": "object",
        "properties": joined.properties,
        "required": joined.required,
        "additionalProperties": joined.others,
    }))
}

struct Joined {
    properties: Map<String, Value>,
    required: Vec<Value>,
    others: Value,
}

impl Default for Joined {
    fn default() -> Self {
        Self { properties: Map::new(), required: Vec::new(), others: Value::Bool(true) }
    }
}

impl Joined {
    fn add(&mut self, schema: &Value, shared: &Value, own: &Value, depth: usize) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        let schema = schema.as_object()?;
        if let Some(reference) = schema.get("$ref") {
            let reference = reference.as_str()?;
            let target = resolve(shared, reference).or_else(|| resolve(own, reference))?;
            return self.add(target, shared, own, depth);
        }
        let joins = |key: &str| {
            matches!(key, "type" | "properties" | "required" | "additionalProperties" | "allOf")
                || matches!(key, "description" | "title" | "example" | "deprecated" | "nullable")
                || key.starts_with("x-")
        };
        if !schema.keys().all(|key| joins(key))
            || schema.get("type").is_some_and(|kind| kind != "object")
        {
            return None;
        }
        for branch in schema
            .get("allOf")
            .map_or(Some([].as_slice()), |all| all.as_array().map(Vec::as_slice))?
        {
            self.add(branch, shared, own, depth)?;
        }
        if let Some(properties) = schema.get("properties") {
            for (name, property) in properties.as_object()? {
                // One field described twice is joined in ways of its own.
                match self.properties.insert(name.clone(), property.clone()) {
                    Some(other) if other != *property => return None,
                    _ => {}
                }
            }
        }
        if let Some(required) = schema.get("required") {
            self.required.extend(required.as_array()?.iter().cloned());
        }
        if let Some(others) = schema.get("additionalProperties") {
            if *others != self.others && self.others != Value::Bool(true) {
                return None;
            }
            self.others = others.clone();
        }
        Some(())
    }
}
