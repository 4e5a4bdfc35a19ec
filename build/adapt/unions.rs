//! Finds the schemas that are one of several. Each becomes a type with a variant for
//! each of them, and one more that keeps what is none of them.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::all_of;
use super::names::pascal;
use super::walk::{self, Object, alias, follow};

/// A schema that is one of several.
pub struct Union {
    /// The name of the type.
    pub name: String,
    pub description: String,
    /// The property whose value tells them apart; without one, the first that fits.
    pub tag: Option<String>,
    pub variants: Vec<Variant>,
}

/// One of several.
pub struct Variant {
    /// The name of the variant.
    pub name: String,
    /// What it holds.
    pub holds: Holds,
    /// The values of the tag that it has.
    pub tags: Vec<String>,
}

/// What a value is made of.
#[derive(Clone, PartialEq)]
pub enum Holds {
    Text,
    Secret,
    Integer,
    Number,
    Boolean,
    Any,
    Named(String),
    List(Box<Self>),
    Map(Box<Self>),
}

/// Takes the unions of a document out of it.
pub fn adapt(document: &mut Value, warnings: &mut Vec<String>) -> Vec<Union> {
    let before = walk::named(document).cloned().unwrap_or_default();
    // Nothing else is named after them.
    walk::schemas(document, &mut |schema| {
        schema.as_object_mut().and_then(|entries| entries.remove("title"));
    });
    let Some(schemas) = walk::named(document) else { return Vec::new() };
    let mut unions = Vec::new();
    for (name, schema) in schemas.iter_mut() {
        let Some(members) = members(&before[name], &before) else { continue };
        if let Some(text) = one_text(&members, &before) {
            *schema = described(text, schema);
        } else if let Some(union) = union(name, schema, &members, &before) {
            unions.push(union);
            *schema = described(json!({}), schema);
        } else if let Some(object) = one_object(name, schema, &members, &before) {
            *schema = described(object, schema);
        } else {
            warnings.push(format!(
                "/components/schemas/{name}: nothing tells its alternatives apart, so it is any JSON"
            ));
            *schema = described(json!({}), schema);
        }
    }
    unions
}

fn described(mut schema: Value, like: &Value) -> Value {
    if let Some(description) = like.get("description") {
        schema["description"] = description.clone();
    }
    schema
}

/// The alternatives of a schema, those of alternatives among them.
fn members(schema: &Value, schemas: &Object) -> Option<Vec<Value>> {
    fn add(
        schema: &Value,
        schemas: &Object,
        seen: &mut BTreeSet<String>,
        members: &mut Vec<Value>,
    ) {
        for member in alternatives(schema) {
            if alias(member).is_some_and(|name| !seen.insert(name.to_owned())) {
                continue;
            }
            match follow(schemas, member) {
                Some(end) if alternatives(end).next().is_some() && tag_of(end).is_none() => {
                    add(end, schemas, seen, members);
                }
                _ => members.push(member.clone()),
            }
        }
    }
    alternatives(schema).next()?;
    let mut members = Vec::new();
    add(schema, schemas, &mut BTreeSet::new(), &mut members);
    Some(members)
}

fn alternatives(schema: &Value) -> impl Iterator<Item = &Value> {
    let lists = ["oneOf", "anyOf"].into_iter().filter_map(|key| schema.get(key)?.as_array());
    lists.flatten()
}

fn tag_of(schema: &Value) -> Option<&str> {
    schema["discriminator"]["propertyName"].as_str()
}

/// Alternatives that are all text: one open enum of all values, if any has some.
fn one_text(members: &[Value], schemas: &Object) -> Option<Value> {
    let mut values: Vec<Value> = Vec::new();
    for member in members {
        let end = follow(schemas, member)?;
        if end["type"] != "string" || end["format"] == "password" {
            return None;
        }
        for value in end["enum"].as_array().into_iter().flatten() {
            if !values.contains(value) {
                values.push(value.clone());
            }
        }
    }
    Some(if values.is_empty() {
        json!({"type": "string"})
    } else {
        json!({"type": "string", "enum": values})
    })
}

fn union(name: &str, schema: &Value, members: &[Value], schemas: &Object) -> Option<Union> {
    let mut variants: Vec<Variant> = Vec::new();
    let (tag, tags) = tagged(schema, members, schemas).unzip();
    for (index, member) in members.iter().enumerate() {
        let holds = holds(member, schemas);
        let tags = tags.as_ref().map(|tags: &Vec<Vec<String>>| tags[index].clone());
        let name = member["title"].as_str().unwrap_or_default().to_owned();
        variants.push(Variant { name, holds, tags: tags.unwrap_or_default() });
    }
    if tag.is_none() {
        let mut order: Vec<usize> = (0..members.len()).collect();
        // Who demands more comes first, for whoever demands less takes all.
        let demands = |index: &usize| {
            follow(schemas, &members[*index])
                .and_then(|end| Some(end["required"].as_array()?.len()))
                .unwrap_or_default()
        };
        order.sort_by_key(|index| std::cmp::Reverse(demands(index)));
        let told = order.iter().enumerate().all(|(place, first)| {
            let mut later = order[place + 1..].iter();
            later.all(|second| is_told(&members[*first], &members[*second], schemas, DEEPEST))
        });
        if !told || variants.iter().any(|variant| variant.holds == Holds::Any) {
            return None;
        }
        let mut by_place: Vec<Option<Variant>> = variants.into_iter().map(Some).collect();
        variants = order.into_iter().filter_map(|index| by_place[index].take()).collect();
    }
    let mut taken = BTreeSet::from(["Unknown".to_owned(), "Self".to_owned()]);
    for variant in &mut variants {
        let wanted = match variant.tags.as_slice() {
            _ if !variant.name.is_empty() => pascal(&variant.name),
            // What the document calls it says more than what it is made of.
            [tag] if tag_of(schema).is_some() && !pascal(tag).ends_with('_') => pascal(tag),
            _ => variant_name(&variant.holds),
        };
        let others = (2..).map(|number: u32| format!("{wanted}{number}"));
        let mut names = std::iter::once(wanted.clone()).chain(others);
        variant.name = names.find(|name| taken.insert(name.clone())).unwrap_or_default();
    }
    let description = schema["description"].as_str().unwrap_or_default().to_owned();
    Some(Union { name: name.to_owned(), description, tag, variants })
}

