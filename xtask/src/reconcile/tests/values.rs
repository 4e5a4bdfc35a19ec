//! Differences between our schema and a value or a schema of theirs.

use serde_json::{Value, json};

use crate::places::Node;
use crate::reconcile::Facts;
use crate::reconcile::operation::Holder;

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
        "Size": {"type": "string", "enum": ["a"]},
        "List": {"type": "array", "maxItems": 2, "items": {"$ref": "#/components/schemas/Content"}},
        "Circle": {"allOf": [{"$ref": "#/components/schemas/Circle"}]},
        "Rules": {
            "allOf": [{"oneOf": [{"required": ["a"]}, {"required": ["b"]}]}],
            "anyOf": [{"required": ["a"]}, {"required": ["b"]}, {"required": ["c"]}],
            "not": {"anyOf": [{
                "required": ["list"],
                "properties": {"list": {"minItems": 2, "items": {"enum": ["x"]}}},
                "not": {"required": ["c"]},
            }]},
            "properties": {
                "a": {"type": "integer"},
                "b": {"type": "string", "pattern": "^x"},
                "c": {},
                "list": {"type": "array", "items": {"type": "string"}},
            },
        },
        "Kinds": {"oneOf": [
            {"required": ["a"], "properties": {"kind": {"const": "a"}, "a": {"type": "integer"}}},
            {"additionalProperties": {"type": "string"}, "properties": {"n": {"type": "null"}}},
        ]},
    }}})
}

/// The differences between their schemas and examples and our schema, in a request.
fn found(schemas: &[Node], shown: &[Value], ours: Node) -> Vec<String> {
    let mut holder = Holder { is_request: true, ..Holder::default() };
    let theirs = Facts { schemas: schemas.to_vec(), shown: shown.to_vec(), ..Facts::default() };
    holder.value(&theirs, &Facts { schemas: vec![ours], ..Facts::default() }, "it");
    holder.differences.keys().map(|key| key.trim_start_matches(": ").to_owned()).collect()
}

/// A named schema of a document.
fn named<'a>(document: &'a Value, name: &str) -> Node<'a> {
    Node::root(document, ()).key("components").key("schemas").key(name)
}

#[test]
fn an_example_is_compared_with_our_schema() {
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
        (
            "Content",
            json!({"id": "a", "url": "b", "at": "now"}),
            &[
                "the value now of it.at",
                "the value {\"at\":\"now\",\"id\":\"a\",\"url\":\"b\"} of it",
            ],
        ),
        ("Content", json!({"id": "a"}), &["the value {\"id\":\"a\"} of it"]),
        ("Content", json!(1), &["it as integer"]),
        ("Event", json!({"id": "a"}), &[]),
        ("Event", json!({"id": "a", "more": 1}), &["the member it.more"]),
        ("Event", json!({"id": "b", "more": 1}), &["the value b of it.id"]),
        ("Map", json!({"a": 1, "b": "c"}), &["it.b as string"]),
        (
            "List",
            json!([null, {"id": "a", "text": 1}]),
            &["it[].text as integer", "the value {\"id\":\"a\",\"text\":1} of it[]"],
        ),
        ("List", json!([null, null, null]), &["the value [null,null,null] of it"]),
        ("Circle", json!({"a": 1}), &[]),
        ("Rules", json!({"a": 1}), &[]),
        ("Rules", json!({"b": "xa", "c": 1, "list": ["x", "x"]}), &[]),
        ("Rules", json!({"b": "xa", "list": ["x", "y"]}), &[]),
        ("Rules", json!({"c": 1}), &["the value {\"c\":1} of it"]),
        ("Rules", json!({"a": 1, "b": "x"}), &["the value {\"a\":1,\"b\":\"x\"} of it"]),
        (
            "Rules",
            json!({"a": 1, "list": ["x", "x"]}),
            &["the value {\"a\":1,\"list\":[\"x\",\"x\"]} of it"],
        ),
        ("Rules", json!({"b": "a"}), &["the value a of it.b"]),
        ("Kinds", json!({"kind": "a", "a": 1}), &[]),
        ("Kinds", json!({"kind": "a", "b": "c", "n": null}), &[]),
        ("Kinds", json!({"b": 1}), &["it.b as integer", "the value {\"b\":1} of it"]),
    ] {
        let found = found(&[], std::slice::from_ref(&value), named(&document, schema));
        assert_eq!(found, expected, "{schema} {value}");
    }
}

