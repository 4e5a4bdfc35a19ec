//! Rules for the fields of a request: which of them have to be set, and how many
//! entries a list takes. A schema says so with
//! `allOf: [{title, oneOf: [{required: [a]}, {required: [b]}]}]` (exactly one), with
//! `anyOf` in place of `oneOf` (at least one), and with `minItems` and `maxItems`; the
//! generator reads none of that.

use std::collections::BTreeMap;

use serde_json::Value;

use super::walk::{self, Object};

/// By the name of a schema.
pub type Rules = BTreeMap<String, RulesOf>;

/// The rules of one schema.
pub struct RulesOf {
    pub choices: Vec<Choice>,
    pub sizes: Vec<Size>,
}

/// Fields of which one has to be set.
pub struct Choice {
    /// What the choice is called.
    pub title: Option<String>,
    /// The fields, as they stand in JSON.
    pub fields: Vec<String>,
    /// Whether more than one may be set.
    pub several: bool,
}

/// How many entries a list takes, where it is set.
pub struct Size {
    /// The field, as it stands in JSON.
    pub field: String,
    pub is_required: bool,
    pub min: u64,
    pub max: Option<u64>,
}

/// The rules of all named schemas.
pub fn find(document: &mut Value) -> Rules {
    let schemas = walk::named(document).into_iter().flatten();
    let found = schemas.map(|(name, schema)| {
        let no_properties = Object::new();
        let properties = schema["properties"].as_object().unwrap_or(&no_properties);
        let parts = schema["allOf"].as_array().into_iter().flatten().chain([&*schema]);
        let choices = parts.flat_map(|part| {
            [("oneOf", false), ("anyOf", true)]
                .into_iter()
                .filter_map(|(key, several)| choice(part, key, several, properties))
        });
        let required = schema["required"].as_array().map(Vec::as_slice).unwrap_or_default();
        let sizes = properties.iter().filter_map(|(field, property)| {
            let is_required = required.iter().any(|name| name == field);
            size(field, property, is_required)
        });
        (name.clone(), RulesOf { choices: choices.collect(), sizes: sizes.collect() })
    });
    found.filter(|(_, rules)| !(rules.choices.is_empty() && rules.sizes.is_empty())).collect()
}

fn choice(part: &Value, key: &str, several: bool, properties: &Object) -> Option<Choice> {
    let alternatives = part[key].as_array()?;
    let only = |alternative: &Value| match alternative["required"].as_array()?.as_slice() {
        [field] if alternative.as_object()?.len() == 1 => {
            Some(field.as_str()?.to_owned()).filter(|field| properties.contains_key(field))
        }
        _ => None,
    };
    let fields: Option<Vec<String>> = alternatives.iter().map(only).collect();
    let title = part["title"].as_str().map(str::to_owned);
    Some(Choice { title, fields: fields.filter(|fields| fields.len() > 1)?, several })
}

fn size(field: &str, property: &Value, is_required: bool) -> Option<Size> {
    let (min, max) = (property["minItems"].as_u64(), property["maxItems"].as_u64());
    (property["type"] == "array" && min.or(max).is_some()).then(|| Size {
        field: field.to_owned(),
        is_required,
        min: min.unwrap_or_default(),
        max,
    })
}
