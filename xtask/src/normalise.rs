//! Joins the parts of `allOf` into one object, so that no user's build has to. If parts differ,
//! the generator would join them into a type without values.
//!
//! A schema that was only a part of others is dropped. A second run changes nothing.

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::places::{self, Node, Pointer, SCHEMAS, elements, entries};

/// Normalises a converted document in place.
///
/// An error leaves the document half normalised.
pub fn normalise(document: &mut Value) -> Result<()> {
    let earlier = document.clone();
    for (name, schema) in Node::root(&earlier, ()).key("components").key("schemas").entries() {
        if has_parts(&schema) {
            let mut joined = json!({"type": "object"});
            add(&mut joined, &schema, &[])?;
            for (key, value) in entries(&schema).filter(|(key, _)| is_word(key)) {
                joined[key] = value.clone();
            }
            document["components"]["schemas"][name] = joined;
        }
    }
    // A part without references would become a type that no operation uses.
    let gone = &referred(&earlier) - &referred(document);
    if let Some(Value::Object(schemas)) = document.pointer_mut("/components/schemas") {
        schemas.retain(|name, _| !gone.contains(&format!("{SCHEMAS}{name}")));
    }
    Ok(())
}

/// The targets of all references in a document.
fn referred(document: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    places::references(document, &mut |reference| _ = found.insert(reference.to_owned()));
    found
}

/// Whether a schema joins others: it is not an alias, and not all of its parts are only
/// alternatives of required fields.
fn has_parts(schema: &Value) -> bool {
    let mut parts = elements(&schema["allOf"]);
    places::lone_reference(schema).is_none() && parts.any(|part| !places::is_choice(part))
}

/// Whether a keyword does not constrain values.
fn is_word(key: &str) -> bool {
    matches!(key, "title" | "description" | "example" | "deprecated") || key.starts_with("x-")
}

/// Adds a part to an object. The part is nested in the schemas `within`.
fn add(whole: &mut Value, part: &Node, within: &[Pointer]) -> Result<()> {
    let target = part.resolved();
    ensure(!within.contains(&target.at), part, "refers back to a schema that contains it")?;
    ensure(!target.is_null(), part, "refers to a schema that does not exist")?;
    let within = [within, std::slice::from_ref(&target.at)].concat();
    for (key, value) in target.entries().into_iter().filter(|(key, _)| !is_word(key)) {
        match key {
            "allOf" => value.elements().iter().try_for_each(|part| add(whole, part, &within))?,
            "properties" => {
                for (name, property) in value.entries() {
                    // A later part has to describe a property at least as precisely.
                    let earlier = &whole["properties"][name];
                    let is_more = is_more(earlier, &property, property.document);
                    ensure(is_more, &property, "has another type than in an earlier part")?;
                    whole["properties"][name] = property.value.clone();
                }
            }
            "required" => {
                let before = whole[key].take();
                let more =
                    elements(&value).filter(|name| !elements(&before).any(|one| one == *name));
                whole[key] = elements(&before).chain(more).cloned().collect();
            }
            // `false` would forbid the properties of the other parts.
            "additionalProperties" if *value == false => {}
            "additionalProperties" if value.is_boolean() => whole[key] = json!({}),
            "additionalProperties" => whole[key] = value.value.clone(),
            _ => {
                let is_object = key == "type" && *value == "object";
                ensure(is_object, &value, "describes more than the properties of an object")?;
            }
        }
    }
    Ok(())
}

/// Whether a property is at least as precise as an earlier one of the same name.
fn is_more(earlier: &Value, property: &Value, document: &Value) -> bool {
    let [first, second] = [earlier, property].map(|schema| {
        let name = places::lone_reference(schema).or_else(|| places::nullable_reference(schema));
        name.map_or(schema, |name| &document["components"]["schemas"][name])
    });
    // A lost format could print a secret. References inside may be recursive.
    let is_kept = |key: &&str| first[key].is_null() || first[key] == second[key];
    let is_inner = |key: &&str| {
        first[key].get("type").is_none() || is_more(&first[key], &second[key], document)
    };
    ["type", "format"].iter().all(is_kept)
        && ["items", "additionalProperties"].iter().all(is_inner)
        && first["enum"].is_array() <= second["enum"].is_array()
}

fn ensure(holds: bool, node: &Node, what: &str) -> Result<()> {
    let cure = "describe the whole object in xtask/spec/api";
    holds.then_some(()).with_context(|| format!("cannot join {}: it {what}; {cure}", node.at))
}
