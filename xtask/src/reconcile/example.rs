//! Holds an example against a schema of ours: what the schema refuses, and what it
//! does not know.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate};
use serde_json::{Value, json};

use crate::places::{elements, entries};
use crate::pointer::Pointer;

/// How deep schemas are followed.
const DEEPEST: usize = 64;

/// Something of an example that the schema does not say.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The fact, in words.
    pub what: String,
    /// What the schema says.
    pub ours: String,
    /// Where it says that.
    pub place: Pointer,
    /// What would say it, in YAML.
    pub patch: Option<String>,
}

/// What a schema says of one value, whose members are judged once all its parts
/// were read.
#[derive(Default)]
struct Reading {
    findings: Vec<Finding>,
    known: BTreeSet<String>,
    /// Any other member is welcome too.
    is_open: bool,
    /// Where the properties stand.
    home: Option<Pointer>,
    /// The value is of another type altogether.
    is_other: bool,
}

impl Reading {
    fn add(&mut self, other: Self) {
        self.findings.extend(other.findings);
        self.known.extend(other.known);
        self.is_open |= other.is_open;
        self.is_other |= other.is_other;
        self.home = self.home.take().or(other.home);
    }

    fn unknown<'a>(&'a self, value: &'a Value) -> impl Iterator<Item = (&'a String, &'a Value)> {
        let closed = self.home.as_ref().filter(|_| !self.is_open);
        let members = entries(value).filter(|(name, _)| !self.known.contains(*name));
        members.filter(move |_| closed.is_some())
    }
}

/// Reads values by the schemas of a document.
#[derive(Clone, Copy)]
pub struct Reader<'a> {
    pub document: &'a Value,
}

impl<'a> Reader<'a> {
    /// What a value has that the schema at a place refuses or does not know. `path`
    /// is what the value is called.
    pub fn read(self, value: &Value, at: &Pointer, path: &str) -> Vec<Finding> {
        self.whole(value, at, path, 0)
    }

    /// The schema at a place, behind no reference.
    fn schema(self, at: &Pointer) -> &'a Value {
        self.document.pointer(at.as_str()).unwrap_or(&Value::Null)
    }

    fn whole(self, value: &Value, at: &Pointer, path: &str, depth: usize) -> Vec<Finding> {
        let reading = self.part(value, at, path, depth);
        let mut findings = reading.findings.clone();
        for (name, member) in reading.unknown(value) {
            let schema = schema_of(member);
            findings.push(Finding {
                what: format!("the member {}", member_path(path, name)),
                ours: "no such member".to_owned(),
                place: reading.home.clone().unwrap_or_else(|| at.clone()),
                patch: Some(entry(name, &schema)),
            });
        }
        findings
    }

    fn part(self, value: &Value, at: &Pointer, path: &str, depth: usize) -> Reading {
        let schema = self.schema(at);
        let mut reading = Reading::default();
        if depth > DEEPEST || !schema.is_object() {
            return reading;
        }
        if let Some(target) = target(schema) {
            reading.add(self.part(value, &target, path, depth + 1));
        }
        if let Some(finding) = refused_type(schema, value, at, path) {
            reading.is_other = true;
            reading.findings.push(finding);
        }
        if reading.is_other {
            return reading;
        }
        reading.findings.extend(refused_value(schema, value, at, path));
        for (index, _) in elements(&schema["allOf"]).enumerate() {
            let part = self.part(value, &at.join("allOf").join(index), path, depth + 1);
            reading.add(part);
        }
        self.members(value, at, path, depth, &mut reading);
        for (index, item) in elements(value).enumerate().filter(|_| schema["items"].is_object()) {
            let found = self.whole(item, &at.join("items"), &format!("{path}[]"), depth + 1);
            // One of many alike is enough.
            if index == 0 || reading.findings.is_empty() {
                reading.findings.extend(found);
            }
        }
        for key in ["oneOf", "anyOf"] {
            if let Some(chosen) = self.alternative(value, at, key, path, depth, &reading) {
                reading.add(chosen);
            }
        }
        reading
    }

    /// Reads the members of an object.
    fn members(self, value: &Value, at: &Pointer, path: &str, depth: usize, reading: &mut Reading) {
        let schema = self.schema(at);
        let Value::Object(members) = value else { return };
        if schema["properties"].is_object() {
            reading.home.get_or_insert_with(|| at.join("properties"));
        }
        for (name, _) in entries(&schema["properties"]) {
            reading.known.insert(name.clone());
            if let Some(member) = members.get(name) {
                let at = at.join("properties").join(name);
                let path = member_path(path, name);
                reading.findings.extend(self.whole(member, &at, &path, depth + 1));
            }
        }
        match &schema["additionalProperties"] {
            Value::Bool(true) => reading.is_open = true,
            Value::Object(keywords) => {
                reading.is_open = true;
                let own = &schema["properties"];
                for (name, member) in members.iter().filter(|(name, _)| own.get(name).is_none()) {
                    if !keywords.is_empty() {
                        let at = at.join("additionalProperties");
                        let path = member_path(path, name);
                        reading.findings.extend(self.whole(member, &at, &path, depth + 1));
                    }
                }
            }
            _ => {}
        }
        for name in elements(&schema["required"]).filter_map(Value::as_str) {
            if !members.contains_key(name) {
                reading.findings.push(Finding {
                    what: format!("an example without {}", member_path(path, name)),
                    ours: "it is required".to_owned(),
                    place: at.join("required"),
                    patch: None,
                });
            }
        }
    }

    /// The alternative that a value is: the one that its discriminator names, or the
    /// one that finds least.
    fn alternative(
        self,
        value: &Value,
        at: &Pointer,
        key: &str,
        path: &str,
        depth: usize,
        around: &Reading,
    ) -> Option<Reading> {
        let schema = self.schema(at);
        elements(&schema[key]).next()?;
        let discriminator = &schema["discriminator"];
        if let Some(name) = discriminator["propertyName"].as_str()
            && let Some(kind) = value.get(name).and_then(Value::as_str)
            && let Some(mapping) = discriminator["mapping"].as_object()
        {
            let Some(target) = mapping.get(kind).and_then(Value::as_str) else {
                let what = format!("the value {kind} of {}", member_path(path, name));
                return Some(Reading {
                    is_open: true,
                    ..refused(
                        what,
                        "no such alternative",
                        &at.join("discriminator").join("mapping"),
                    )
                });
            };
            return Some(self.part(value, &pointer(target), path, depth + 1));
        }
        let places = (0..elements(&schema[key]).count()).map(|index| at.join(key).join(index));
        let readings = places.map(|place| self.part(value, &place, path, depth + 1));
        readings.min_by_key(|reading| {
            let unknown = reading.unknown(value).filter(|(name, _)| !around.known.contains(*name));
            let unknown = if around.is_open { 0 } else { unknown.count() };
            (reading.is_other, reading.findings.len(), unknown)
        })
    }
}

