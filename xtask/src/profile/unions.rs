//! Schemas that are one of several.

use std::collections::BTreeSet;

use heck::ToPascalCase;

use super::part::Part;
use super::schemas;
use crate::names::{is_identifier, pascal};
use crate::places::{self, SCHEMAS};

/// Names of variants that are taken.
const TAKEN: [&str; 2] = ["Unknown", "Self"];

pub fn check(schema: &Part) {
    let (one, any) = (schema.key("oneOf"), schema.key("anyOf"));
    schema.only(&["oneOf", "anyOf", "discriminator"]);
    schema.expect(one.is_null() || any.is_null(), "has `oneOf` and `anyOf`; leave one");
    let members = if one.is_null() { any } else { one };
    if schema["discriminator"].is_null() {
        untagged(&members);
    } else {
        tagged(&schema.key("discriminator"), &members);
    }
}

/// Objects that the value of one property distinguishes.
fn tagged(tag: &Part, members: &Part) {
    let is_named = tag["propertyName"].is_string();
    tag.expect(is_named, "has no `propertyName`; name the property");
    let mapping = tag.key("mapping").entries();
    let mut variants = BTreeSet::from(TAKEN.map(str::to_owned));
    let mut targets = Vec::new();
    for member in members.elements() {
        let name = places::reference(&member).unwrap_or_default();
        let is_object = member.schema(name)["type"] == "object";
        member.expect(is_object, "is not a reference to an object; make it one");
        schemas::inner(&member);
        let target = format!("{SCHEMAS}{name}");
        let mapped = mapping.iter().filter(|(_, to)| to.text() == target);
        let variant = match mapped.map(|(value, _)| value).collect::<Vec<_>>()[..] {
            [] => {
                member.refuse("is not in the mapping; map a value to it");
                continue;
            }
            [only] => only.to_pascal_case(),
            _ => name.to_owned(),
        };
        let is_free = is_identifier(&variant) && variants.insert(variant.clone());
        member.expect(is_free, format!("`{variant}` is a taken variant; map another value"));
        targets.push(target);
    }
    for (_, to) in mapping {
        let is_member = targets.iter().any(|target| target == to.text());
        to.expect(is_member, format!("is not one of the alternatives; write one as {SCHEMAS}..."));
    }
}

/// Values that their type distinguishes.
fn untagged(members: &Part) {
    let mut titles = BTreeSet::from(TAKEN);
    let mut kinds = BTreeSet::new();
    let count = members.elements().len();
    members.expect(count > 1, "is one alternative; put it in place of the union");
    for member in members.elements() {
        let title = member.key("title").text();
        let is_free = pascal(title) == title && titles.insert(title);
        member.expect(is_free, format!("`{title}` is not a free title in PascalCase; change it"));
        let kind = match member.end()["type"].as_str() {
            Some("integer") => "number",
            kind => kind.unwrap_or_default(),
        };
        let is_new = kinds.insert(kind);
        member.expect(is_new, "has the type of another alternative; add a discriminator");
        held(&member);
    }
}

/// An object by name, one value, or a list or map of such.
fn held(member: &Part) {
    let is_named = places::lone_reference(member).is_some();
    let key = match member.key("type").text() {
        _ if is_named => "allOf",
        "array" => "items",
        "object" => "additionalProperties",
        _ => "type",
    };
    member.only(&["type", key]);
    let within = member.key(key);
    let is_value = within.is_scalar() && within["format"].is_null();
    let is_any = within.entries().is_empty();
    let is_held = match key {
        "allOf" => member.end()["type"] == "object",
        "type" => member.is_scalar(),
        _ => within.is_object() && (is_value || is_any || places::reference(&within).is_some()),
    };
    member.expect(is_held, "is not an object by name, a value, or a list or map of such; name it");
    if within.is_object() {
        schemas::inner(&within);
    }
}
