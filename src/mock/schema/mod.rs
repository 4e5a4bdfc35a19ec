//! Validates values against OpenAPI 3.0 schemas, with the keywords that the document uses. An
//! unknown keyword is a violation, so that none is ignored.

mod alternatives;
mod format;
#[cfg(test)]
mod tests;

use std::fmt;

use serde_json::{Map, Value};

use super::document::{list, resolve};

/// What is wrong with a value, and where. Does not contain the value, which may be secret.
#[derive(Clone, Debug)]
pub struct Violation {
    /// The names on the path, the last one first.
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

/// Continues the name of the validated part: `/messageIds/0 is not text`.
impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for name in self.place.iter().rev() {
            write!(f, "/{name}")?;
        }
        write!(f, " {}", self.what)
    }
}

/// Checks a value. `root` is the document for references.
pub fn check(root: &Value, schema: &Value, value: &Value) -> Result<(), Violation> {
    let schema = resolve(root, schema);
    if value.is_null() && schema["nullable"] == true {
        return Ok(());
    }
    // Checked first, for the clearest message.
    has_kind(value, schema["type"].as_str())?;
    let rules = schema.as_object().into_iter().flat_map(Map::iter);
    for (rule, argument) in rules {
        check_keyword(root, schema, rule, argument, value)?;
    }
    Ok(())
}

/// The type of a schema, if it has one.
pub fn kind<'a>(root: &'a Value, schema: &'a Value) -> Option<&'a str> {
    let schema = resolve(root, schema);
    let parts = || schema["allOf"].as_array()?.iter().find_map(|part| kind(root, part));
    schema["type"].as_str().or_else(parts)
}

/// Annotations, and keywords that other code checks.
const IGNORED: [&str; 10] = [
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
        _ if IGNORED.contains(&rule) || rule.starts_with("x-") => Ok(()),
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
        _ => Err(Violation::new(format!("has the rule {rule}, which the sandbox does not know"))),
    }
}

fn has_kind(value: &Value, kind: Option<&str>) -> Result<(), Violation> {
    let (is_match, name) = match kind {
        None => return Ok(()),
        Some("string") => (value.is_string(), "text"),
        Some("integer") => (is_integer(value), "an integer"),
        Some("number") => (value.is_number(), "a number"),
        Some("boolean") => (value.is_boolean(), "a boolean"),
        Some("array") => (value.is_array(), "a list"),
        Some("object") => (value.is_object(), "an object"),
        Some(other) => {
            return Err(Violation::new(format!(
                "has the type {other}, which the sandbox does not know"
            )));
        }
    };
    if is_match { Ok(()) } else { Err(Violation::new(format!("is not {name}"))) }
}

fn is_integer(value: &Value) -> bool {
    value.is_i64() || value.is_u64() || value.as_f64().is_some_and(|number| number.fract() == 0.0)
}

fn one_of(value: &Value, values: &Value) -> Result<(), Violation> {
    if list(values).contains(value) {
        return Ok(());
    }
    let values: Vec<String> = list(values).iter().map(Value::to_string).collect();
    Err(Violation::new(format!("is not one of {}", values.join(", "))))
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
            return Err(Violation::new(format!("has {name}, which is not documented")));
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
    let (is_within, problem) = match rule {
        "minimum" if schema["exclusiveMinimum"] == true => (number > end, "not more"),
        "minimum" => (number >= end, "less"),
        _ if schema["exclusiveMaximum"] == true => (number < end, "not less"),
        _ => (number <= end, "more"),
    };
    if is_within { Ok(()) } else { Err(Violation::new(format!("is {problem} than {limit}"))) }
}