fn refused(what: String, ours: &str, place: &Pointer) -> Reading {
    let finding = Finding { what, ours: ours.to_owned(), place: place.clone(), patch: None };
    Reading { findings: vec![finding], ..Reading::default() }
}

/// What the schema says of the type of a value that is of another.
fn refused_type(schema: &Value, value: &Value, at: &Pointer, path: &str) -> Option<Finding> {
    let types = types(schema);
    let is = type_of(value);
    let fits = |wanted: &&str| {
        *wanted == is
            || *wanted == "number" && is == "integer"
            || *wanted == "integer" && value.as_f64().is_some_and(|number| number.fract() == 0.0)
    };
    if types.is_empty() || types.iter().any(fits) {
        return None;
    }
    Some(Finding {
        what: format!("{path} as {is}"),
        ours: types.join(" or "),
        place: at.join("type"),
        patch: None,
    })
}

/// What the schema says of a value of the right type that it refuses.
fn refused_value(schema: &Value, value: &Value, at: &Pointer, path: &str) -> Option<Finding> {
    if let Some(allowed) = schema["enum"].as_array()
        && !allowed.contains(value)
        // One null of the types says it as well.
        && !(value.is_null() && types(schema).contains(&"null"))
    {
        return Some(Finding {
            what: format!("the value {} of {}", plain(value), path),
            ours: "no such value".to_owned(),
            place: at.join("enum"),
            patch: Some(format!("- {}", plain(value))),
        });
    }
    let (keyword, bound) = bounds(value).into_iter().find_map(|(keyword, holds)| {
        let bound = schema.get(keyword)?;
        (!holds(bound)).then(|| (keyword, bound.clone()))
    })?;
    Some(Finding {
        what: format!("the value {} of {}", plain(value), path),
        ours: format!("{keyword} {}", plain(&bound)),
        place: at.join(keyword),
        patch: None,
    })
}

type Holds<'a> = Box<dyn Fn(&Value) -> bool + 'a>;

/// The keywords that bound a value, and whether it keeps to each.
fn bounds(value: &Value) -> Vec<(&'static str, Holds<'_>)> {
    let compare = |size: f64, wanted: fn(f64, f64) -> bool| -> Holds<'_> {
        Box::new(move |bound| bound.as_f64().is_none_or(|bound| wanted(size, bound)))
    };
    // Sizes are small, and bounds of numbers are no money.
    #[allow(clippy::cast_precision_loss)]
    let size = |count: usize| count as f64;
    match value {
        Value::Number(number) => {
            let number = number.as_f64().unwrap_or_default();
            vec![
                ("minimum", compare(number, |is, bound| is >= bound)),
                ("maximum", compare(number, |is, bound| is <= bound)),
                ("exclusiveMinimum", compare(number, |is, bound| is > bound)),
                ("exclusiveMaximum", compare(number, |is, bound| is < bound)),
            ]
        }
        Value::String(text) => {
            let length = size(text.chars().count());
            vec![
                ("const", Box::new(move |wanted| value == wanted)),
                ("format", Box::new(move |format| has_format(text, format))),
                ("minLength", compare(length, |is, bound| is >= bound)),
                ("maxLength", compare(length, |is, bound| is <= bound)),
            ]
        }
        Value::Array(elements) => {
            let length = size(elements.len());
            vec![
                ("minItems", compare(length, |is, bound| is >= bound)),
                ("maxItems", compare(length, |is, bound| is <= bound)),
            ]
        }
        _ => vec![("const", Box::new(move |wanted| value == wanted))],
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

/// The types that a schema itself allows; none if it says nothing of them.
pub fn types(schema: &Value) -> Vec<&str> {
    match &schema["type"] {
        Value::String(one) => vec![one],
        several => elements(several).filter_map(Value::as_str).collect(),
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

/// What a schema refers to.
pub fn target(schema: &Value) -> Option<Pointer> {
    schema["$ref"].as_str().map(pointer)
}

/// The place that a reference within a document names.
pub fn pointer(reference: &str) -> Pointer {
    let steps = reference.split('/').skip(1);
    steps.fold(Pointer::default(), |place, step| {
        place.join(step.replace("~1", "/").replace("~0", "~"))
    })
}

pub fn member_path(path: &str, name: &str) -> String {
    format!("{path}.{name}")
}

/// A value as YAML writes it on one line.
pub fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// An entry of an object, as YAML writes it on one line.
pub fn entry(name: &str, value: &Value) -> String {
    format!("{name}: {value}")
}
