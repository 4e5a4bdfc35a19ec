//! Fields of a request of which exactly one has to be there. A schema says so with
//! `allOf: [{title, oneOf: [{required: [a]}, {required: [b]}]}]`; the generator does
//! not read that.

use std::collections::BTreeMap;

use serde_json::Value;

use super::walk;

/// By the name of a schema, its choices.
pub type Choices = BTreeMap<String, Vec<Choice>>;

/// Fields of which exactly one has to be there.
pub struct Choice {
    /// What the choice is called.
    pub title: Option<String>,
    /// The fields, as they stand in JSON.
    pub fields: Vec<String>,
}

/// The choices of all named schemas.
pub fn find(document: &mut Value) -> Choices {
    let schemas = walk::named(document).into_iter().flatten();
    let found = schemas.map(|(name, schema)| {
        let parts = schema["allOf"].as_array().into_iter().flatten();
        let choices =
            parts.chain([&*schema]).filter_map(|part| choice(part, &schema["properties"]));
        (name.clone(), choices.collect::<Vec<_>>())
    });
    found.filter(|(_, choices)| !choices.is_empty()).collect()
}

fn choice(part: &Value, properties: &Value) -> Option<Choice> {
    let alternatives = part["oneOf"].as_array()?;
    let only = |alternative: &Value| match alternative["required"].as_array()?.as_slice() {
        [field] if alternative.as_object()?.len() == 1 => {
            Some(field.as_str()?.to_owned()).filter(|field| properties.get(field).is_some())
        }
        _ => None,
    };
    let fields: Option<Vec<String>> = alternatives.iter().map(only).collect();
    let title = part["title"].as_str().map(str::to_owned);
    Some(Choice { title, fields: fields.filter(|fields| fields.len() > 1)? })
}
