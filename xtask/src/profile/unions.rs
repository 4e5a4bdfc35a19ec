//! Checks unions.

use std::collections::BTreeSet;

use heck::ToPascalCase;
use serde_json::json;

use super::Part;
use super::values;
use crate::names::{Names, pascal};
use crate::places::{self, SCHEMAS};

/// Names of variants that are not available.
const TAKEN: &str = "Unknown Self";

pub fn check(schema: &Part) {
    let (one, any) = (schema.key("oneOf"), schema.key("anyOf"));
    schema.only(&["oneOf", "anyOf", "discriminator"]);
    schema.expect(one.is_null() || any.is_null(), "has `oneOf` and `anyOf`; remove one");
    let members = if one.is_null() { any } else { one };
    if schema["discriminator"].is_null() {
        untagged(&members);
    } else {
        tagged(&schema.key("discriminator"), &members);
    }
}

/// Checks a union of objects that a discriminator distinguishes.
fn tagged(tag: &Part, members: &Part) {
    let mut mapping = tag.key("mapping").entries();
    let mut variants = Names::with(TAKEN);
    for member in members.elements() {
        let name = places::reference(&member).unwrap_or_default();
        let is_object = !name.is_empty() && member.end()["type"] == "object";
        member.expect(is_object, "is not a reference to an object; make it one");
        values::inner(&member);
        let is_mapped = |to: &Part| to.text().strip_prefix(SCHEMAS) == Some(name);
        let values: Vec<_> = mapping.extract_if(.., |(_, to)| is_mapped(to)).collect();
        member.expect(!values.is_empty(), "is not in the mapping; map a value to it");
        let variant = match &values[..] {
            [(only, _)] => only.to_pascal_case(),
            _ => name.to_owned(),
        };
        let is_free = values.is_empty() || variants.take(&variant);
        member
            .expect(is_free, format!("`{variant}` is not an available variant; map another value"));
    }
    for (_, to) in mapping {
        to.refuse(format!("is not one of the alternatives; write one as {SCHEMAS}..."));
    }
}

/// Checks a union of values that their JSON types distinguish.
fn untagged(members: &Part) {
    let mut titles = Names::with(TAKEN);
    let mut kinds = BTreeSet::new();
    for member in members.elements() {
        let title = member.key("title").text();
        let is_free = pascal(title) == title && titles.take(title);
        let what = "is not an available title in PascalCase; change it";
        member.expect(is_free, format!("`{title}` {what}"));
        let kind = member.end()["type"].as_str().unwrap_or_default();
        // JSON does not distinguish them.
        let is_new = kinds.insert(kind.replace("integer", "number"));
        member.expect(is_new, "has the type of another alternative; add a discriminator");
        held(&member);
    }
}

/// Checks a member: a named object, a scalar, or a list or map of these.
fn held(member: &Part) {
    let part = match member.key("type").text() {
        "array" => member.key("items"),
        "object" => member.key("additionalProperties"),
        _ => member.clone(),
    };
    let is_held = match places::lone_reference(&part) {
        Some(_) => part.end()["type"] == "object",
        None => *part == json!({}) || values::is_scalar(&part) && part["format"].is_null(),
    };
    member.expect(is_held, "is not a named object, a scalar, or a list or map of these; name it");
    values::entry(member);
}
