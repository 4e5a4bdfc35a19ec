//! Schemas that are one of several.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Profile;
use crate::names::pascal;
use crate::places::{self, SCHEMAS, elements, entries};
use crate::pointer::Pointer;

/// Names of variants that are taken.
const TAKEN: [&str; 2] = ["Unknown", "Self"];

impl Profile<'_> {
    pub(super) fn union(&mut self, schema: &Value, at: &Pointer) {
        let keys =
            ["oneOf", "anyOf", "discriminator", "title", "description", "example", "deprecated"];
        self.only(schema, &keys, at);
        let both = schema.get("oneOf").is_some() && schema.get("anyOf").is_some();
        self.expect(!both, at, "has `oneOf` and `anyOf`; leave one");
        let key = if schema.get("oneOf").is_some() { "oneOf" } else { "anyOf" };
        let members: Vec<(Pointer, &Value)> = elements(&schema[key])
            .enumerate()
            .map(|(index, member)| (at.join(key).join(index), member))
            .collect();
        if schema.get("discriminator").is_some() {
            self.tagged(&schema["discriminator"], &members, &at.join("discriminator"));
        } else {
            self.untagged(&members);
        }
    }

    /// Objects that the value of one property distinguishes.
    fn tagged(&mut self, tag: &Value, members: &[(Pointer, &Value)], at: &Pointer) {
        self.expect(
            tag["propertyName"].is_string(),
            at,
            "has no `propertyName`; name the property",
        );
        let mapping: Vec<(&String, &str)> = entries(&tag["mapping"])
            .map(|(value, target)| (value, target.as_str().unwrap_or_default()))
            .collect();
        let mut variants: BTreeSet<String> = TAKEN.map(str::to_owned).into();
        let mut names = Vec::new();
        for (at, member) in members {
            let name = places::reference(member).unwrap_or_default();
            self.expect(
                member.as_object().is_some_and(|keys| keys.len() == 1)
                    && self.schema(name)["type"] == "object",
                at,
                "is not a reference to an object; make it one beside a discriminator",
            );
            let target = format!("{SCHEMAS}{name}");
            let tags: Vec<&&String> = mapping
                .iter()
                .filter(|(_, other)| *other == target)
                .map(|(value, _)| value)
                .collect();
            let variant = match tags.as_slice() {
                [] => {
                    self.refuse(at, format!("is not in the mapping; map a value to {target}"));
                    continue;
                }
                [only] => pascal(only),
                _ => name.to_owned(),
            };
            self.expect(
                !variant.ends_with('_') && variants.insert(variant.clone()),
                at,
                format!("would be a second variant `{variant}`; map another value to it"),
            );
            names.push(target);
        }
        for (value, target) in mapping {
            self.expect(
                names.iter().any(|name| name == target),
                &at.join("mapping").join(value),
                format!("is not one of the alternatives; name it as {SCHEMAS}..."),
            );
        }
    }

    /// Values that their type distinguishes.
    fn untagged(&mut self, members: &[(Pointer, &Value)]) {
        let mut titles: BTreeSet<String> = TAKEN.map(str::to_owned).into();
        let mut kinds = BTreeSet::new();
        for (at, member) in members {
            let title = member["title"].as_str().unwrap_or_default();
            self.expect(
                pascal(title) == title && titles.insert(title.to_owned()),
                at,
                format!("has the title `{title}`; give it one of its own in PascalCase"),
            );
            self.member(member, at);
            let kind = match self.end(member)["type"].as_str() {
                Some("integer") => "number",
                kind => kind.unwrap_or_default(),
            };
            self.expect(
                kinds.insert(kind),
                at,
                "has the type of another alternative; add a discriminator, or join the two",
            );
        }
        let at = members.first().map_or_else(Pointer::default, |(at, _)| at.clone());
        self.expect(
            members.len() > 1,
            &at,
            "is the only alternative; put it in place of the union",
        );
    }

    fn member(&mut self, member: &Value, at: &Pointer) {
        let (keys, within) = match member["type"].as_str() {
            _ if places::lone_reference(member).is_some() => (["allOf", "allOf"], None),
            Some("array") => (["type", "items"], member.get("items")),
            Some("object") => {
                (["type", "additionalProperties"], member.get("additionalProperties"))
            }
            _ => (["type", "type"], None),
        };
        self.only(member, &[&keys[..], &["title", "description"]].concat(), at);
        let is_object = self.end(member)["type"] == "object";
        let scalars = ["string", "integer", "number", "boolean"];
        let is_value = scalars.iter().any(|scalar| member["type"] == *scalar);
        let is_simple = |schema: &Value| {
            places::lone_reference(schema).is_some()
                || entries(schema).next().is_none()
                || (scalars.iter().any(|scalar| schema["type"] == *scalar)
                    && schema.get("format").is_none())
        };
        self.expect(
            match (within, places::lone_reference(member)) {
                (_, Some(_)) => is_object,
                (Some(within), None) => is_simple(within),
                (None, None) => is_value,
            },
            at,
            "is neither an object by name, nor one value, nor a list or map of such; give what it holds a name",
        );
        if let Some(within) = within {
            self.inner(within, at);
        }
    }
}
