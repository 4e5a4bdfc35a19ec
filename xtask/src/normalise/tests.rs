//! Joins of schemas, and schemas that are not joined.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::normalise;

fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

fn text() -> Value {
    json!({"type": "string"})
}

fn only_null() -> Value {
    json!({"type": "object", "nullable": true, "enum": [null]})
}

fn object(properties: &Value) -> Value {
    json!({"type": "object", "properties": properties})
}

/// Normalises a document, and asserts that a second run does not change it.
fn normalised(mut document: Value) -> Value {
    normalise(&mut document).unwrap();
    let once = document.clone();
    normalise(&mut document).unwrap();
    assert_eq!(document, once);
    document
}

fn schemas(schemas: &Value) -> Value {
    normalised(json!({"components": {"schemas": schemas}}))["components"]["schemas"].take()
}

#[test]
fn one_part_is_joined_with_properties_next_to_it() {
    let pet = object(&json!({"id": text()}));
    let cat = json!({"allOf": [reference("Pet")], "properties": {"lives": {"type": "integer"}}});
    let found = schemas(&json!({"Pet": pet, "Cat": cat}));
    let properties = json!({"id": text(), "lives": {"type": "integer"}});
    assert_eq!(found["Cat"]["properties"], properties);
}

#[test]
fn the_parts_of_an_object_are_joined() {
    let pet = json!({"type": "object", "required": ["id"], "additionalProperties": false,
        "properties": {"id": text(), "kind": text(), "any": {}, "mood": reference("Mood")}});
    let cat = json!({
        "allOf": [reference("Pet"), {
            "required": ["id", "lives"],
            "properties": {
                "lives": {"type": "integer"},
                "kind": {"type": "string", "description": "The kind of cat."},
                "any": {"type": "boolean"},
                "mood": reference("Mood"),
            },
        }],
        "description": "A cat.",
        "x-evidence": "seen",
    });
    let tom = json!({"allOf": [reference("Cat"), {"additionalProperties": true}]});
    let mood = json!({"type": "string", "enum": ["good"]});
    let home = object(&json!({"cat": reference("Cat")}));
    let given = json!({"Pet": pet, "Cat": cat, "Tom": tom, "Mood": mood, "Home": home});
    let found = schemas(&given);
    // Only a part without other references is dropped.
    assert_eq!(found.get("Pet"), None);
    assert_eq!(found["Home"], home);
    let properties = json!({
        "id": text(),
        "lives": {"type": "integer"},
        "kind": {"type": "string", "description": "The kind of cat."},
        "any": {"type": "boolean"},
        "mood": reference("Mood"),
    });
    assert_eq!(
        found["Cat"],
        json!({
            "type": "object",
            "description": "A cat.",
            "properties": properties,
            "required": ["id", "lives"],
            "x-evidence": "seen",
        })
    );
    assert_eq!(
        found["Tom"],
        json!({
            "type": "object",
            "properties": properties,
            "required": ["id", "lives"],
            "additionalProperties": {},
        })
    );
}

#[test]
fn a_nullable_property_is_joined_with_one_that_is_not() {
    let mut given = json!({"End": object(&json!({"a": text()})), "Base": object(&json!({"end": reference("End")}))});
    let either = json!({"anyOf": [reference("End"), only_null()]});
    given["Whole"] = json!({"allOf": [reference("Base"), object(&json!({"end": either}))]});
    assert_eq!(schemas(&given)["Whole"]["properties"]["end"], either);
}

