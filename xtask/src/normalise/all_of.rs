//! Joins the parts of a schema to one object. The generator's way of joining ends
//! in types that no value fits where parts differ.

use anyhow::Result;
use serde_json::{Map, Value, json};

use crate::places::{self, elements, entries};
use crate::pointer::Pointer;

/// Joins the parts of the named schemas of a document.
pub fn flatten(document: &mut Value) -> Result<()> {
    let before = document["components"]["schemas"].clone();
    for (name, schema) in entries(&before).filter(|(_, schema)| has_parts(schema)) {
        let mut whole = joined(&before, schema, &places::schema(name), &[name])?;
        whole.insert("type".to_owned(), json!("object"));
        let own = entries(schema).filter(|(key, _)| is_word(key));
        whole.extend(own.map(|(key, value)| (key.clone(), value.clone())));
        document["components"]["schemas"][name] = whole.into();
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

/// What a part of the schemas `within` says by itself, then what its own parts say.
fn joined(
    schemas: &Value,
    part: &Value,
    at: &Pointer,
    within: &[&str],
) -> Result<Map<String, Value>> {
    if let Some(name) = places::reference(part) {
        ensure(!within.contains(&name), at, "leads back to the schema that it is a part of")?;
        ensure(!schemas[name].is_null(), at, "refers to nothing")?;
        let within = [within, &[name]].concat();
        return joined(schemas, &schemas[name], &places::schema(name), &within);
    }
    let mut whole = Map::new();
    for (key, value) in entries(part).filter(|(key, _)| *key != "allOf" && !is_word(key)) {
        let is_object = match key.as_str() {
            "type" => value == "object",
            key => ["properties", "required", "additionalProperties"].contains(&key),
        };
        ensure(is_object, &at.join(key), "says more than which properties an object has")?;
        // A part that allows no others would forbid those of the other parts.
        if value != false && key != "type" {
            whole.insert(key.clone(), value.clone());
        }
    }
    for (index, inner) in elements(&part["allOf"]).enumerate() {
        let at = at.join("allOf").join(index);
        for (key, value) in joined(schemas, inner, &at, within)? {
            match (key.as_str(), whole.get_mut(&key), value) {
                ("properties", Some(Value::Object(before)), Value::Object(after)) => {
                    add_properties(before, after, &at, schemas)?;
                }
                ("required", Some(Value::Array(before)), Value::Array(mut after)) => {
                    after.retain(|name| !before.contains(name));
                    before.append(&mut after);
                }
                (.., value) => drop(whole.insert(key, value)),
            }
        }
    }
    if whole.contains_key("additionalProperties") && whole.contains_key("properties") {
        // Of the properties that have no schema of their own.
        whole.insert("additionalProperties".to_owned(), json!({}));
    }
    Ok(whole)
}

fn add_properties(
    whole: &mut Map<String, Value>,
    part: Map<String, Value>,
    at: &Pointer,
    schemas: &Value,
) -> Result<()> {
    for (name, after) in part {
        let before = whole.get(&name).unwrap_or(&Value::Null);
        let [first, second] = [before, &after].map(|schema| end(schema, schemas));
        let (first_type, second_type) = (&first["type"], &second["type"]);
        let is_same = first_type.is_null() || second_type.is_null() || first_type == second_type;
        let what = format!("gives `{name}` another type than a part before it");
        ensure(is_same, at, &what)?;
        let says_less = first.get("enum").is_some() && second.get("enum").is_none();
        if before.is_null() || !(second_type.is_null() || says_less) {
            whole.insert(name, after);
        }
    }
    Ok(())
}

/// The schema that a schema refers to, or itself.
fn end<'a>(schema: &'a Value, schemas: &'a Value) -> &'a Value {
    let name = places::lone_reference(schema).or_else(|| places::nullable_reference(schema));
    name.map_or(schema, |name| &schemas[name])
}

fn ensure(holds: bool, at: &Pointer, what: &str) -> Result<()> {
    anyhow::ensure!(
        holds,
        "cannot join {at}: it {what}; describe the whole in xtask/spec/api or an overlay"
    );
    Ok(())
}
