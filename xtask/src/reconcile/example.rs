//! Holds an example against a schema of ours: what the schema refuses, and what it
//! does not know.

use chrono::{DateTime, NaiveDate};
use serde_json::{Value, json};

use super::difference::{Finding, plain};
use super::parts::{self, types};
use crate::node::Node;
use crate::places::{elements, entries};
use crate::pointer::Pointer;

/// What a value has that a schema refuses or does not know. `path` is what the value is
/// called.
pub fn read(value: &Value, schema: &Node, path: &str) -> Vec<Finding> {
    let mut parts = Vec::new();
    add_parts(value, schema, &mut parts);
    judge(value, &parts, path).unwrap_or_else(|other| vec![other])
}

/// Adds the parts of a schema that hold for a value.
fn add_parts<'a>(value: &Value, schema: &Node<'a>, parts: &mut Vec<Node<'a>>) {
    parts::add(schema, parts, &|schema, alternatives, parts| {
        chosen(value, schema, alternatives, parts).into_iter().collect()
    });
}

/// What the parts of a schema refuse together. The error is that the value is of another
/// type or alternative altogether.
fn judge(value: &Value, parts: &[Node], path: &str) -> Result<Vec<Finding>, Finding> {
    for part in parts {
        other_type(value, part, path)?;
        other_alternative(value, part, path)?;
    }
    let mut findings = Vec::new();
    for part in parts {
        findings.extend(refused_value(value, part, path));
        findings.extend(missing(value, part, path));
        for (name, member) in entries(value) {
            if let Some(schema) = property(part, name) {
                findings.extend(read(member, &schema, &format!("{path}.{name}")));
            }
        }
        let items = part.key("items");
        for item in elements(value).filter(|_| items.is_object()) {
            findings.extend(read(item, &items, &format!("{path}[]")));
        }
    }
    findings.extend(unknown(value, parts, path));
    Ok(findings)
}

/// The schema that a schema gives a member.
fn property<'a>(schema: &Node<'a>, name: &str) -> Option<Node<'a>> {
    let own = schema.key("properties").key(name);
    let rest = schema.key("additionalProperties");
    [own, rest].into_iter().find(|schema| schema.is_object())
}

/// The alternative that a value is: the one that its discriminator names, or the one that
/// refuses least of it, with the parts that hold for all.
fn chosen<'a>(
    value: &Value,
    schema: &Node<'a>,
    alternatives: Vec<Node<'a>>,
    parts: &[Node<'a>],
) -> Option<Node<'a>> {
    if let Some((_, kind)) = discriminated(value, schema) {
        let target = schema["discriminator"]["mapping"][kind].as_str();
        return target.map(|target| schema.at(Pointer::of_reference(target)));
    }
    alternatives.into_iter().min_by_key(|alternative| {
        let mut parts = parts.to_vec();
        add_parts(value, alternative, &mut parts);
        judge(value, &parts, "").map_or(usize::MAX, |findings| findings.len())
    })
}

/// The member of a value that names its alternative, and what it names.
fn discriminated<'a>(value: &'a Value, schema: &'a Value) -> Option<(&'a str, &'a str)> {
    schema["discriminator"]["mapping"].as_object()?;
    let name = schema["discriminator"]["propertyName"].as_str()?;
    Some((name, value.get(name)?.as_str()?))
}

/// The members that no part knows, where one lists properties and none allows others.
fn unknown(value: &Value, parts: &[Node], path: &str) -> Vec<Finding> {
    let is_open = parts.iter().map(|part| &part["additionalProperties"]);
    let is_open = is_open.into_iter().any(|rest| *rest == true || rest.is_object());
    let home = parts.iter().find(|part| part["properties"].is_object());
    let Some(home) = home.filter(|_| !is_open) else { return Vec::new() };
    let is_known = |name: &str| parts.iter().any(|part| part["properties"].get(name).is_some());
    let finding = |(name, member): (&String, &Value)| {
        let what = format!("the member {path}.{name}");
        Finding::new(what, "no such member", &home.key("properties").at)
            .with_patch(format!("{name}: {}", schema_of(member)))
    };
    entries(value).filter(|(name, _)| !is_known(name)).map(finding).collect()
}

