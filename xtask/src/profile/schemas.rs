//! What requests and responses are made of.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::Profile;
use crate::convert::nullable::BESIDE;
use crate::names::{self, pascal, snake, variant};
use crate::places::{self, elements, entries};
use crate::pointer::Pointer;

/// What a scalar may be, in which format.
const FORMATS: [(&str, &str); 8] = [
    ("string", "date"),
    ("string", "date-time"),
    ("string", "password"),
    ("string", "data-url"),
    ("integer", "int64"),
    ("integer", "uint64"),
    ("integer", "unix-time"),
    ("number", "double"),
];

impl Profile<'_> {
    pub(super) fn schemas(&mut self) {
        let only_sent = self.only_sent();
        for (name, schema) in entries(&self.document["components"]["schemas"]) {
            let at = places::schema(name);
            // The build step names what may be null like that.
            let is_free = !names::TAKEN.contains(&name.as_str()) && !name.starts_with("Nullable");
            self.expect(
                pascal(name) == *name && is_free,
                &at,
                format!("is not a free name in PascalCase; rename it, such as to {}", pascal(name)),
            );
            self.named(schema, &at);
            self.choices(name, schema, &at, only_sent.contains(name));
        }
    }

    fn named(&mut self, schema: &Value, at: &Pointer) {
        self.expect(
            schema["nullable"] != true,
            &at.join("nullable"),
            "is said of a name; say it where the name is used",
        );
        if places::lone_reference(schema).or(places::nullable_reference(schema)).is_some() {
            self.refuse(at, "is only another name of a schema; refer to that schema instead");
        } else if schema.get("properties").is_some() {
            self.object(schema, at);
        } else if places::members(schema).next().is_some() {
            self.union(schema, at);
        } else if schema.get("enum").is_some() {
            self.text_enum(schema, at);
        } else {
            self.plain(schema, at);
        }
    }

    /// A schema within another, or in an operation.
    pub(super) fn inner(&mut self, schema: &Value, at: &Pointer) {
        if schema.get("$ref").is_some() {
            self.only(schema, &["$ref"], at);
        } else if places::lone_reference(schema).is_some() {
            self.only(schema, &[&["allOf", "nullable"], &BESIDE[..]].concat(), at);
        } else if places::nullable_reference(schema).is_some() {
            self.only(schema, &[&["anyOf"], &BESIDE[..]].concat(), at);
        } else {
            self.plain(schema, at);
        }
    }

    /// One value, a list, a map or any JSON.
    fn plain(&mut self, schema: &Value, at: &Pointer) {
        for key in ["allOf", "anyOf", "oneOf", "enum", "properties", "not", "discriminator"] {
            self.expect(
                schema.get(key).is_none(),
                &at.join(key),
                "is not read here; give what it describes a name, or take it away",
            );
        }
        match schema["type"].as_str() {
            Some("array") if schema["items"].is_object() => {
                self.inner(&schema["items"], &at.join("items"));
            }
            Some("array") => self.refuse(at, "is a list without `items`; say what it holds"),
            Some("object") if schema["additionalProperties"].is_object() => {
                self.inner(&schema["additionalProperties"], &at.join("additionalProperties"));
            }
            Some("object") => {}
            Some("string" | "integer" | "number" | "boolean") => self.format(schema, at),
            None if schema.get("type").is_none() => {
                self.only(schema, &[&["nullable"], &BESIDE[..]].concat(), at);
            }
            _ => self.refuse(&at.join("type"), "is not one type of JSON; name one"),
        }
    }

    fn format(&mut self, schema: &Value, at: &Pointer) {
        let Some(format) = schema.get("format") else { return };
        let is_known =
            FORMATS.iter().any(|(kind, known)| schema["type"] == *kind && format == known);
        self.expect(
            is_known,
            &at.join("format"),
            format!("{format} has no type in the client; take it away"),
        );
    }

    fn object(&mut self, schema: &Value, at: &Pointer) {
        self.expect(
            schema["type"] == "object",
            &at.join("type"),
            "is not `object` beside properties; make it that",
        );
        for key in ["enum", "not", "items", "discriminator"] {
            self.expect(
                schema.get(key).is_none(),
                &at.join(key),
                "is not read beside properties; take it away",
            );
        }
        let rest = schema.get("additionalProperties");
        self.expect(
            rest.is_none_or(|rest| rest.is_boolean() || *rest == json!({})),
            &at.join("additionalProperties"),
            "has a type beside properties; make it true",
        );
        let mut fields = BTreeSet::new();
        if rest.is_some_and(|rest| *rest != json!(false)) {
            // The field of all that have none of their own.
            fields.insert("extra".to_owned());
        }
        let properties = &schema["properties"];
        self.expect(
            entries(properties).next().is_some(),
            &at.join("properties"),
            "is empty; take it away",
        );
        for (name, property) in entries(properties) {
            let at = at.join("properties").join(name);
            self.expect(
                name.is_ascii() && fields.insert(snake(name)),
                &at,
                format!("`{name}` has no name of its own in Rust; take it away, or allow it as one of `additionalProperties`"),
            );
            self.inner(property, &at);
            self.size(property, &at);
        }
        for (index, name) in elements(&schema["required"]).enumerate() {
            let is_known = name.as_str().is_some_and(|name| properties.get(name).is_some());
            self.expect(
                is_known,
                &at.join("required").join(index),
                "is not the name of a property; describe it",
            );
        }
    }

    /// How many entries a list takes.
    fn size(&mut self, property: &Value, at: &Pointer) {
        let bound = |key: &str| property.get(key).map(Value::as_u64);
        let (min, max) = (bound("minItems"), bound("maxItems"));
        let is_range = min
            .unwrap_or(Some(0))
            .is_some_and(|min| max.unwrap_or(Some(u64::MAX)).is_some_and(|max| min <= max));
        self.expect(is_range, at, "has `minItems` and `maxItems` that no list fits; make them fit");
    }

    /// Text with values that are known.
    fn text_enum(&mut self, schema: &Value, at: &Pointer) {
        let values: Vec<&str> = elements(&schema["enum"]).filter_map(Value::as_str).collect();
        let is_text = values.len() == elements(&schema["enum"]).count() && !values.is_empty();
        self.expect(
            schema["type"] == "string" && is_text && schema.get("format").is_none(),
            &at.join("enum"),
            "is not a list of strings, of `type: string` without a format; take it away",
        );
        let mut variants = BTreeSet::new();
        for value in &values {
            let name = schema["x-enum-names"][value].as_str().unwrap_or(value);
            self.expect(
                name.is_ascii() && variants.insert(variant(name)),
                &at.join("enum"),
                format!("`{value}` has no name of its own in Rust; give it one in x-enum-names"),
            );
        }
        for key in ["x-enum-names", "x-enum-descriptions", "x-retry"] {
            let said = schema.get(key);
            self.expect(
                said.is_none_or(Value::is_object),
                &at.join(key),
                "is not a map; make it one of values",
            );
            for (value, text) in said.into_iter().flat_map(entries) {
                let at = at.join(key).join(value);
                let text = text.as_str();
                self.expect(
                    values.contains(&value.as_str()),
                    &at,
                    "is not a value of the enum; add it there",
                );
                self.expect(
                    text.is_some_and(|text| {
                        key != "x-retry" || ["never", "alone", "later"].contains(&text)
                    }),
                    &at,
                    if key == "x-retry" {
                        "is not never, alone or later; make it one"
                    } else {
                        "is not a text; make it one"
                    },
                );
            }
        }
    }
}
