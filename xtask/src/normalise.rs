//! Joins the parts of a schema to one object, so that no build of a user has to. The
//! generator's way of joining ends in types that no value fits where parts differ.
//!
//! What was only a part of others is dropped. Twice is the same as once.

#[cfg(test)]
mod tests;

use anyhow::Result;
use serde_json::{Value, json};

use crate::places::{self, elements, entries};
use crate::pointer::Pointer;

/// Normalises a converted document in place.
///
/// On an error the document is left half normalised.
pub fn normalise(document: &mut Value) -> Result<()> {
    let before = places::reached(document, [&*document]);
    let schemas = document["components"]["schemas"].clone();
    for (name, schema) in entries(&schemas).filter(|(_, schema)| has_parts(schema)) {
        let mut whole = Whole { schemas: &schemas, joined: json!({"type": "object"}) };
        whole.add(schema, &places::schema(name), &[name])?;
        for (key, value) in entries(schema).filter(|(key, _)| is_word(key)) {
            whole.joined[key] = value.clone();
        }
        document["components"]["schemas"][name] = whole.joined;
    }
    // A part that nothing refers to any more would be a type that nobody meets.
    let after = places::reached(document, [&*document]);
    let parts = before.difference(&after).filter_map(|place| place.rsplit_once('/'));
    for (holder, name) in parts.filter(|(holder, _)| *holder == "/components/schemas") {
        let schemas = document.pointer_mut(holder).and_then(Value::as_object_mut);
        schemas.and_then(|schemas| schemas.remove(name));
    }
    Ok(())
}

/// Whether a schema joins others: it is not a name for another, and its parts say more
/// than which fields have to be set.
fn has_parts(schema: &Value) -> bool {
    let mut parts = elements(&schema["allOf"]);
    places::lone_reference(schema).is_none() && parts.any(|part| !places::is_choice(part))
}

/// Whether a keyword says nothing of the values.
fn is_word(key: &str) -> bool {
    matches!(key, "title" | "description" | "example" | "deprecated") || key.starts_with("x-")
}

/// An object that its parts are added to.
struct Whole<'a> {
    schemas: &'a Value,
    joined: Value,
}

impl Whole<'_> {
    /// Adds a part of the schemas `within`.
    fn add(&mut self, part: &Value, at: &Pointer, within: &[&str]) -> Result<()> {
        if let Some(name) = places::reference(part) {
            ensure(!within.contains(&name), at, "leads back to the schema that it is a part of")?;
            ensure(!self.schemas[name].is_null(), at, "refers to nothing")?;
            let within = [within, &[name]].concat();
            return self.add(&self.schemas[name], &places::schema(name), &within);
        }
        for (key, value) in entries(part).filter(|(key, _)| !is_word(key)) {
            let at = at.join(key);
            match key.as_str() {
                "allOf" => {
                    for (index, part) in elements(value).enumerate() {
                        self.add(part, &at.join(index), within)?;
                    }
                }
                "properties" => self.add_properties(value, &at)?,
                "required" => self.require(value),
                // A part that allows no others would forbid those of the other parts.
                "additionalProperties" if *value == false => {}
                "additionalProperties" if value.is_boolean() => self.joined[key] = json!({}),
                "additionalProperties" => self.joined[key] = value.clone(),
                key => {
                    let is_object = key == "type" && value == "object";
                    ensure(is_object, &at, "says more than which properties an object has")?;
                }
            }
        }
        Ok(())
    }

    fn require(&mut self, names: &Value) {
        let before = self.joined["required"].take();
        let more = elements(names).filter(|name| !elements(&before).any(|other| other == *name));
        self.joined["required"] = elements(&before).chain(more).cloned().collect();
    }

    /// Adds properties. What a later part says of one is more than what an earlier one does.
    fn add_properties(&mut self, properties: &Value, at: &Pointer) -> Result<()> {
        for (name, after) in entries(properties) {
            let [first, second] = [&self.joined["properties"][name], after].map(|schema| {
                let name = places::lone_reference(schema);
                let name = name.or_else(|| places::nullable_reference(schema));
                name.map_or(schema, |name| &self.schemas[name])
            });
            let is_same = first["type"].is_null()
                || (first["type"] == second["type"]
                    && first["enum"].is_array() <= second["enum"].is_array());
            ensure(is_same, &at.join(name), "is of another type than in a part before it")?;
            self.joined["properties"][name] = after.clone();
        }
        Ok(())
    }
}

fn ensure(holds: bool, at: &Pointer, what: &str) -> Result<()> {
    anyhow::ensure!(
        holds,
        "cannot join {at}: it {what}; describe the whole object in xtask/spec/api"
    );
    Ok(())
}
