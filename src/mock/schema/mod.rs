//! Validates values against OpenAPI 3.0 schemas, with the keywords that the document uses. An
//! unknown keyword is a violation, so that none is ignored.

mod alternatives;
#[cfg(test)]
mod tests;
mod text;

use std::fmt;

use serde_json::Value;

use super::document::{entries, list, resolve};

/// A violation of a schema, and its place. Does not contain the value, which may be secret.
#[derive(Clone, Debug)]
pub struct Violation {
    /// The segments of the path, the last one first.
    place: Vec<String>,
    what: String,
}

impl Violation {
    fn new(what: impl Into<String>) -> Self {
        Self { place: Vec::new(), what: what.into() }
    }

    fn within(mut self, name: impl fmt::Display) -> Self {
        self.place.push(name.to_string());
        self
    }
}

/// The text after the name of the validated part, as in `/messageIds/0 is not text`.
impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for name in self.place.iter().rev() {
            write!(f, "/{name}")?;
        }
        write!(f, " {}", self.what)
    }
}

/// Returns a violation unless `holds` is true.
fn ensure<S: Into<String>>(holds: bool, what: impl FnOnce() -> S) -> Result<(), Violation> {
    if holds { Ok(()) } else { Err(Violation::new(what())) }
}

fn unknown(what: &str, name: &str) -> Violation {
    Violation::new(format!("has the {what} {name}, which the sandbox does not support"))
}

/// Checks a value.
pub fn check(schema: &Value, value: &Value) -> Result<(), Violation> {
    let schema = resolve(schema);
    if value.is_null() && schema["nullable"] == true {
        return Ok(());
    }
    // Checked first, for the clearest message.
    has_kind(value, schema["type"].as_str())?;
    entries(schema).try_for_each(|(rule, argument)| check_keyword(schema, rule, argument, value))
}

/// The type of a schema, if it has one.
pub fn kind(schema: &Value) -> Option<&str> {
    let schema = resolve(schema);
    schema["type"].as_str().or_else(|| list(&schema["allOf"]).iter().find_map(kind))
}

fn check_keyword(
    schema: &Value,
    rule: &str,
    argument: &Value,
    value: &Value,
) -> Result<(), Violation> {
    match rule {
        // Annotations, and keywords that other functions check.
        "title" | "description" | "default" | "example" | "deprecated" | "type" | "nullable"
        | "discriminator" => Ok(()),
        _ if rule.starts_with("x-") => Ok(()),
        "enum" => ensure(list(argument).contains(value), || {
            let values: Vec<String> = list(argument).iter().map(Value::to_string).collect();
            format!("is not one of {}", values.join(", "))
        }),
        "allOf" => list(argument).iter().try_for_each(|part| check(part, value)),
        "oneOf" => alternatives::check(schema, argument, value, true),
        "anyOf" => alternatives::check(schema, argument, value, false),
        "not" => not(argument, value),
        "properties" => properties(argument, value),
        "required" => required(argument, value),
        "additionalProperties" => others(schema, argument, value),
        "items" => items(argument, value),
        "minItems" | "maxItems" => bound(rule, argument, value.as_array().map(Vec::len), "entries"),
        "minLength" | "maxLength" => {
            bound(rule, argument, value.as_str().map(|text| text.chars().count()), "characters")
        }
        "minimum" | "maximum" => range(rule, argument, value),
        "format" => text::check_format(argument.as_str().unwrap_or_default(), value),
        "pattern" => text::check_pattern(argument.as_str().unwrap_or_default(), value),
        _ => Err(unknown("keyword", rule)),
    }
}

fn has_kind(value: &Value, kind: Option<&str>) -> Result<(), Violation> {
    let (is_match, name) = match kind {
        None => return Ok(()),
        Some("string") => (value.is_string(), "text"),
        Some("integer") => {
            (value.as_f64().is_some_and(|number| number.fract() == 0.0), "an integer")
        }
        Some("number") => (value.is_number(), "a number"),
        Some("boolean") => (value.is_boolean(), "a boolean"),
        Some("array") => (value.is_array(), "a list"),
        Some("object") => (value.is_object(), "an object"),
        Some(other) => return Err(unknown("type", other)),
    };
    ensure(is_match, || format!("is not {name}"))
}

/// Rejects a value that matches the schema of `not`, with the description of the matching case.
fn not(excluded: &Value, value: &Value) -> Result<(), Violation> {
    let cases = excluded.get("anyOf").map_or(std::slice::from_ref(excluded), list);
    let case = cases.iter().find(|case| check(case, value).is_ok());
    let what = |case: &Value| case["description"].as_str().unwrap_or("is excluded").to_owned();
    case.map_or(Ok(()), |case| Err(Violation::new(what(case))))
}

fn properties(properties: &Value, value: &Value) -> Result<(), Violation> {
    for (name, schema) in entries(properties) {
        if let Some(value) = value.get(name) {
            check(schema, value).map_err(|violation| violation.within(name))?;
        }
    }
    Ok(())
}

fn required(names: &Value, value: &Value) -> Result<(), Violation> {
    let Some(object) = value.as_object() else { return Ok(()) };
    let mut names = list(names).iter().filter_map(Value::as_str);
    let missing = names.find(|name| !object.contains_key(*name));
    missing.map_or(Ok(()), |name| Err(Violation::new(format!("has no {name}"))))
}

fn others(schema: &Value, others: &Value, value: &Value) -> Result<(), Violation> {
    for (name, value) in entries(value) {
        if schema["properties"].get(name).is_none() {
            ensure(*others != false, || format!("has {name}, which is not documented"))?;
            check(others, value).map_err(|violation| violation.within(name))?;
        }
    }
    Ok(())
}

fn items(schema: &Value, value: &Value) -> Result<(), Violation> {
    for (index, item) in list(value).iter().enumerate() {
        check(schema, item).map_err(|violation| violation.within(index))?;
    }
    Ok(())
}

fn bound(rule: &str, limit: &Value, count: Option<usize>, of: &str) -> Result<(), Violation> {
    let (Some(limit), Some(count)) = (limit.as_u64(), count) else { return Ok(()) };
    let count = u64::try_from(count).unwrap_or(u64::MAX);
    let (is_within, problem) =
        if rule.starts_with("min") { (count >= limit, "fewer") } else { (count <= limit, "more") };
    ensure(is_within, || format!("has {problem} than {limit} {of}"))
}

fn range(rule: &str, limit: &Value, value: &Value) -> Result<(), Violation> {
    let (Some(end), Some(number)) = (limit.as_f64(), value.as_f64()) else { return Ok(()) };
    let (is_within, problem) =
        if rule == "minimum" { (number >= end, "less") } else { (number <= end, "more") };
    ensure(is_within, || format!("is {problem} than {limit}"))
}
