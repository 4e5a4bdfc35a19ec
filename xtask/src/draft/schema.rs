//! Makes schemas of what a page states and shows of a value.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate};
use serde_json::{Map, Value, json};

use super::resolved;
use crate::fragments::UNFINISHED;
use crate::names;
use crate::places::{SCHEMAS, elements, entries};
use crate::reconcile::{type_of, types};

/// How the names of texts end that are secrets.
const SECRETS: [&str; 5] = ["ApiKey", "Token", "Secret", "Password", "PairingCode"];

/// The keywords that a draft makes anew.
const STRUCTURE: &str =
    "$ref type nullable properties required items allOf oneOf anyOf example examples";

/// The schemas of the drafts of one page.
pub struct Schemas<'a> {
    /// The document of the page.
    pub page: &'a Value,
    /// The names of schemas, in lower case as some file systems have them.
    pub taken: &'a mut BTreeSet<String>,
    pub drafted: Vec<(String, Value)>,
}

impl Schemas<'_> {
    /// The schema of a value of which a page has some examples and maybe a schema.
    pub fn schema(&mut self, shown: &[&Value], stated: &Value, name: &str) -> Value {
        // References may lead back to themselves, and examples come to an end.
        let stated = if shown.is_empty() { stated } else { resolved(self.page, stated) };
        let some: Vec<&Value> = shown.iter().copied().filter(|value| !value.is_null()).collect();
        let kind = kind(&some, stated);
        let mut schema = match kind {
            Some("object") => self.object(&some, stated, name),
            Some("array") => {
                let items: Vec<&Value> = some.iter().flat_map(|one| elements(one)).collect();
                let items = self.schema(&items, &stated["items"], &format!("{name}Item"));
                json!({"type": "array", "items": items})
            }
            Some("string") => text(&some, name),
            Some(kind) => json!({"type": kind}),
            None => json!({}),
        };
        let is_reference = schema.get("$ref").is_some();
        for (key, value) in entries(stated).filter(|_| !is_reference) {
            if !STRUCTURE.split(' ').any(|other| other == key) {
                schema[key] = value.clone();
            }
        }
        let is_nullable = stated["nullable"] == true || types(stated).contains(&"null");
        if let Some(kind) = kind.filter(|_| is_nullable || some.len() < shown.len()) {
            if is_reference {
                return json!({"oneOf": [schema, {"type": "null"}]});
            }
            schema["type"] = json!([kind, "null"]);
        }
        schema
    }

    /// An object has a name, unless its keys are data.
    fn object(&mut self, some: &[&Value], stated: &Value, name: &str) -> Value {
        let shown = || some.iter().flat_map(|one| entries(one));
        let keys: BTreeSet<&String> =
            shown().chain(entries(&stated["properties"])).map(|(key, _)| key).collect();
        if !keys.iter().all(|key| is_property(key)) {
            let values: Vec<&Value> = shown().map(|(_, value)| value).collect();
            let values = self.schema(&values, &Value::Null, &format!("{name}Value"));
            return json!({"type": "object", "additionalProperties": values});
        }
        let numbered = (2..).map(|number| format!("{name}{number}"));
        let mut names = [name.to_owned()].into_iter().chain(numbered);
        let name = names.find(|name| self.taken.insert(name.to_lowercase())).unwrap_or_default();
        let mut properties = Map::new();
        for key in keys {
            let values: Vec<&Value> = some.iter().filter_map(|one| one.get(key)).collect();
            let name = format!("{name}{}", names::pascal(key));
            let schema = self.schema(&values, &stated["properties"][key], &name);
            properties.insert(key.clone(), schema);
        }
        let words = stated["description"].as_str().unwrap_or_default();
        let description = format!("{UNFINISHED}. {words}");
        let mut schema = json!({"type": "object", "description": description.trim_end()});
        if properties.is_empty() {
            schema["additionalProperties"] = json!(true);
        } else {
            schema["properties"] = properties.into();
        }
        if let Some(required) = stated.get("required") {
            schema["required"] = required.clone();
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

/// Whether a key names a property; any other is data, such as a phone number.
fn is_property(key: &str) -> bool {
    key.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && key.chars().all(|character| character.is_ascii_alphanumeric() || character == '_')
}

/// The type that examples have in common, or without any the one that is stated.
fn kind<'a>(some: &[&Value], stated: &'a Value) -> Option<&'a str> {
    let Some((first, others)) = some.split_first() else {
        return types(stated).into_iter().find(|kind| *kind != "null");
    };
    let numbers = ["integer", "number"];
    others.iter().try_fold(type_of(first), |kind, other| match type_of(other) {
        other if other == kind => Some(kind),
        other if numbers.contains(&kind) && numbers.contains(&other) => Some("number"),
        _ => None,
    })
}

/// A text: a secret by its name, or a date by its examples.
fn text(some: &[&Value], name: &str) -> Value {
    let all = |is: fn(&str) -> bool| {
        !some.is_empty() && some.iter().all(|value| value.as_str().is_some_and(is))
    };
    let format = if SECRETS.iter().any(|ending| name.ends_with(ending)) {
        "password"
    } else if all(|text| DateTime::parse_from_rfc3339(text).is_ok()) {
        "date-time"
    } else if all(|text| text.len() == 10 && text.parse::<NaiveDate>().is_ok()) {
        "date"
    } else {
        return json!({"type": "string"});
    };
    json!({"type": "string", "format": format})
}