#[test]
fn a_later_part_does_not_lose_the_format_of_a_property() {
    let secret = || json!({"type": "string", "format": "password"});
    let list = |of: Value| json!({"type": "array", "items": of});
    let map = |of: Value| json!({"type": "object", "additionalProperties": of});
    let joined = |earlier: &Value, later: &Value| {
        let parts = [earlier, later].map(|property| object(&json!({"a": property})));
        let pin = json!({"type": "string", "format": "password", "minLength": 4});
        let mut document =
            json!({"components": {"schemas": {"Whole": {"allOf": parts}, "Pin": pin}}});
        normalise(&mut document).map(|()| document["components"]["schemas"]["Whole"].take())
    };
    for (earlier, later) in [
        (secret(), text()),
        (reference("Pin"), text()),
        (secret(), json!({"type": "string", "format": "date"})),
        (list(secret()), list(text())),
        (list(secret()), list(json!({}))),
        (map(list(secret())), map(list(text()))),
        (map(secret()), json!({"type": "object"})),
    ] {
        let error = joined(&earlier, &later).expect_err(&later.to_string()).to_string();
        assert!(error.contains("/properties/a: it has another type"), "{error}");
        let whole = joined(&later, &earlier);
        let is_refined = later["format"].is_null();
        assert_eq!(whole.is_ok(), is_refined, "{later} -> {earlier}");
        assert!(!is_refined || whole.unwrap()["properties"]["a"] == earlier);
    }
}

#[test]
fn schemas_that_join_no_objects_are_unchanged() {
    let rules = json!([{"required": ["a"]}, {"required": ["b"]}]);
    let fields = json!({"a": text(), "b": text()});
    let given = json!({
        "Pet": object(&fields),
        "Search": {"type": "object", "properties": fields,
            "allOf": [{"title": "Key", "oneOf": rules}, {"title": "Other", "anyOf": rules}]},
        "Find": {"type": "object", "properties": fields, "anyOf": rules},
        "Holder": object(&json!({
            "words": {"allOf": [reference("Pet")], "description": "d", "default": {}},
            "null": {"anyOf": [reference("Pet"), only_null()], "description": "d"},
            "map": {"type": "object", "additionalProperties": reference("Pet")},
            "any": {},
        })),
        "Either": {"oneOf": [
            {"title": "Wrapped", "allOf": [reference("Pet")]},
            {"title": "Bare", "type": "array", "items": reference("Pet")},
        ]},
    });
    assert_eq!(schemas(&given), given);
}

#[test]
fn parts_that_are_no_object_are_refused_with_their_place() {
    let cases = [
        ("text and more", json!({"allOf": [text(), object(&json!({"a": text()}))]})),
        ("text with a bound", json!({"allOf": [text(), {"maxLength": 5}]})),
        ("text and a number", json!({"allOf": [text(), {"type": "integer"}]})),
        (
            "one field of two types",
            json!({"allOf": [object(&json!({"a": text()})), object(&json!({"a": {"type": "integer"}}))]}),
        ),
        (
            "an enum that becomes any text",
            json!({"allOf": [object(&json!({"a": reference("Mood")})), object(&json!({"a": text()}))]}),
        ),
        ("a direct cycle", json!({"allOf": [reference("New"), object(&json!({"a": text()}))]})),
        ("an indirect cycle", json!({"allOf": [reference("Loop"), object(&json!({"a": text()}))]})),
        ("a missing schema", json!({"allOf": [reference("None"), object(&json!({"a": text()}))]})),
        (
            "alternatives",
            json!({"allOf": [reference("Loop2"), {"oneOf": [object(&json!({"a": text()})), text()]}]}),
        ),
        (
            "rules next to a part",
            json!({"allOf": [reference("Loop2"), {"title": "A", "oneOf": [{"required": ["a"]}]}]}),
        ),
        (
            "a part that may be null",
            json!({"allOf": [{"type": "object", "nullable": true}, {"properties": {}}]}),
        ),
    ];
    let mut table = String::new();
    for (name, schema) in cases {
        let mut document = json!({"components": {"schemas": {
            "New": schema,
            "Mood": {"type": "string", "enum": ["good"]},
            "Loop": {"allOf": [reference("New"), {"properties": {"a": text()}}]},
            "Loop2": object(&json!({"b": text()})),
        }}});
        let error = normalise(&mut document).expect_err(name);
        writeln!(table, "{name}: {error}").unwrap();
    }
    insta::assert_snapshot!(table);
}