fn variant_name(holds: &Holds) -> String {
    match holds {
        Holds::Text => "String".to_owned(),
        Holds::Secret => "Secret".to_owned(),
        Holds::Integer => "Integer".to_owned(),
        Holds::Number => "Number".to_owned(),
        Holds::Boolean => "Boolean".to_owned(),
        Holds::Any => "Any".to_owned(),
        Holds::Named(name) => name.clone(),
        Holds::List(item) => format!("{}List", variant_name(item)),
        Holds::Map(value) => format!("{}Map", variant_name(value)),
    }
}

fn holds(schema: &Value, schemas: &Object) -> Holds {
    if let Some(name) = alias(schema).filter(|name| schemas.contains_key(*name)) {
        return Holds::Named(name.to_owned());
    }
    let within = |key| holds(schema.get(key).unwrap_or(&Value::Null), schemas);
    match schema["type"].as_str() {
        Some("string") if schema["format"] == "password" => Holds::Secret,
        Some("string") => Holds::Text,
        Some("integer") => Holds::Integer,
        Some("number") => Holds::Number,
        Some("boolean") => Holds::Boolean,
        Some("array") => Holds::List(Box::new(within("items"))),
        Some("object") => Holds::Map(Box::new(within("additionalProperties"))),
        _ => Holds::Any,
    }
}

/// How far lists within lists are told apart.
const DEEPEST: usize = 4;

/// Whether a value of the second schema is never taken for one of the first.
fn is_told(first: &Value, second: &Value, schemas: &Object, depth: usize) -> bool {
    let ends = follow(schemas, first).zip(follow(schemas, second));
    let Some((first, second)) = ends.filter(|_| depth > 0) else { return false };
    let kind = |schema: &Value| match schema["type"].as_str() {
        Some("integer") => "number".to_owned(),
        kind => kind.unwrap_or_default().to_owned(),
    };
    let (kind, other) = (kind(first), kind(second));
    if kind.is_empty() || other.is_empty() {
        return false;
    }
    match kind.as_str() {
        kind if kind != other => true,
        "array" => is_told(&first["items"], &second["items"], schemas, depth - 1),
        "object" => {
            let required = first["required"].as_array().into_iter().flatten();
            let mut own = required.filter_map(Value::as_str);
            second["properties"].as_object().is_some_and(|properties| {
                !properties.is_empty() && own.any(|name| !properties.contains_key(name))
            })
        }
        _ => false,
    }
}

/// The property that tells objects apart, and its values for each of them.
fn tagged(
    schema: &Value,
    members: &[Value],
    schemas: &Object,
) -> Option<(String, Vec<Vec<String>>)> {
    let is_object = |member: &Value| {
        alias(member).is_some()
            && follow(schemas, member).is_some_and(|end| end["type"] == "object")
    };
    if !members.iter().all(is_object) {
        return None;
    }
    if let Some(tag) = tag_of(schema) {
        let mapping = schema["discriminator"]["mapping"].as_object()?;
        let values = |member| {
            let named = |(_, target): &(&String, &Value)| target.as_str() == alias(member);
            mapping.iter().filter(named).map(|(value, _)| value.clone()).collect()
        };
        return Some((tag.to_owned(), members.iter().map(values).collect()));
    }
    let first = follow(schemas, members.first()?)?;
    first["properties"].as_object()?.keys().find_map(|tag| {
        let mut taken = BTreeSet::new();
        let values = |member| {
            let end = follow(schemas, member)?;
            let required = end["required"].as_array()?.iter().any(|name| name == tag.as_str());
            let values = follow(schemas, &end["properties"][tag])?["enum"].as_array()?;
            let values: Vec<String> =
                values.iter().filter_map(|value| Some(value.as_str()?.to_owned())).collect();
            (required && values.iter().all(|value| taken.insert(value.clone()))).then_some(values)
        };
        Some((tag.clone(), members.iter().map(values).collect::<Option<_>>()?))
    })
}

/// Objects that nothing tells apart: one with the fields of all.
fn one_object(name: &str, schema: &Value, members: &[Value], schemas: &Object) -> Option<Value> {
    let is_object = |member: &Value| {
        follow(schemas, member)
            .is_some_and(|end| end["type"] == "object" && end.get("properties").is_some())
    };
    members.iter().all(is_object).then(|| all_of::join(name, schema, schemas))?
}
