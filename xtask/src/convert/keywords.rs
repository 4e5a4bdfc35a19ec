//! Checks the keywords of a schema: some are converted, the others refused.

use anyhow::Result;
use serde_json::{Map, Value};

use super::grammar::Kind;
use super::refuse;
use crate::places::{Pointer, elements};

type Is = fn(&Value) -> bool;

/// Keywords that 3.0 has or that are converted to one, with the check and the name of their value.
const SUPPORTED: [(&str, Is, &str); 13] = [
    // Inner schemas are checked separately, and values with the type.
    ("$ref items not properties additionalProperties const default example", |_| true, "there"),
    // Dropped.
    ("$comment $schema", |_| true, "there"),
    ("title description format pattern", Value::is_string, "a string"),
    ("uniqueItems readOnly writeOnly deprecated nullable", Value::is_boolean, "true or false"),
    ("minimum maximum multipleOf", Value::is_number, "a number"),
    // Flags in 3.0.
    ("exclusiveMinimum exclusiveMaximum", |it| it.is_number() || it.is_boolean(), "a number"),
    ("minLength maxLength minItems maxItems", Value::is_u64, "a whole number from 0 on"),
    ("minProperties maxProperties", Value::is_u64, "a whole number from 0 on"),
    ("enum allOf anyOf oneOf", |it| it.get(0).is_some(), "a list with elements"),
    ("examples", Value::is_array, "a list"),
    ("required", |it| it.is_array() && elements(it).all(Value::is_string), "a list of names"),
    ("discriminator xml externalDocs", Value::is_object, "an object"),
    ("type", |it| it.is_string() || it.get(0).is_some(), "a type"),
];

/// Keywords without a counterpart in 3.0 that constrain values or name schemas, with their
/// replacements.
const UNSUPPORTED: [(&str, &str); 11] = [
    (
        "prefixItems contains minContains maxContains unevaluatedItems",
        "describe the array with `items`",
    ),
    (
        "patternProperties propertyNames unevaluatedProperties",
        "describe the object with `properties` and `additionalProperties`",
    ),
    (
        "if then else dependentSchemas dependentRequired dependencies",
        "describe each case as a branch of `oneOf`",
    ),
    ("$defs definitions", "move its schemas to `/components/schemas`"),
    (
        "$id $anchor $dynamicAnchor $recursiveAnchor",
        "refer to the schema by its name in `/components/schemas`",
    ),
    ("$dynamicRef $recursiveRef", "write a `$ref` to `#/components/schemas/...`"),
    ("$vocabulary", "remove it"),
    ("contentEncoding contentMediaType", "write a `format`, or describe it in `description`"),
    ("contentSchema", "describe the text in `description`"),
    ("webhooks", "describe each as a callback of an operation"),
    ("pathItems", "describe the operations under `/paths`"),
];

/// Refuses the keywords of a part that cannot be converted.
pub(super) fn check(kind: Kind, part: &Map<String, Value>, at: &Pointer) -> Result<()> {
    let is_of = |keywords: &str, key: &str| keywords.split(' ').any(|keyword| keyword == key);
    let is_checked = |key: &str| match kind {
        Kind::Schema => !key.starts_with("x-"),
        _ => matches!(key, "pathItems" | "webhooks"),
    };
    for (key, value) in part.iter().filter(|(key, _)| is_checked(key)) {
        let what = match SUPPORTED.iter().find(|(keywords, ..)| is_of(keywords, key)) {
            Some((_, is_expected, _)) if is_expected(value) => continue,
            Some((.., expected)) => format!("is not {expected}: write one"),
            None => {
                let row = UNSUPPORTED.iter().find(|(keywords, _)| is_of(keywords, key));
                let cure = row.map_or("remove it, or begin its name with `x-`", |(_, cure)| cure);
                format!("the client supports no `{key}`: {cure}")
            }
        };
        return Err(refuse(&at.join(key), &what));
    }
    Ok(())
}
