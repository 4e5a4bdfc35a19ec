//! Joins the parts of a schema to one object. The generator's way of joining ends
//! in types that no value fits where parts differ.

use std::collections::BTreeSet;

use anyhow::{Result, anyhow};
use serde_json::{Map, Value, json};

use crate::places;
use crate::pointer::Pointer;

/// Joins the parts of the named schemas of a document.
pub fn flatten(document: &mut Value) -> Result<()> {
    let before = document["components"]["schemas"].clone();
    for name in places::schema_names(document) {
        if has_parts(&before[&name]) {
            let at = places::schema(&name);
            document["components"]["schemas"][&name] = flatten_all_of(&before, &name, &at)?;
        }
    }
    Ok(())
}

/// Whether a schema joins others: it is not a name for another, and its parts say more
/// than which fields have to be set.
fn has_parts(schema: &Value) -> bool {
    let is_choice = |part: &Value| {
        places::members(part).next().is_some() && places::members(part).all(places::is_rule)
    };
    places::lone_reference(schema).is_none()
        && schema["allOf"].as_array().is_some_and(|parts| !parts.iter().all(is_choice))
}

fn flatten_all_of(schemas: &Value, name: &str, at: &Pointer) -> Result<Value> {
    let open = vec![name.to_owned()];
    let mut join = Join { schemas, open, seen: BTreeSet::new(), whole: Map::new() };
    join.add(&schemas[name], at)?;
    let mut whole = join.whole;
    whole.insert("type".to_owned(), json!("object"));
    let is_open = whole.contains_key("additionalProperties") && whole.contains_key("properties");
    if is_open {
        // Of the properties that have no schema of their own.
        whole.insert("additionalProperties".to_owned(), json!({}));
    }
    let parts = places::elements(&schemas[name]["allOf"]);
    let named: Vec<Value> = parts.filter(|part| part.get("$ref").is_some()).cloned().collect();
    if !named.is_empty() {
        whole.insert(JOINED_FROM.to_owned(), named.into());
    }
    let own = places::entries(&schemas[name]).filter(|(key, _)| is_said_of_whole(key));
    whole.extend(own.map(|(key, value)| (key.clone(), value.clone())));
    Ok(whole.into())
}

/// Says of a schema which others it was joined from. They are in use where it is, though
/// nothing else refers to them.
const JOINED_FROM: &str = "x-joined-from";

/// Whether a keyword says nothing of the values.
fn is_said_of_whole(key: &str) -> bool {
    matches!(key, "title" | "description" | "example" | "deprecated") || key.starts_with("x-")
}

/// The parts so far.
struct Join<'a> {
    schemas: &'a Value,
    /// The schemas that the part is within.
    open: Vec<String>,
    /// The schemas that are added. Once more would add nothing.
    seen: BTreeSet<String>,
    whole: Map<String, Value>,
}

impl Join<'_> {
    /// Adds what a part says by itself, then its own parts.
    fn add(&mut self, part: &Value, at: &Pointer) -> Result<()> {
        if let Some(name) = places::reference(part) {
            let named = self.schemas.get(name).ok_or_else(|| refuse(at, "refers to nothing"))?;
            if self.open.iter().any(|open| open == name) {
                return Err(refuse(at, "leads back to the schema that it is a part of"));
            }
            if self.seen.insert(name.to_owned()) {
                self.open.push(name.to_owned());
                self.add(named, &places::schema(name))?;
                self.open.pop();
            }
            return Ok(());
        }
        for (key, value) in places::entries(part) {
            match key.as_str() {
                "properties" => self.add_properties(value, &at.join(key))?,
                "required" => self.require(value),
                "additionalProperties" if value != false => {
                    self.whole.insert(key.clone(), value.clone());
                }
                "type" if value == "object" => {}
                // A part that allows no others would forbid those of the other parts.
                "additionalProperties" | "allOf" => {}
                key if is_said_of_whole(key) => {}
                key => {
                    let what =
                        format!("holds `{key}`, and only objects with properties are joined");
                    return Err(refuse(at, &what));
                }
            }
        }
        for (index, inner) in places::elements(&part["allOf"]).enumerate() {
            self.add(inner, &at.join("allOf").join(index))?;
        }
        Ok(())
    }

    fn add_properties(&mut self, properties: &Value, at: &Pointer) -> Result<()> {
        let whole = self.whole.entry("properties").or_insert_with(|| json!({}));
        for (name, after) in places::entries(properties) {
            let joined = match whole.get(name) {
                Some(before) => narrower(before, after, self.schemas).ok_or_else(|| {
                    refuse(&at.join(name), "is of another type than the same property before it")
                })?,
                None => after,
            };
            whole[name] = joined.clone();
        }
        Ok(())
    }

    fn require(&mut self, names: &Value) {
        let whole = self.whole.entry("required").or_insert_with(|| json!([]));
        let known: BTreeSet<&str> = places::elements(whole).filter_map(Value::as_str).collect();
        let more: Vec<Value> = places::elements(names)
            .filter(|name| name.as_str().is_none_or(|name| !known.contains(name)))
            .cloned()
            .collect();
        whole.as_array_mut().into_iter().for_each(|whole| whole.extend(more.clone()));
    }
}

/// The one of two schemas of the same type that says more, else the later; none of
/// different types.
fn narrower<'a>(before: &'a Value, after: &'a Value, schemas: &Value) -> Option<&'a Value> {
    let (first, second) = (end(before, schemas), end(after, schemas));
    if before == after || !says_type(second) {
        return Some(before);
    }
    let keeps = first.get("enum").is_some() && second.get("enum").is_none();
    if !says_type(first) {
        return Some(after);
    }
    (first["type"] == second["type"]).then_some(if keeps { before } else { after })
}

fn says_type(schema: &Value) -> bool {
    schema["type"].is_string()
}

/// The schema that a schema refers to, or itself.
fn end<'a>(schema: &'a Value, schemas: &'a Value) -> &'a Value {
    let name = places::lone_reference(schema).or_else(|| places::nullable_reference(schema));
    name.map_or(schema, |name| &schemas[name])
}

fn refuse(at: &Pointer, what: &str) -> anyhow::Error {
    anyhow!("cannot join {at}: it {what}; describe the whole in an overlay")
}