#[test]
fn a_schema_is_compared_with_ours() {
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
        ("Map", json!({"additionalProperties": {"type": "boolean"}}), &["it.* as boolean"]),
        ("Map", json!({"additionalProperties": {"multipleOf": 5}}), &["multipleOf 5 of it.*"]),
        ("Text", json!({"additionalProperties": {"type": "integer"}}), &["the member it.*"]),
        (
            "Text",
            json!({"type": ["object", "null"], "properties": {"size": {}}}),
            &["it as null", "the member it.size"],
        ),
        ("Text", json!({"properties": {"id": {"format": "date"}}}), &["format date of it.id"]),
        ("List", json!({"items": {"properties": {"size": {}}}}), &["the member it[].size"]),
        ("List", json!({"maxItems": 3}), &["maxItems 3 of it"]),
        ("Text", json!({"properties": {"id": {"enum": ["a"]}}}), &["enum [\"a\"] of it.id"]),
        ("Size", json!({"const": "a"}), &[]),
        ("Size", json!({"const": "b"}), &["the value b of it"]),
        ("Size", json!({"enum": ["b", "a"]}), &["the value b of it"]),
        ("List", json!({"uniqueItems": true}), &["uniqueItems true of it"]),
        ("List", json!({"uniqueItems": false, "title": "A", "x-a": 1, "$comment": "a"}), &[]),
        ("Map", json!({"default": false}), &["default false of it"]),
        ("Text", json!({"minProperties": 2}), &["minProperties 2 of it"]),
        (
            "Text",
            json!({"properties": {"id": {"deprecated": true}}}),
            &["deprecated true of it.id"],
        ),
        ("Map", json!({"patternProperties": {"^a": {}}}), &["patternProperties {\"^a\":{}} of it"]),
        ("Text", json!({"if": {}, "then": {}}), &["if {} of it", "then {} of it"]),
        (
            "Event",
            json!({"discriminator": {"propertyName": "id", "mapping": {"a": "#/A", "b": "#/B"}}}),
            &["the value b of it.id"],
        ),
        ("Text", json!({"discriminator": {"propertyName": "id", "mapping": {"a": "#/A"}}}), &[]),
        ("Circle", json!({"properties": {"size": {}}}), &[]),
    ] {
        let ours = named(&document, name);
        let found = found(&[Node::root(&theirs, ())], &[], ours);
        assert_eq!(found, expected, "{name} {theirs}");
    }
}

#[test]
fn a_recursive_schema_terminates() {
    let document = document();
    let name = |index: usize| format!("#/components/schemas/S{index}");
    let mut theirs = json!({"components": {"schemas": {}}});
    for index in 0..60 {
        let next = json!({"$ref": name((index + 1) % 60)});
        theirs["components"]["schemas"][format!("S{index}")] =
            json!({"allOf": [next, next], "oneOf": [next, next], "properties": {"id": next}});
    }
    let ours = named(&document, "Text");
    assert!(found(&[named(&theirs, "S0")], &[], ours).is_empty());
}

#[test]
fn a_long_chain_of_references_terminates() {
    let name = |index: usize| format!("#/components/schemas/S{index}");
    let mut theirs = json!({"components": {"schemas": {"S50000": {}}}});
    for index in 0..50_000 {
        let next = json!({"$ref": name(index + 1)});
        theirs["components"]["schemas"][format!("S{index}")] = json!({"allOf": [next]});
    }
    let document = document();
    assert!(found(&[named(&theirs, "S0")], &[], named(&document, "Text")).is_empty());
}
