//! What requests and responses are made of.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::part::Part;
use super::{choices, unions};
use crate::names::{self, is_identifier, is_plain, pascal, snake, variant};
use crate::places::{self, elements};

/// The formats that have a type in the client, by the type of JSON.
const FORMATS: [(&str, &str); 3] = [
    ("string", "date date-time password data-url"),
    ("integer", "int64 uint64 unix-time"),
    ("number", "double"),
];

pub fn check(root: &Part) {
    let (sent, received) = choices::reach(root);
    let mut choices = BTreeSet::new();
    for (name, schema) in root.key("components").key("schemas").entries() {
        let is_pascal = pascal(name) == name;
        schema.expect(is_pascal, format!("is not in PascalCase; call it {}", pascal(name)));
        // The build step gives such names to values that may be null.
        let is_free = !names::is_taken(name) && !name.starts_with("Nullable");
        schema.expect(is_free, "has a name that the client has; rename it");
        named(&schema);
        if schema.get("properties").is_some() {
            let is_only_sent = sent.contains(name) && !received.contains(name);
            choices::check(name, &schema, is_only_sent, &mut choices);
        }
        match (sent.contains(name), received.contains(name)) {
            (true, false) => nullables(&schema),
            (true, true) => sizes(&schema),
            _ => {}
        }
    }
}

/// Lists of requests that responses have too. One that is optional is empty where it is not
/// set.
fn sizes(schema: &Part) {
    let required: Vec<&str> = elements(&schema["required"]).filter_map(Value::as_str).collect();
    for (name, property) in schema.key("properties").entries() {
        let fits = required.contains(&name) || property["minItems"].as_u64().unwrap_or(0) == 0;
        property.expect(fits, "has `minItems` and may be left out; require it, or remove them");
    }
}

/// Optional fields of a request that can be cleared by null.
fn nullables(schema: &Part) {
    let required: Vec<&str> = elements(&schema["required"]).filter_map(Value::as_str).collect();
    for (name, property) in schema.key("properties").entries() {
        let may_be_null =
            property["nullable"] == true || places::nullable_reference(&property).is_some();
        let is_list = ["array", "object"].contains(&property.key("type").text());
        let has_type = is_list || (property.is_scalar() && property["format"].is_null());
        let fits = !may_be_null || required.contains(&name) || has_type;
        property.expect(fits, "cannot be null in a request; describe a plain scalar or a list");
    }
}

fn named(schema: &Part) {
    let nullable = schema.key("nullable");
    nullable.expect(
        *nullable != true,
        "is not read of a named schema; move it to where the schema is used",
    );
    if places::lone_reference(schema).or(places::nullable_reference(schema)).is_some() {
        schema.refuse("is only another name of a schema; refer to that schema instead");
    } else if schema.get("properties").is_some() {
        object(schema);
    } else if places::members(schema).next().is_some() {
        unions::check(schema);
    } else if schema.get("enum").is_some() {
        text_enum(schema);
    } else {
        plain(schema);
    }
}

/// A schema within another, or in an operation.
pub fn inner(schema: &Part) {
    if schema.get("$ref").is_some() {
        for (key, part) in schema.entries() {
            part.expect(key == "$ref", "is not read beside a reference; remove it");
        }
    } else if places::lone_reference(schema).is_some() {
        schema.only(&["allOf", "nullable"]);
    } else if places::nullable_reference(schema).is_some() {
        schema.only(&["anyOf"]);
    } else {
        plain(schema);
    }
}

