//! Drafts the schema of a value from the schemas and examples of a page.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::fragments::UNFINISHED;
use crate::names;
use crate::places::{Node, SCHEMAS, entries};
use crate::reconcile::{Facts, has_format, type_of};

/// The endings of the names of secrets.
const SECRETS: [&str; 5] = ["ApiKey", "Token", "Secret", "Password", "PairingCode"];

/// The keywords that a draft does not copy from a page.
const STRUCTURE: &str =
    "type nullable properties required items allOf oneOf anyOf example examples";

/// The schemas of the drafts.
pub struct Schemas {
    /// The names of all schemas in lower case: some file systems ignore the case.
    pub taken: BTreeSet<String>,
    pub drafted: Vec<(String, Value)>,
}

impl Schemas {
    /// The schema of a value, from the facts of a page.
    pub fn schema(&mut self, facts: &Facts, name: &str) -> Value {
        // Without an example, nothing shows which parts apply: the schema stays as it is published.
        let has_parts =
            |schema: &Node| ["allOf", "oneOf", "anyOf"].iter().any(|key| schema.get(key).is_some());
        if facts.shown.is_empty() && facts.schemas.iter().any(has_parts) {
            let all: Vec<&Value> = facts.schemas.iter().map(|schema| schema.value).collect();
            return if let [one] = all[..] { one.clone() } else { json!({"anyOf": all}) };
        }
        let mut facts = facts.whole();
        let shown = facts.shown.len();
        facts.shown.retain(|value| !value.is_null());
        let kind = kind(&facts);
        let mut schema = match kind {
            Some("object") => self.object(&facts, name),
            Some("array") => {
                let items = self.schema(&facts.items(), &format!("{name}Item"));
                json!({"type": "array", "items": items})
            }
            Some("string") => text(&facts.shown, name),
            Some(kind) => json!({"type": kind}),
            None => json!({}),
        };
        let is_reference = schema.get("$ref").is_some();
        let stated = facts.schemas.iter().flat_map(|schema| entries(schema.value));
        for (key, value) in stated.filter(|_| !is_reference) {
            if !STRUCTURE.split(' ').any(|other| other == key) {
                schema[key] = value.clone();
            }
        }
        let is_nullable = facts.types().contains("null") || facts.shown.len() < shown;
        if let Some(kind) = kind.filter(|_| is_nullable) {
            if is_reference {
                return json!({"oneOf": [schema, {"type": "null"}]});
            }
            schema["type"] = json!([kind, "null"]);
        }
        schema
    }

    /// Drafts a named schema, or a map if the keys are data.
    fn object(&mut self, facts: &Facts, name: &str) -> Value {
        if !facts.names().into_iter().all(is_property) {
            let shown = facts.shown.iter().flat_map(entries).map(|(_, value)| value.clone());
            let values = Facts { shown: shown.collect(), ..Facts::default() };
            let values = self.schema(&values, &format!("{name}Value"));
            return json!({"type": "object", "additionalProperties": values});
        }
        let numbered = (2..).map(|number| format!("{name}{number}"));
        let mut names = [name.to_owned()].into_iter().chain(numbered);
        let name = names.find(|name| self.taken.insert(name.to_lowercase())).unwrap_or_default();
        let words = facts.find("description");
        let description = format!("{UNFINISHED}. {}", words.map_or("", |words| words.text()));
        let mut schema = json!({"type": "object", "description": description.trim_end()});
        for key in facts.names() {
            let name = format!("{name}{}", names::pascal(key));
            schema["properties"][key] = self.schema(&facts.member(key), &name);
        }
        if let Some(rest) = facts.find("additionalProperties") {
            schema["additionalProperties"] = rest.value.clone();
        } else if schema.get("properties").is_none() {
            schema["additionalProperties"] = json!(true);
        }
        if !facts.required.is_empty() {
            schema["required"] = json!(facts.required);
        }
        let known = self.drafted.iter().find(|(_, other)| *other == schema);
        let known = known.map(|(name, _)| name.clone());
        let name = known.unwrap_or_else(|| {
            self.drafted.push((name.clone(), schema));
            name
        });
        json!({"$ref": format!("{SCHEMAS}{name}")})
    }
}

/// Whether a key names a property. Any other key is data, such as a phone number.
fn is_property(key: &str) -> bool {
    key.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && key.chars().all(|character| character.is_ascii_alphanumeric() || character == '_')
}

/// The common type of the examples. Without an example, the stated type.
fn kind<'a>(facts: &Facts<'a>) -> Option<&'a str> {
    let shown: BTreeSet<&str> = facts.shown.iter().map(type_of).collect();
    match *Vec::from_iter(shown) {
        [] => facts.types().into_iter().find(|kind| *kind != "null"),
        [one] => Some(one),
        ["integer", "number"] => Some("number"),
        _ => None,
    }
}

/// The schema of a string: a secret by its name, or a date by its examples.
fn text(shown: &[Value], name: &str) -> Value {
    let is_secret = SECRETS.iter().any(|ending| name.ends_with(ending));
    let texts: Vec<&str> = shown.iter().filter_map(Value::as_str).collect();
    let fits = |format: &&str| texts.iter().all(|text| has_format(text, format));
    let date = ["date-time", "date"].into_iter().find(|one| !texts.is_empty() && fits(one));
    match Some("password").filter(|_| is_secret).or(date) {
        Some(format) => json!({"type": "string", "format": format}),
        None => json!({"type": "string"}),
    }
}
