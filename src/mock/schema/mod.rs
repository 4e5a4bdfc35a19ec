//! Holds a value against a schema of OpenAPI 3.0, as far as the document uses it. What
//! it does not know is a violation, so that no rule is passed over.

mod alternatives;
mod format;
#[cfg(test)]
mod tests;

use std::fmt;

use serde_json::{Map, Value};

use super::document::resolve;

/// What is wrong with a value, and where. It shows no value, which may be secret.
#[derive(Clone, Debug)]
pub struct Violation {
    /// The names that lead there, the last one first.
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

/// As it follows the name of what holds the value: `/messageIds/0 is no text`.
impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for name in self.place.iter().rev() {
            write!(f, "/{name}")?;
        }
        write!(f, " {}", self.what)
    }
}

/// Checks a value. `root` is the document that references of the schema lead into.
pub fn check(root: &Value, schema: &Value, value: &Value) -> Result<(), Violation> {
    let schema = resolve(root, schema);
    if value.is_null() && schema["nullable"] == true {
        return Ok(());
    }
    // First, since it says the most.
    has_kind(value, schema["type"].as_str())?;
    let rules = schema.as_object().into_iter().flat_map(Map::iter);
    for (rule, argument) in rules {
        check_keyword(root, schema, rule, argument, value)?;
    }
    Ok(())
}

/// The type of the values of a schema, where it names one.
pub fn kind<'a>(root: &'a Value, schema: &'a Value) -> Option<&'a str> {
    let schema = resolve(root, schema);
    let parts = || schema["allOf"].as_array()?.iter().find_map(|part| kind(root, part));
    schema["type"].as_str().or_else(parts)
}

/// What is for people, and what other rules look after.
const PASSED_OVER: [&str; 10] = [
    "title",
    "description",
    "default",
    "example",
    "deprecated",
    "type",
    "nullable",
    "discriminator",
    "exclusiveMinimum",
    "exclusiveMaximum",
];

fn check_keyword(
    root: &Value,
    schema: &Value,
    rule: &str,
    argument: &Value,
    value: &Value,
) -> Result<(), Violation> {
    match rule {
        _ if PASSED_OVER.contains(&rule) || rule.starts_with("x-") => Ok(()),
        "enum" => one_of(value, argument),
        "allOf" => list(argument).iter().try_for_each(|part| check(root, part, value)),
        "oneOf" => alternatives::check(root, schema, argument, value, true),
        "anyOf" => alternatives::check(root, schema, argument, value, false),
        "properties" => properties(root, argument, value),
        "required" => required(argument, value),
        "additionalProperties" => others(root, schema, argument, value),
        "items" => items(root, argument, value),
        "minItems" | "maxItems" => bound(rule, argument, value.as_array().map(Vec::len), "entries"),
        "minLength" | "maxLength" => {
            bound(rule, argument, value.as_str().map(|text| text.chars().count()), "characters")
        }
        "minimum" | "maximum" => range(schema, rule, argument, value),
        "format" => format::check(argument.as_str().unwrap_or_default(), value),
        _ => Err(Violation::new(format!(
            "is held against the rule {rule}, which nothing here knows"
        ))),
    }
}

fn has_kind(value: &Value, kind: Option<&str>) -> Result<(), Violation> {
    let (is_it, name) = match kind {
        None => return Ok(()),
        Some("string") => (value.is_string(), "text"),
        Some("integer") => (is_integer(value), "integer"),
        Some("number") => (value.is_number(), "number"),
        Some("boolean") => (value.is_boolean(), "boolean"),
        Some("array") => (value.is_array(), "list"),
        Some("object") => (value.is_object(), "object"),
        Some(other) => return Err(Violation::new(format!("has the type {other}, which is none"))),
    };
    if is_it { Ok(()) } else { Err(Violation::new(format!("is no {name}"))) }
}

fn is_integer(value: &Value) -> bool {
    value.is_i64() || value.is_u64() || value.as_f64().is_some_and(|number| number.fract() == 0.0)
}

fn one_of(value: &Value, values: &Value) -> Result<(), Violation> {
    if list(values).contains(value) {
        return Ok(());
    }
    let values: Vec<String> = list(values).iter().map(Value::to_string).collect();
    Err(Violation::new(format!("is none of {}", values.join(", "))))
}

fn properties(root: &Value, properties: &Value, value: &Value) -> Result<(), Violation> {
    for (name, schema) in properties.as_object().into_iter().flatten() {
        if let Some(value) = value.get(name) {
            check(root, schema, value).map_err(|violation| violation.within(name))?;
        }
    }
    Ok(())
}

fn required(names: &Value, value: &Value) -> Result<(), Violation> {
    let Some(object) = value.as_object() else { return Ok(()) };
    let mut names = list(names).iter().filter_map(Value::as_str);
    match names.find(|name| !object.contains_key(*name)) {
        Some(name) => Err(Violation::new(format!("has no {name}"))),
        None => Ok(()),
    }
}

fn others(root: &Value, schema: &Value, others: &Value, value: &Value) -> Result<(), Violation> {
    let known = |name: &String| schema["properties"].get(name).is_some();
    let entries = value.as_object().into_iter().flatten();
    for (name, value) in entries.filter(|(name, _)| !known(name)) {
        if *others == false {
            return Err(Violation::new(format!("has {name}, which the document does not know")));
        }
        check(root, others, value).map_err(|violation| violation.within(name))?;
    }
    Ok(())
}

fn items(root: &Value, schema: &Value, value: &Value) -> Result<(), Violation> {
    for (index, item) in list(value).iter().enumerate() {
        check(root, schema, item).map_err(|violation| violation.within(index))?;
    }
    Ok(())
}

fn bound(rule: &str, limit: &Value, count: Option<usize>, of: &str) -> Result<(), Violation> {
    let (Some(limit), Some(count)) = (limit.as_u64(), count) else { return Ok(()) };
    let count = u64::try_from(count).unwrap_or(u64::MAX);
    match rule.starts_with("min") {
        true if count < limit => Err(Violation::new(format!("has fewer than {limit} {of}"))),
        false if count > limit => Err(Violation::new(format!("has more than {limit} {of}"))),
        _ => Ok(()),
    }
}

fn range(schema: &Value, rule: &str, limit: &Value, value: &Value) -> Result<(), Violation> {
    let (Some(end), Some(number)) = (limit.as_f64(), value.as_f64()) else { return Ok(()) };
    let (fits, otherwise) = match rule {
        "minimum" if schema["exclusiveMinimum"] == true => (number > end, "not more"),
        "minimum" => (number >= end, "less"),
        _ if schema["exclusiveMaximum"] == true => (number < end, "not less"),
        _ => (number <= end, "more"),
    };
    if fits { Ok(()) } else { Err(Violation::new(format!("is {otherwise} than {limit}"))) }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}
