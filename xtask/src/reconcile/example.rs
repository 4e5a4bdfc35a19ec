//! Holds an example against a schema of ours: what the schema refuses, and what it
//! does not know.

use chrono::{DateTime, NaiveDate};
use serde_json::{Value, json};

use super::difference::{Finding, plain};
use super::reader::{Reader, types};
use crate::places::{elements, entries};
use crate::pointer::Pointer;

/// What a value has that the schema at a place refuses or does not know. `path` is what
/// the value is called.
pub fn read(ours: Reader, value: &Value, at: &Pointer, path: &str) -> Vec<Finding> {
    let mut parts = Vec::new();
    add_parts(ours, value, at, &mut parts);
    judge(ours, value, &parts, path).unwrap_or_else(|other| vec![other])
}

/// Adds the parts of a schema that hold for a value.
fn add_parts(ours: Reader, value: &Value, at: &Pointer, parts: &mut Vec<Pointer>) {
    ours.add_parts(at, parts, &|schema, alternatives, parts| {
        chosen(ours, value, schema, alternatives, parts).into_iter().collect()
    });
}

/// What the parts of a schema refuse together. The error is that the value is of another
/// type or alternative altogether.
fn judge(
    ours: Reader,
    value: &Value,
    parts: &[Pointer],
    path: &str,
) -> Result<Vec<Finding>, Finding> {
    let parts: Vec<_> = parts.iter().map(|at| (at, ours.get(at))).collect();
    for (at, schema) in &parts {
        other_type(schema, value, at, path)?;
        other_alternative(schema, value, at, path)?;
    }
    let mut findings = Vec::new();
    for (at, schema) in &parts {
        findings.extend(refused_value(schema, value, at, path));
        findings.extend(missing(schema, value, at, path));
        for (name, member) in entries(value) {
            if let Some(place) = place_of(schema, at, name) {
                findings.extend(read(ours, member, &place, &format!("{path}.{name}")));
            }
        }
        for item in elements(value).filter(|_| schema["items"].is_object()) {
            findings.extend(read(ours, item, &at.join("items"), &format!("{path}[]")));
        }
    }
    findings.extend(unknown(&parts, value, path));
    Ok(findings)
}

/// The place of the schema that a schema gives a member.
fn place_of(schema: &Value, at: &Pointer, name: &str) -> Option<Pointer> {
    let rest = schema["additionalProperties"].is_object();
    match schema["properties"].get(name) {
        Some(_) => Some(at.join("properties").join(name)),
        None => rest.then(|| at.join("additionalProperties")),
    }
}

/// The alternative that a value is: the one that its discriminator names, or the one that
/// refuses least of it, with the parts that hold for all.
fn chosen(
    ours: Reader,
    value: &Value,
    schema: &Value,
    alternatives: Vec<Pointer>,
    parts: &[Pointer],
) -> Option<Pointer> {
    if let Some((_, kind)) = discriminated(schema, value) {
        let target = schema["discriminator"]["mapping"][kind].as_str();
        return target.map(Pointer::of_reference);
    }
    alternatives.into_iter().min_by_key(|alternative| {
        let mut parts = parts.to_vec();
        add_parts(ours, value, alternative, &mut parts);
        judge(ours, value, &parts, "").map_or(usize::MAX, |findings| findings.len())
    })
}

/// The member of a value that names its alternative, and what it names.
fn discriminated<'a>(schema: &'a Value, value: &'a Value) -> Option<(&'a str, &'a str)> {
    schema["discriminator"]["mapping"].as_object()?;
    let name = schema["discriminator"]["propertyName"].as_str()?;
    Some((name, value.get(name)?.as_str()?))
}

/// The members that no part knows, where one lists properties and none allows others.
fn unknown(parts: &[(&Pointer, &Value)], value: &Value, path: &str) -> Vec<Finding> {
    let is_open = |schema: &Value| {
        let rest = &schema["additionalProperties"];
        *rest == true || rest.is_object()
    };
    let is_known =
        |name: &str| parts.iter().any(|(_, part)| part["properties"].get(name).is_some());
    let home = parts.iter().find(|(_, schema)| schema["properties"].is_object());
    let Some((home, _)) = home.filter(|_| !parts.iter().any(|(_, schema)| is_open(schema))) else {
        return Vec::new();
    };
    let finding = |(name, member): (&String, &Value)| {
        let what = format!("the member {path}.{name}");
        Finding::new(what, "no such member", &home.join("properties"))
            .with_patch(format!("{name}: {}", schema_of(member)))
    };
    entries(value).filter(|(name, _)| !is_known(name)).map(finding).collect()
}

/// The members that a schema requires and a value does not have.
fn missing(schema: &Value, value: &Value, at: &Pointer, path: &str) -> Vec<Finding> {
    let required = elements(&schema["required"]).filter_map(Value::as_str);
    let missing = required.filter(|name| value.is_object() && value.get(name).is_none());
    let finding = |name: &str| {
        let what = format!("an example without {path}.{name}");
        Finding::new(what, "it is required", &at.join("required"))
    };
    missing.map(finding).collect()
}

/// Refuses a value of another type.
fn other_type(schema: &Value, value: &Value, at: &Pointer, path: &str) -> Result<(), Finding> {
    let (types, is) = (types(schema), type_of(value));
    let fits = |wanted: &&str| match *wanted {
        "number" => value.is_number(),
        "integer" => value.as_f64().is_some_and(|number| number.fract() == 0.0),
        wanted => wanted == is,
    };
    if types.is_empty() || types.iter().any(fits) {
        return Ok(());
    }
    Err(Finding::new(format!("{path} as {is}"), types.join(" or "), &at.join("type")))
}

/// Refuses a value whose discriminator names no alternative.
fn other_alternative(
    schema: &Value,
    value: &Value,
    at: &Pointer,
    path: &str,
) -> Result<(), Finding> {
    let (discriminator, at) = (&schema["discriminator"], at.join("discriminator"));
    match discriminated(schema, value) {
        Some((name, kind)) if discriminator["mapping"].get(kind).is_none() => {
            let what = format!("the value {kind} of {path}.{name}");
            Err(Finding::new(what, "no such alternative", &at.join("mapping")))
        }
        _ => Ok(()),
    }
}

/// What the schema says of a value of the right type that it refuses.
fn refused_value(schema: &Value, value: &Value, at: &Pointer, path: &str) -> Option<Finding> {
    let what = format!("the value {} of {path}", plain(value));
    // One null of the types says it as well as one of the values.
    let is_null = value.is_null() && types(schema).contains(&"null");
    if schema["enum"].is_array() && !is_null && !elements(&schema["enum"]).any(|it| it == value) {
        let finding = Finding::new(what, "no such value", &at.join("enum"));
        return Some(finding.with_patch(format!("- {}", plain(value))));
    }
    let (keyword, bound) = entries(schema).find(|(key, bound)| breaks(value, key, bound))?;
    Some(Finding::new(what, format!("{keyword} {}", plain(bound)), &at.join(keyword)))
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

fn type_of(value: &Value) -> &'static str {
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
