use serde_json::{Value, json};

/// A document with these schemas.
fn document(schemas: &Value) -> Value {
    json!({
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "paths": {},
        "components": {"schemas": schemas},
    })
}

fn to(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

/// Each row: schemas, and what becomes of them with nothing dropped.
fn assert_table(table: Vec<(Value, Value)>) {
    for (from, to) in table {
        let (document, dropped) =
            super::convert(document(&from)).unwrap_or_else(|error| panic!("{from}: {error:#}"));
        assert_eq!(document["components"]["schemas"], to, "{from}");
        assert_eq!(dropped, Vec::<String>::new(), "{from}");
    }
}

#[test]
fn what_is_referred_to_becomes_a_component() {
    let string = json!({"type": "string"});
    assert_table(vec![
        // From the root of the document, as 3.1 has it, and from the schema that
        // was pasted.
        (
            json!({"A": {"$defs": {"B": string}, "items": to("A/$defs/B")}}),
            json!({"A": {"items": to("B")}, "B": string}),
        ),
        (
            json!({"A": {"$defs": {"B": string}, "items": {"$ref": "#/$defs/B"}}}),
            json!({"A": {"items": to("B")}, "B": string}),
        ),
        (
            json!({"A": {"definitions": {"B": string}, "items": {"$ref": "#/definitions/B"}}}),
            json!({"A": {"items": to("B")}, "B": string}),
        ),
        // A name that is taken, in whatever case.
        (
            json!({"A": {"$defs": {"b": string}, "items": {"$ref": "#/$defs/b"}}, "B": {}}),
            json!({"A": {"items": to("A-b")}, "B": {}, "A-b": string}),
        ),
        (
            json!({
                "A": {"$defs": {"C": string}, "items": {"$ref": "#/$defs/C"}},
                "B": {"$defs": {"C": {}}, "items": {"$ref": "#/$defs/C"}},
            }),
            json!({"A": {"items": to("C")}, "B": {"items": to("B-C")}, "C": string, "B-C": {}}),
        ),
        // A definition that refers to itself, and one inside of another.
        (
            json!({"A": {
                "$defs": {"B": {"items": {"$ref": "#/$defs/B"}}},
                "items": {"$ref": "#/$defs/B"},
            }}),
            json!({"A": {"items": to("B")}, "B": {"items": to("B")}}),
        ),
        (
            json!({"A": {
                "$defs": {"B": {"$defs": {"C": string}, "items": {"$ref": "#/$defs/C"}}},
                "items": {"$ref": "#/$defs/B"},
            }}),
            json!({"A": {"items": to("B")}, "B": {"items": to("C")}, "C": string}),
        ),
        // A part of a schema.
        (
            json!({
                "A": {"type": "object", "properties": {"b/c": string}},
                "D": {"items": to("A/properties/b~1c")},
            }),
            json!({
                "A": {"type": "object", "properties": {"b/c": to("b-c")}},
                "D": {"items": to("b-c")},
                "b-c": string,
            }),
        ),
        (
            json!({"A": {"allOf": [string]}, "B": {"items": to("A/allOf/0")}}),
            json!({"A": {"allOf": [to("A-0")]}, "B": {"items": to("A-0")}, "A-0": string}),
        ),
    ]);
}

#[test]
fn anchors_addresses_and_mappings_lead_to_components() {
    let string = json!({"type": "string"});
    assert_table(vec![
        (
            json!({"A": {"$anchor": "a", "type": "string"}, "B": {"items": {"$ref": "#a"}}}),
            json!({"A": string, "B": {"items": to("A")}}),
        ),
        (
            json!({
                "A": {"$id": "https://a.example/a", "items": {"$ref": "#"}, "not": {"$ref": "b"}},
                "B": {"$id": "https://a.example/b", "type": "string"},
                "C": {"items": {"$ref": "https://a.example/a"}},
            }),
            json!({
                "A": {"items": to("A"), "not": to("B")},
                "B": string,
                "C": {"items": to("A")},
            }),
        ),
        (
            json!({"A": {"$id": "a", "$defs": {"B": string}, "items": {"$ref": "#/$defs/B"}}}),
            json!({"A": {"items": to("B")}, "B": string}),
        ),
        (
            json!({"A": {"$dynamicAnchor": "n", "items": {"$dynamicRef": "#n"}}}),
            json!({"A": {"items": to("A")}}),
        ),
        (
            json!({
                "A": {
                    "oneOf": [to("B"), to("A/$defs/C")],
                    "discriminator": {
                        "propertyName": "k",
                        "mapping": {"b": "B", "c": "#/components/schemas/A/$defs/C"},
                    },
                    "$defs": {"C": {"type": "object"}},
                },
                "B": {"type": "object"},
            }),
            json!({
                "A": {
                    "oneOf": [to("B"), to("C")],
                    "discriminator": {
                        "propertyName": "k",
                        "mapping": {"b": "B", "c": "#/components/schemas/C"},
                    },
                },
                "B": {"type": "object"},
                "C": {"type": "object"},
            }),
        ),
    ]);
}

#[test]
fn a_definition_that_nothing_means_is_dropped_and_listed() {
    let (document, dropped) =
        super::convert(document(&json!({"A": {"$defs": {"B": {}, "C": {"const": 1}}}}))).unwrap();
    assert_eq!(document["components"]["schemas"], json!({"A": {}}));
    assert_eq!(dropped, ["B", "C"].map(|name| format!("/components/schemas/A/$defs/{name}")));
}

#[test]
fn a_schema_of_a_message_becomes_a_component_too() {
    let media_type = json!({"schema": {"type": "object", "properties": {"a": {"type": "string"}}}});
    let mut from = document(&json!({}));
    from["paths"]["/a"]["get"]["responses"] = json!({
        "200": {"description": "d", "content": {"application/json": media_type}},
        "201": {"description": "d", "content": {"application/json": {"schema": {
            "$ref": "#/paths/~1a/get/responses/200/content/application~1json/schema",
        }}}},
    });
    let (document, _) = super::convert(from).unwrap();
    let responses = &document["paths"]["/a"]["get"]["responses"];
    for status in ["200", "201"] {
        assert_eq!(responses[status]["content"]["application/json"]["schema"], to("get-schema"));
    }
    assert_eq!(document["components"]["schemas"]["get-schema"], media_type["schema"]);
}

#[test]
fn a_reference_that_leads_nowhere_is_an_error_with_its_place() {
    let table = [
        (json!({"$ref": "other.yaml#/A"}), "$ref", "leads out of the document"),
        (json!({"$ref": "https://a.example/a"}), "$ref", "leads out of the document"),
        (json!({"$ref": "#/components/schemas/No"}), "$ref", "names nothing"),
        (json!({"$ref": "#no"}), "$ref", "names nothing"),
        (json!({"$ref": "#/$defs/No"}), "$ref", "names nothing"),
        (json!({"$ref": "#/info"}), "$ref", "does not name a schema"),
        (json!({"$ref": "#"}), "$ref", "does not name a schema"),
        (json!({"$ref": "#/%FF"}), "$ref", "UTF-8"),
        (json!({"$ref": 1}), "$ref", "a string was expected"),
        (json!({"$dynamicRef": "#n"}), "$dynamicRef", "names nothing"),
        (
            json!({"$dynamicRef": "#n", "items": {"$id": "a", "$dynamicAnchor": "n"},
                   "not": {"$dynamicAnchor": "n"}}),
            "$dynamicRef",
            "another schema for each caller",
        ),
        (
            json!({"anyOf": [{"$anchor": "a"}, {"$anchor": "a"}]}),
            "anyOf/1/$anchor",
            "has this anchor already",
        ),
        (json!({"$id": "#a"}), "$id", "no fragment"),
        (json!({"$id": "a", "not": {"$id": "a"}}), "not/$id", "has this address already"),
        (json!({"$id": "https://["}), "$id", "it is no URI"),
        (
            json!({"discriminator": {"propertyName": "a", "mapping": {"b": "#/no"}}}),
            "discriminator/mapping/b",
            "names nothing",
        ),
    ];
    for (schema, place, reason) in table {
        let from = document(&json!({"A": {"items": schema}}));
        let error = super::convert(from).expect_err(&schema.to_string()).to_string();
        let pointer = format!("/components/schemas/A/items/{place} to");
        assert!(error.contains(&pointer) && error.contains(reason), "{schema}: {error}");
    }
}

#[test]
fn a_schema_that_is_made_of_itself_is_an_error_with_its_place() {
    for schemas in [
        json!({"A": to("A")}),
        json!({"A": to("B"), "B": {"title": "t", "allOf": [{"allOf": [to("A")]}]}}),
    ] {
        let error = super::convert(document(&schemas)).unwrap_err().to_string();
        assert!(error.starts_with("cannot convert /components/schemas/A to"), "{error}");
        assert!(error.contains("made of itself"), "{error}");
    }
    // A family: the parent lists its children, and each child is a parent and more.
    let family = json!({"A": {"oneOf": [to("B")]}, "B": {"allOf": [to("A"), {"title": "t"}]}});
    super::convert(document(&family)).unwrap();
}
