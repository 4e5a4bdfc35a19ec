//! Makes schemas of what a page states and shows of a value.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate};
use serde_json::{Map, Value, json};

use super::resolved;
use crate::fragments::UNFINISHED;
use crate::names;
use crate::places::{SCHEMAS, elements, entries};
use crate::reconcile::{type_of, types};

/// How deep schemas of a page are followed, which may lead back to themselves.
const DEEPEST: usize = 16;

/// How the names of texts end that are secrets.
const SECRETS: [&str; 5] = ["ApiKey", "Token", "Secret", "Password", "PairingCode"];

/// What a draft makes anew of a schema.
const STRUCTURE: [&str; 11] = [
    "$ref",
    "type",
    "nullable",
    "properties",
    "required",
    "items",
    "allOf",
    "oneOf",
    "anyOf",
    "example",
    "examples",
];

/// The schemas of drafts.
pub struct Schemas {
    /// The names that are taken, as file systems without case see them.
    taken: BTreeSet<String>,
    drafted: Vec<(String, Value)>,
}

impl Schemas {
    /// Beside those of our document.
    pub fn new(ours: &Value) -> Self {
        let names = entries(&ours["components"]["schemas"]);
        let taken = names.map(|(name, _)| name.to_lowercase()).collect();
        Self { taken, drafted: Vec::new() }
    }

    /// Those that were drafted since.
    pub fn take(&mut self) -> Vec<(String, Value)> {
        std::mem::take(&mut self.drafted)
    }

    /// The schema of a value of which a page has some examples and maybe a schema.
    pub fn schema(&mut self, page: &Value, shown: &[&Value], stated: &Value, name: &str) -> Value {
        self.value(&Page { document: page, depth: 0 }, shown, stated, name)
    }

    fn value(&mut self, page: &Page, shown: &[&Value], stated: &Value, name: &str) -> Value {
        let stated = resolved(page.document, stated);
        let some: Vec<&Value> = shown.iter().copied().filter(|value| !value.is_null()).collect();
        let may_be_null = some.len() < shown.len()
            || stated["nullable"] == true
            || types(stated).contains(&"null");
        let mut schema = match kind(&some, stated) {
            _ if page.depth > DEEPEST => json!({}),
            Some("object") => return self.object(page, &some, stated, name, may_be_null),
            Some("array") => {
                let items: Vec<&Value> = some.iter().flat_map(|one| elements(one)).collect();
                let name = format!("{name}Item");
                json!({"type": "array", "items": self.value(&page.within(), &items, &stated["items"], &name)})
            }
            Some("string") => text(&some, name),
            Some(kind) => json!({"type": kind}),
            None => json!({}),
        };
        let words = entries(stated).filter(|(key, _)| !STRUCTURE.contains(&key.as_str()));
        for (key, value) in words {
            schema[key] = value.clone();
        }
        if may_be_null && schema.get("type").is_some() {
            schema["type"] = json!([schema["type"], "null"]);
        }
        schema
    }

    /// An object has a name, unless its keys are data.
    fn object(
        &mut self,
        page: &Page,
        some: &[&Value],
        stated: &Value,
        name: &str,
        may_be_null: bool,
    ) -> Value {
        let mut keys: BTreeSet<&str> = some.iter().flat_map(|one| entries(one)).map(key).collect();
        keys.extend(entries(&stated["properties"]).map(key));
        if !keys.iter().all(|key| is_property(key)) {
            let values: Vec<&Value> =
                some.iter().flat_map(|one| entries(one)).map(|(_, value)| value).collect();
            let rest = &stated["additionalProperties"];
            let values = self.value(&page.within(), &values, rest, &format!("{name}Value"));
            let kind = if may_be_null { json!(["object", "null"]) } else { json!("object") };
            return json!({"type": kind, "additionalProperties": values});
        }
        let name = self.name(name);
        let index = self.drafted.len();
        self.drafted.push((name.clone(), Value::Null));
        let mut properties = Map::new();
        for key in keys {
            let values: Vec<&Value> = some.iter().filter_map(|one| one.get(key)).collect();
            let stated = &stated["properties"][key];
            let name = format!("{name}{}", names::pascal(key));
            properties.insert(key.to_owned(), self.value(&page.within(), &values, stated, &name));
        }
        let words = stated["description"].as_str().unwrap_or_default();
        let description = format!("{UNFINISHED}. {words}");
        let mut schema = json!({"type": "object", "description": description.trim_end()});
        if properties.is_empty() {
            schema["additionalProperties"] = json!(true);
        } else {
            schema["properties"] = properties.into();
        }
        for key in ["required", "additionalProperties"] {
            if let Some(value) = stated.get(key).filter(|value| !value.is_object()) {
                schema[key] = value.clone();
            }
        }
        let reference = json!({"$ref": format!("{SCHEMAS}{}", self.settle(index, schema))});
        if may_be_null { json!({"oneOf": [reference, {"type": "null"}]}) } else { reference }
    }

    /// Puts a schema in its place, unless there is the same already. Returns its name.
    fn settle(&mut self, index: usize, schema: Value) -> String {
        if let Some((name, _)) = self.drafted.iter().find(|(_, other)| *other == schema) {
            let name = name.clone();
            self.drafted.truncate(index);
            return name;
        }
        self.drafted[index].1 = schema;
        self.drafted[index].0.clone()
    }

    /// A name that is not taken.
    fn name(&mut self, name: &str) -> String {
        let numbered = (2..).map(|number| format!("{name}{number}"));
        let mut names = [name.to_owned()].into_iter().chain(numbered);
        let free = names.find(|name| self.taken.insert(name.to_lowercase()));
        free.unwrap_or_default()
    }
}

/// The document of a page, and how deep in it a schema is.
#[derive(Clone, Copy)]
struct Page<'a> {
    document: &'a Value,
    depth: usize,
}

impl Page<'_> {
    fn within(self) -> Self {
        Self { depth: self.depth + 1, ..self }
    }
}

fn key<'a>((key, _): (&'a String, &'a Value)) -> &'a str {
    key
}

/// Whether a key names a property; any other is data, such as a phone number.
fn is_property(key: &str) -> bool {
    key.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && key.chars().all(|character| character.is_ascii_alphanumeric() || character == '_')
}

/// The type of examples that have one in common, or else the one that is stated.
fn kind<'a>(some: &[&Value], stated: &'a Value) -> Option<&'a str> {
    let Some((first, others)) = some.split_first() else {
        let stated_kind = types(stated).into_iter().find(|kind| *kind != "null");
        return stated_kind.or_else(|| stated.get("properties").map(|_| "object"));
    };
    let numbers = ["integer", "number"];
    others.iter().try_fold(type_of(first), |kind, other| match type_of(other) {
        other if other == kind => Some(kind),
        other if numbers.contains(&kind) && numbers.contains(&other) => Some("number"),
        _ => None,
    })
}

/// A text, a secret by its name or a date by its examples.
fn text(some: &[&Value], name: &str) -> Value {
    let all = |is: fn(&str) -> bool| {
        !some.is_empty() && some.iter().all(|value| value.as_str().is_some_and(is))
    };
    if SECRETS.iter().any(|ending| name.ends_with(ending)) {
        json!({"type": "string", "format": "password"})
    } else if all(|text| DateTime::parse_from_rfc3339(text).is_ok()) {
        json!({"type": "string", "format": "date-time"})
    } else if all(|text| text.len() == 10 && text.parse::<NaiveDate>().is_ok()) {
        json!({"type": "string", "format": "date"})
    } else {
        json!({"type": "string"})
    }
}
