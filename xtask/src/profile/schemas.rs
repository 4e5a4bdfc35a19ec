//! Checks the named schemas.

use serde_json::{Value, json};

use super::Part;
use super::values::{inner, is_scalar, plain};
use super::{rules, unions};
use crate::generate::reach::Reach;
use crate::generate::simplify::inline_shared;
use crate::names::{Names, TAKEN, pascal, variant};
use crate::places::{self, elements, may_be_null, requires};

pub fn check(root: &Part) {
    // Inlined, as the build step reads it.
    let mut document = root.value.clone();
    inline_shared(&mut document);
    let reach = Reach::of(&document);
    let (mut names, mut choices) = (Names::with(TAKEN), Names::with(""));
    for (name, schema) in root.key("components").key("schemas").entries() {
        let is_pascal = pascal(name) == name;
        schema.expect(is_pascal, format!("is not in PascalCase; call it {}", pascal(name)));
        // The build step gives such names to nullable values.
        let is_free = !name.starts_with("Nullable") && names.take(name);
        schema.expect(is_free, "has a name that the client uses; rename it");
        named(&schema);
        let (is_sent, is_received) = (reach.sent.contains(name), reach.received.contains(name));
        if schema.get("properties").is_some() {
            rules::choices(name, &schema, reach.is_only_sent(name), &mut choices);
            rules::exclusions(&schema, is_sent);
        }
        if is_sent {
            optional(&schema, is_received);
        }
    }
}

/// Checks the optional fields of a request. Null clears a field, unless responses contain the
/// schema too: then a list that is not set is empty.
fn optional(schema: &Part, is_received: bool) {
    let mut optional = schema.key("properties").entries();
    optional.retain(|(name, _)| !requires(schema, name));
    for (_, property) in optional {
        let is_list = matches!(property.key("type").text(), "array" | "object");
        let has_type = is_list || (is_scalar(&property) && property["format"].is_null());
        let is_cleared = !is_received && may_be_null(&property) && !has_type;
        let what = "cannot be null in a request; describe a plain scalar or a list";
        property.expect(!is_cleared, what);
        let is_sized = is_received && property["minItems"].as_u64().unwrap_or(0) > 0;
        let what = "has `minItems` but is optional; require it, or remove `minItems`";
        property.expect(!is_sized, what);
    }
}

fn named(schema: &Part) {
    let nullable = schema.key("nullable");
    let what = "is not supported on a named schema; move it to the uses of the schema";
    nullable.expect(*nullable != true, what);
    if places::lone_reference(schema).or(places::nullable_reference(schema)).is_some() {
        schema.refuse("is only an alias of a schema; refer to that schema instead");
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

fn object(schema: &Part) {
    schema.key("type").expect(schema["type"] == "object", "is not `object`; change it");
    schema.keys(|key| !["enum", "format", "items", "discriminator"].contains(&key));
    let rest = schema.key("additionalProperties");
    let is_any = rest.is_null() || rest.is_boolean() || *rest == json!({});
    rest.expect(is_any, "has a type next to properties; make it true");
    let properties = schema.key("properties");
    // `extra` holds the properties that are not described.
    let mut fields = Names::with("extra");
    for (name, property) in properties.entries() {
        let is_free = fields.take_field(name);
        property.expect(is_free, format!("`{name}` has no unique name in Rust; remove it"));
        inner(&property);
        let is_sized = ["minItems", "maxItems"].iter().any(|key| property.get(*key).is_some());
        let fits = !is_sized || property["type"] == "array";
        property.expect(fits, "has `minItems` or `maxItems` but is not a list; remove them");
    }
    for name in schema.key("required").elements() {
        let is_known = properties.get(name.text()).is_some();
        name.expect(is_known, "is not the name of a property; describe the property");
    }
}

/// Checks an enum of strings.
fn text_enum(schema: &Part) {
    let values = schema.key("enum");
    let all: Vec<&str> = elements(&values).filter_map(Value::as_str).collect();
    let is_text = schema["type"] == "string" && schema["format"].is_null();
    let is_enum = is_text && !all.is_empty() && all.len() == elements(&values).count();
    values.expect(is_enum, "is not an enum of strings without a format; remove it");
    let mut variants = Names::with("");
    for value in &all {
        let name = schema["x-enum-names"][value].as_str().unwrap_or(value);
        let is_free = variants.take(&variant(name));
        values.expect(is_free, format!("`{value}` needs a unique name in x-enum-names; add one"));
    }
    let meanings = schema.key("x-enum-descriptions");
    let is_list = elements(&meanings).filter(|text| text.is_string()).count() == all.len();
    let what = "is not a list of texts, one for each value; write it in the order of `enum`";
    meanings.expect(meanings.is_null() || is_list, what);
    for key in ["x-enum-names", "x-retry"] {
        let words = schema.key(key);
        words.expect(words.is_null() || words.is_object(), "is not a map; make it one");
        for (value, word) in words.entries() {
            word.expect(all.contains(&value), "is not a value of the enum; add it there");
            word.expect(word.is_string(), "is not a string; make it one");
            let fits = key != "x-retry" || ["never", "alone", "later"].contains(&word.text());
            word.expect(fits, "is not never, alone or later; write one of them");
        }
    }
}