/// One value, a list, a map or any JSON.
fn plain(schema: &Part) {
    let kind = schema.key("type");
    let unread = ["allOf", "anyOf", "oneOf", "enum", "properties", "required", "not"];
    for (key, part) in schema.entries() {
        let is_read = !unread.contains(&key) && key != "discriminator";
        part.expect(is_read, "is not read here; remove it, or name the schema that needs it");
    }
    match (kind.text(), schema.key("items"), schema.key("additionalProperties")) {
        ("array", items, _) => {
            items.expect(items.is_object(), "is missing; say what the list holds");
            entry(&items);
        }
        ("object", _, values) if values.is_object() => entry(&values),
        ("object", _, values) => values.expect(*values != false, "allows nothing; remove it"),
        _ if schema.is_scalar() => {
            let format = schema.key("format");
            let (kind, name) = (kind.text(), format.text());
            let known =
                FORMATS.iter().filter(|(of, _)| *of == kind).flat_map(|(_, all)| all.split(' '));
            let is_known = format.is_null() || known.into_iter().any(|known| known == name);
            format.expect(is_known, format!("`{name}` has no type in the client; remove it"));
        }
        _ if kind.is_null() => schema.only(&["nullable"]),
        _ => kind.refuse("is not one type of JSON; name one"),
    }
}

/// What a list or a map holds.
fn entry(schema: &Part) {
    schema.key("nullable").expect(schema["nullable"] != true, "is not read of an entry; remove it");
    inner(schema);
}

fn object(schema: &Part) {
    schema.key("type").expect(schema["type"] == "object", "is not `object`; make it that");
    for (key, part) in schema.entries() {
        let is_read = !["enum", "not", "items", "discriminator"].contains(&key);
        part.expect(is_read, "is not read beside properties; remove it");
    }
    let rest = schema.key("additionalProperties");
    let is_any = rest.is_null() || rest.is_boolean() || *rest == json!({});
    rest.expect(is_any, "has a type beside properties; make it true");
    // The field of all that have none of their own.
    let mut fields = BTreeSet::from(["extra".to_owned()]);
    let properties = schema.key("properties");
    properties.expect(!properties.entries().is_empty(), "is empty; remove it");
    for (name, property) in properties.entries() {
        let is_free = is_plain(name) && fields.insert(snake(name));
        property.expect(is_free, format!("`{name}` has no name of its own in Rust; remove it"));
        inner(&property);
        let bound = |key: &str, usual: u64| property.get(key).map_or(Some(usual), Value::as_u64);
        let bounds = bound("minItems", 0).zip(bound("maxItems", u64::MAX));
        let is_list = property["type"] == "array" || bounds == Some((0, u64::MAX));
        let fits = is_list && bounds.is_some_and(|(min, max)| min <= max);
        property.expect(fits, "has `minItems` and `maxItems` that no list fits; correct them");
    }
    for name in schema.key("required").elements() {
        let is_known = properties.get(name.text()).is_some();
        name.expect(is_known, "is not the name of a property; describe the property");
    }
}

/// Text with values that are known.
fn text_enum(schema: &Part) {
    let values = schema.key("enum");
    let is_text = schema["type"] == "string" && schema["format"].is_null();
    let all: Vec<&str> = elements(&values).filter_map(Value::as_str).collect();
    let is_enum = is_text && !all.is_empty() && all.len() == elements(&values).count();
    values.expect(is_enum, "is not one of strings without a format; remove it");
    let mut variants = BTreeSet::new();
    for value in &all {
        let name = schema["x-enum-names"][value].as_str().unwrap_or(value);
        let variant = variant(name);
        let is_free = is_identifier(&variant) && variants.insert(variant);
        values.expect(is_free, format!("`{value}` needs its own name in x-enum-names; add it"));
    }
    let meanings = schema.key("x-enum-descriptions");
    let is_list = elements(&meanings).filter(|text| text.is_string()).count() == all.len();
    let what = "is not a list of texts, one for each value; write it in the order of `enum`";
    meanings.expect(meanings.is_null() || is_list, what);
    for key in ["x-enum-names", "x-retry"] {
        let said = schema.key(key);
        said.expect(said.is_null() || said.is_object(), "is not a map; make it one");
        for (value, said) in said.entries() {
            said.expect(all.contains(&value), "is not a value of the enum; add it there");
            let is_advice = ["never", "alone", "later"].contains(&said.text());
            let (fits, what) = match key {
                "x-retry" => (is_advice, "is not never, alone or later; make it one"),
                _ => (said.is_string(), "is not a text; make it one"),
            };
            said.expect(fits, what);
        }
    }
}
