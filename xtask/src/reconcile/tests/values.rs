//! What is found in a value and in a schema, by a schema of ours.

use serde_json::{Value, json};

use crate::node::Node;
use crate::reconcile::{example, schema};

fn document() -> Value {
    json!({"components": {"schemas": {
        "Base": {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}},
        "Text": {
            "allOf": [{"$ref": "#/components/schemas/Base"}],
            "required": ["text"],
            "properties": {"text": {"type": "string", "maxLength": 3}},
        },
        "Image": {
            "type": "object",
            "required": ["id", "url"],
            "properties": {
                "id": {"type": "string"},
                "url": {"type": "string"},
                "at": {"type": "string", "format": "date-time"},
            },
        },
        "Content": {"oneOf": [
            {"$ref": "#/components/schemas/Text"},
            {"$ref": "#/components/schemas/Image"},
            {"type": "null"},
        ]},
        "Event": {
            "oneOf": [{"$ref": "#/components/schemas/Base"}],
            "discriminator": {
                "propertyName": "id",
                "mapping": {"a": "#/components/schemas/Base"},
            },
        },
        "Map": {"type": "object", "additionalProperties": {"type": "integer"}},
        "List": {"type": "array", "maxItems": 2, "items": {"$ref": "#/components/schemas/Content"}},
        "Circle": {"allOf": [{"$ref": "#/components/schemas/Circle"}]},
    }}})
}

/// A named schema of a document.
fn named<'a>(document: &'a Value, name: &str) -> Node<'a> {
    Node::root(document, ()).key("components").key("schemas").key(name)
}

#[test]
fn a_value_has_what_its_schema_does_not_say() {
    let document = document();
    for (schema, value, expected) in [
        ("Text", json!({"id": "a", "text": "abc"}), &[][..]),
        ("Text", json!({"id": "a", "text": "abcd"}), &["the value abcd of it.text"]),
        (
            "Text",
            json!({"text": "abc", "size": 1}),
            &["an example without it.id", "the member it.size"],
        ),
        ("Content", json!(null), &[]),
        ("Content", json!({"id": "a", "url": "b"}), &[]),
        ("Content", json!({"id": "a", "url": "b", "size": 1}), &["the member it.size"]),
        ("Content", json!({"id": "a", "url": "b", "at": "now"}), &["the value now of it.at"]),
        ("Content", json!(1), &["it as integer"]),
        ("Event", json!({"id": "a"}), &[]),
        ("Event", json!({"id": "b", "more": 1}), &["the value b of it.id"]),
        ("Map", json!({"a": 1, "b": "c"}), &["it.b as string"]),
        ("List", json!([null, {"id": "a", "text": 1}]), &["it[].text as integer"]),
        ("List", json!([null, null, null]), &["the value [null,null,null] of it"]),
        ("Circle", json!({"a": 1}), &[]),
    ] {
        let found = example::read(&value, &named(&document, schema), "it");
        let found: Vec<&str> = found.iter().map(|finding| finding.what.as_str()).collect();
        assert_eq!(found, expected, "{schema} {value}");
    }
}

#[test]
fn a_schema_states_what_ours_does_not() {
    let document = document();
    for (name, theirs, expected) in [
        ("Text", json!({"type": "string"}), &[][..]),
        ("Text", json!({"properties": {"id": {"type": "string"}, "text": {}}}), &[]),
        ("Text", json!({"properties": {"text": {"type": "integer"}}}), &["it.text as integer"]),
        ("Text", json!({"allOf": [{"required": ["id"]}, {"required": ["text"]}]}), &[]),
        ("Text", json!({"required": ["id"]}), &["it.text is optional"]),
        ("Content", json!({"required": ["id"], "nullable": true}), &[]),
        ("Content", json!({"required": ["id", "url"]}), &["it.url is required"]),
        ("Content", json!({"properties": {"size": {}}}), &["the member it.size"]),
        ("Map", json!({"properties": {"size": {}}}), &[]),
        ("List", json!({"items": {"properties": {"size": {}}}}), &["the member it[].size"]),
        ("List", json!({"maxItems": 3}), &["maxItems 3 of it"]),
        ("Circle", json!({"properties": {"size": {}}}), &[]),
    ] {
        let ours = named(&document, name);
        let found = schema::hold(&Node::root(&theirs, ()), &ours, "it", true);
        let found: Vec<&str> = found.iter().map(|finding| finding.what.as_str()).collect();
        assert_eq!(found, expected, "{name} {theirs}");
    }
}

#[test]
fn a_schema_of_theirs_that_refers_to_itself_comes_to_an_end() {
    let document = document();
    let name = |index: usize| format!("#/components/schemas/S{index}");
    let mut theirs = json!({"components": {"schemas": {}}});
    for index in 0..60 {
        let next = json!({"$ref": name((index + 1) % 60)});
        theirs["components"]["schemas"][format!("S{index}")] =
            json!({"allOf": [next, next], "oneOf": [next, next], "properties": {"id": next}});
    }
    let ours = named(&document, "Text");
    assert!(schema::hold(&named(&theirs, "S0"), &ours, "it", true).is_empty());
}