/// The members that a schema requires and a value does not have.
fn missing(value: &Value, schema: &Node, path: &str) -> Vec<Finding> {
    let required = schema.key("required");
    let names = required.elements().into_iter().map(|name| name.text());
    let missing = names.filter(|name| value.is_object() && value.get(name).is_none());
    let finding = |name: &str| {
        let what = format!("an example without {path}.{name}");
        Finding::new(what, "it is required", &required.at)
    };
    missing.map(finding).collect()
}

/// Refuses a value of another type.
fn other_type(value: &Value, schema: &Node, path: &str) -> Result<(), Finding> {
    let (types, is) = (types(schema), type_of(value));
    let fits = |wanted: &&str| match *wanted {
        "number" => value.is_number(),
        "integer" => value.as_f64().is_some_and(|number| number.fract() == 0.0),
        wanted => wanted == is,
    };
    if types.is_empty() || types.iter().any(fits) {
        return Ok(());
    }
    Err(Finding::new(format!("{path} as {is}"), types.join(" or "), &schema.key("type").at))
}

/// Refuses a value whose discriminator names no alternative.
fn other_alternative(value: &Value, schema: &Node, path: &str) -> Result<(), Finding> {
    let mapping = schema.key("discriminator").key("mapping");
    match discriminated(value, schema) {
        Some((name, kind)) if mapping.get(kind).is_none() => {
            let what = format!("the value {kind} of {path}.{name}");
            Err(Finding::new(what, "no such alternative", &mapping.at))
        }
        _ => Ok(()),
    }
}

/// What the schema says of a value of the right type that it refuses.
fn refused_value(value: &Value, schema: &Node, path: &str) -> Option<Finding> {
    let what = format!("the value {} of {path}", plain(value));
    // One null of the types says it as well as one of the values.
    let is_null = value.is_null() && types(schema).contains(&"null");
    let allowed = schema.key("enum");
    if allowed.is_array() && !is_null && !elements(&allowed).any(|allowed| allowed == value) {
        let finding = Finding::new(what, "no such value", &allowed.at);
        return Some(finding.with_patch(format!("- {}", plain(value))));
    }
    let mut bounds = schema.entries().into_iter();
    let (keyword, bound) = bounds.find(|(keyword, bound)| breaks(value, keyword, bound))?;
    Some(Finding::new(what, format!("{keyword} {}", plain(&bound)), &bound.at))
}

/// Whether a value breaks a bound.
fn breaks(value: &Value, keyword: &str, bound: &Value) -> bool {
    let size = match (keyword, value) {
        ("const", _) => return value != bound,
        ("format", Value::String(text)) => return !has_format(text, bound),
        ("minLength" | "maxLength", Value::String(text)) => text.chars().count().into(),
        ("minItems" | "maxItems", Value::Array(elements)) => elements.len().into(),
        (_, Value::Number(_)) => value.clone(),
        _ => return false,
    };
    let (Some(size), Some(bound)) = (size.as_f64(), bound.as_f64()) else { return false };
    match keyword {
        "minimum" | "minLength" | "minItems" => size < bound,
        "maximum" | "maxLength" | "maxItems" => size > bound,
        "exclusiveMinimum" => size <= bound,
        "exclusiveMaximum" => size >= bound,
        _ => false,
    }
}

/// Whether a text has a format that the client reads it by.
fn has_format(text: &str, format: &Value) -> bool {
    match format.as_str() {
        Some("date-time") => DateTime::parse_from_rfc3339(text).is_ok(),
        Some("date") => text.parse::<NaiveDate>().is_ok(),
        _ => true,
    }
}

pub fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// A schema for a member that an example shows.
fn schema_of(member: &Value) -> Value {
    match type_of(member) {
        "null" => json!({}),
        "array" => json!({"type": "array", "items": {}}),
        "object" => json!({"type": "object", "additionalProperties": true}),
        kind => json!({"type": kind}),
    }
}
