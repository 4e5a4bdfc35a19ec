use serde_json::{Value, json};

/// What becomes of a schema, and what was dropped of it.
fn convert(schema: &Value) -> anyhow::Result<(Value, Vec<String>)> {
    let (mut document, dropped) = super::convert(super::document(schema))?;
    let below = |place: String| {
        place.strip_prefix("/components/schemas/S/").map(str::to_owned).unwrap_or(place)
    };
    let schema = document["components"]["schemas"]["S"].take();
    Ok((schema, dropped.into_iter().map(below).collect()))
}

/// Each row: a schema, what becomes of it, and what is dropped.
fn assert_table(table: Vec<(Value, Value, &[&str])>) {
    for (from, to, dropped) in table {
        let converted = convert(&from).unwrap_or_else(|error| panic!("{from}: {error:#}"));
        let dropped: Vec<String> = dropped.iter().map(ToString::to_string).collect();
        assert_eq!(converted, (to, dropped), "{from}");
    }
}

fn reference() -> Value {
    json!({"$ref": "#/components/schemas/T"})
}

#[test]
fn null_becomes_nullable() {
    let reference = reference();
    assert_table(vec![
        (json!({"type": ["string", "null"]}), json!({"type": "string", "nullable": true}), &[]),
        (json!({"type": "null"}), json!({"enum": [null]}), &[]),
        (json!({"type": ["null"], "title": "N"}), json!({"enum": [null], "title": "N"}), &[]),
        (json!({"const": null}), json!({"enum": [null]}), &[]),
        (json!({"allOf": [{"type": "null"}]}), json!({"allOf": [{"enum": [null]}]}), &[]),
        (json!({"anyOf": [{"type": "null"}]}), json!({"enum": [null]}), &[]),
        (
            json!({"description": "d", "oneOf": [reference, {"type": "null"}]}),
            json!({"description": "d", "anyOf": [reference, {"type": "object", "nullable": true, "enum": [null]}]}),
            &[],
        ),
        (
            json!({"anyOf": [{"type": "string", "minLength": 1}, {"const": null}]}),
            json!({"type": "string", "minLength": 1, "nullable": true}),
            &[],
        ),
        (
            json!({"anyOf": [{"type": "string"}, {"type": "integer"}, {"enum": [null]}]}),
            json!({"anyOf": [{"type": "string"}, {"type": "integer"}, {"type": "object", "nullable": true, "enum": [null]}]}),
            &[],
        ),
        (
            json!({"oneOf": [{"type": ["string", "null"]}, {"type": "integer"}]}),
            json!({"oneOf": [{"type": "string"}, {"type": "integer"}, {"type": "object", "nullable": true, "enum": [null]}]}),
            &[],
        ),
        (
            json!({"allOf": [{"title": "X"}], "oneOf": [reference, {"type": "null"}]}),
            json!({"anyOf": [{"allOf": [reference, {"title": "X"}]}, {"type": "object", "nullable": true, "enum": [null]}]}),
            &[],
        ),
        (
            json!({
                "oneOf": [{"title": "X"}, {"type": "null"}],
                "anyOf": [{"title": "Y"}, {"type": "null"}],
            }),
            json!({"title": "X", "anyOf": [{"title": "Y"}, {"type": "object", "nullable": true, "enum": [null]}]}),
            &[],
        ),
        // The type beside a union has the last word.
        (
            json!({"type": "object", "oneOf": [reference, {"type": "null"}]}),
            json!({"type": "object", "allOf": [reference]}),
            &[],
        ),
        (
            json!({"type": ["string", "null"], "enum": ["a", null]}),
            json!({"type": "string", "enum": ["a", null], "nullable": true}),
            &[],
        ),
        (
            json!({"enum": ["a", null]}),
            json!({"type": "string", "enum": ["a", null], "nullable": true}),
            &[],
        ),
        // Left over from 3.0, where it means what its author means here.
        (
            json!({"type": "string", "nullable": true}),
            json!({"type": "string", "nullable": true}),
            &[],
        ),
    ]);
}

#[test]
fn several_types_become_a_union() {
    assert_table(vec![
        (json!({"type": ["string"]}), json!({"type": "string"}), &[]),
        (json!({"type": ["integer", "number"]}), json!({"type": "number"}), &[]),
        (
            json!({"type": ["integer", "array", "null"], "items": {"const": 1}, "title": "T"}),
            json!({
                "oneOf": [
                    {"type": "integer"},
                    {"type": "array", "items": {"type": "integer", "enum": [1]}},
                    {"type": "object", "nullable": true, "enum": [null]},
                ],
                "title": "T",
            }),
            &[],
        ),
        (
            json!({
                "type": ["string", "integer"],
                "minLength": 1,
                "minimum": 2,
                "minItems": 3,
                "format": "date",
                "oneOf": [{"title": "A"}, {"title": "B"}],
            }),
            json!({
                "oneOf": [
                    {"type": "string", "minLength": 1, "format": "date"},
                    {"type": "integer", "minimum": 2},
                ],
                "allOf": [{"oneOf": [{"title": "A"}, {"title": "B"}]}],
            }),
            &["minItems"],
        ),
        (
            json!({"type": ["string", "integer"], "enum": ["a", 1]}),
            json!({
                "oneOf": [{"type": "string", "enum": ["a"]}, {"type": "integer", "enum": [1]}],
            }),
            &[],
        ),
        (
            json!({"type": ["string", "boolean"], "enum": ["a"]}),
            json!({"type": "string", "enum": ["a"]}),
            &[],
        ),
        (
            json!({"type": ["object", "array", "string", "number", "boolean", "null"]}),
            json!({}),
            &[],
        ),
        (
            json!({"type": ["object", "array", "string", "number", "integer", "boolean"]}),
            json!({}),
            &["type"],
        ),
        (json!({"type": "array"}), json!({"type": "array", "items": {}}), &[]),
    ]);
}

#[test]
fn values_are_of_the_type() {
    assert_table(vec![
        (json!({"const": "a"}), json!({"type": "string", "enum": ["a"]}), &[]),
        (json!({"const": true}), json!({"type": "boolean", "enum": [true]}), &[]),
        (json!({"const": 1.5}), json!({"type": "number", "enum": [1.5]}), &[]),
        (json!({"const": {"a": 1}}), json!({"enum": [{"a": 1}]}), &[]),
        (json!({"const": "a", "enum": ["a", "b"]}), json!({"type": "string", "enum": ["a"]}), &[]),
        (
            json!({"enum": ["a", 1]}),
            json!({
                "oneOf": [{"type": "string", "enum": ["a"]}, {"type": "integer", "enum": [1]}],
            }),
            &[],
        ),
        (
            json!({"type": "string", "enum": ["a", 1, null, "a"]}),
            json!({"type": "string", "enum": ["a"]}),
            &[],
        ),
        (
            json!({"type": "integer", "enum": [1.0, 2], "default": 1.0, "minimum": 0.0}),
            json!({"type": "integer", "enum": [1, 2], "default": 1, "minimum": 0}),
            &[],
        ),
        (json!({"type": "string", "default": null}), json!({"type": "string"}), &["default"]),
        (
            json!({"type": "string", "enum": ["a"], "default": "b"}),
            json!({"type": "string", "enum": ["a"]}),
            &["default"],
        ),
        (
            json!({"anyOf": [{"type": "string"}, {"type": "null"}], "default": null}),
            json!({"type": "string", "nullable": true, "default": null}),
            &[],
        ),
        (
            json!({"type": "string", "examples": ["a"]}),
            json!({"type": "string", "example": "a"}),
            &[],
        ),
        (
            json!({"type": "string", "examples": ["a", "b"]}),
            json!({"type": "string", "example": "a"}),
            &["examples"],
        ),
        (
            json!({"type": "string", "example": "c", "examples": ["a"]}),
            json!({"type": "string", "example": "c"}),
            &["examples"],
        ),
        (json!({"examples": {"a": 1}}), json!({}), &["examples"]),
        // A value is no schema.
        (
            json!({"example": {"const": 1}, "default": {"type": ["a"]}}),
            json!({"example": {"const": 1}, "default": {"type": ["a"]}}),
            &[],
        ),
        (json!({"x-any": {"const": 1}}), json!({"x-any": {"const": 1}}), &[]),
    ]);
}

#[test]
fn bounds_become_flags() {
    assert_table(vec![
        (
            json!({"type": "integer", "exclusiveMinimum": 0}),
            json!({"type": "integer", "minimum": 0, "exclusiveMinimum": true}),
            &[],
        ),
        (
            json!({"type": "integer", "minimum": 5, "exclusiveMinimum": 0, "exclusiveMaximum": 9}),
            json!({"type": "integer", "minimum": 5, "maximum": 9, "exclusiveMaximum": true}),
            &[],
        ),
        (
            json!({"type": "number", "maximum": 9, "exclusiveMaximum": 9}),
            json!({"type": "number", "maximum": 9, "exclusiveMaximum": true}),
            &[],
        ),
        (
            json!({
                "type": "integer",
                "minimum": 9_007_199_254_740_993_u64,
                "exclusiveMinimum": 9_007_199_254_740_992_u64,
            }),
            json!({"type": "integer", "minimum": 9_007_199_254_740_993_u64}),
            &[],
        ),
        // A flag left over from 3.0.
        (json!({"type": "integer", "exclusiveMinimum": true}), json!({"type": "integer"}), &[]),
        (
            json!({"type": "string", "minLength": 1.0}),
            json!({"type": "string", "minLength": 1}),
            &[],
        ),
        (
            json!({"type": "integer", "format": "uint8"}),
            json!({"type": "integer", "format": "uint8"}),
            &[],
        ),
    ]);
}

#[test]
fn bytes_become_a_format() {
    let string = json!({"type": "string"});
    assert_table(vec![
        (
            json!({"type": "string", "contentEncoding": "base64"}),
            json!({"type": "string", "format": "byte"}),
            &[],
        ),
        (
            json!({"type": "string", "contentMediaType": "application/octet-stream"}),
            json!({"type": "string", "format": "binary"}),
            &[],
        ),
        (
            json!({"contentMediaType": "image/png"}),
            json!({"type": "string", "format": "binary"}),
            &["contentMediaType"],
        ),
        (
            json!({"type": "string", "contentEncoding": "base64", "contentMediaType": "image/png"}),
            json!({"type": "string", "format": "byte"}),
            &["contentMediaType"],
        ),
        // JSON in a string is a string.
        (
            json!({
                "type": "string",
                "contentMediaType": "application/json",
                "contentSchema": {"type": "integer"},
            }),
            string.clone(),
            &["contentSchema", "contentMediaType"],
        ),
        (json!({"type": "string", "contentEncoding": "base32"}), string, &["contentEncoding"]),
        (
            json!({"type": "string", "format": "uuid", "contentEncoding": "base64"}),
            json!({"type": "string", "format": "uuid"}),
            &["contentEncoding"],
        ),
    ]);
}

#[test]
fn tuples_become_arrays() {
    let number = json!({"type": "number"});
    let string = json!({"type": "string"});
    assert_table(vec![
        (
            json!({"type": "array", "prefixItems": [number, number], "items": false, "minItems": 2}),
            json!({"type": "array", "items": number, "minItems": 2, "maxItems": 2}),
            &[],
        ),
        (
            json!({"type": "array", "prefixItems": [number, number], "maxItems": 2}),
            json!({"type": "array", "items": number, "maxItems": 2}),
            &[],
        ),
        (
            json!({"type": "array", "prefixItems": [number], "items": number}),
            json!({"type": "array", "items": number}),
            &[],
        ),
        (
            json!({"type": "array", "prefixItems": [string, number, number], "maxItems": 3}),
            json!({"type": "array", "items": {"oneOf": [string, number]}, "maxItems": 3}),
            &["prefixItems"],
        ),
        (
            json!({
                "type": "array",
                "prefixItems": [
                    {"type": "string", "minLength": 1, "format": "date"},
                    {"type": ["string", "null"], "format": "date"},
                ],
                "items": false,
            }),
            json!({
                "type": "array",
                "items": {"type": "string", "format": "date", "nullable": true},
                "maxItems": 2,
            }),
            &["prefixItems"],
        ),
        // What follows is not said, or code could not tell it from the rest.
        (
            json!({"type": "array", "prefixItems": [string]}),
            json!({"type": "array", "items": {}}),
            &["prefixItems"],
        ),
        (
            json!({"type": "array", "prefixItems": [reference(), string], "items": false}),
            json!({"type": "array", "items": {}, "maxItems": 2}),
            &["prefixItems"],
        ),
        (
            json!({"type": "array", "items": false}),
            json!({"type": "array", "items": {}, "maxItems": 0}),
            &[],
        ),
        (
            json!({"type": "array", "unevaluatedItems": string}),
            json!({"type": "array", "items": string}),
            &[],
        ),
        (
            json!({"type": "array", "items": string, "unevaluatedItems": false}),
            json!({"type": "array", "items": string}),
            &[],
        ),
        (
            json!({"allOf": [{"items": string}], "unevaluatedItems": false}),
            json!({"allOf": [{"items": string}]}),
            &["unevaluatedItems"],
        ),
    ]);
}

#[test]
fn properties_by_pattern_become_additional_ones() {
    let string = json!({"type": "string"});
    let map = |values: &Value| json!({"type": "object", "additionalProperties": values});
    assert_table(vec![
        (
            json!({"type": "object", "patternProperties": {"^a": string}}),
            map(&string),
            &["patternProperties"],
        ),
        (
            json!({
                "type": "object",
                "patternProperties": {"^a": string, "^b": {"type": "integer"}},
                "additionalProperties": false,
            }),
            map(&json!({"oneOf": [string, {"type": "integer"}]})),
            &["patternProperties"],
        ),
        (
            json!({"type": "object", "patternProperties": {"^a": string, "^b": string}}),
            json!({"type": "object"}),
            &["patternProperties"],
        ),
        (
            json!({
                "type": "object",
                "properties": {"b": {"type": "integer"}},
                "patternProperties": {"^a": string},
            }),
            json!({"type": "object", "properties": {"b": {"type": "integer"}}}),
            &["patternProperties"],
        ),
        (
            json!({
                "type": "object",
                "patternProperties": {"^a": reference()},
                "additionalProperties": string,
            }),
            map(&json!({})),
            &["patternProperties"],
        ),
        (json!({"type": "object", "unevaluatedProperties": string}), map(&string), &[]),
        (
            json!({"allOf": [reference()], "unevaluatedProperties": false}),
            json!({"allOf": [reference()]}),
            &["unevaluatedProperties"],
        ),
        (json!({"type": "object", "required": []}), json!({"type": "object"}), &[]),
        (
            json!({"type": "object", "required": ["a", "a"]}),
            json!({"type": "object", "required": ["a"]}),
            &[],
        ),
    ]);
}

#[test]
fn schemas_may_be_true_or_false() {
    assert_table(vec![
        (json!(true), json!({}), &[]),
        (json!(false), json!({"not": {}}), &[]),
        (
            json!({"type": "object", "properties": {"a": true}, "additionalProperties": false}),
            json!({"type": "object", "properties": {"a": {}}, "additionalProperties": false}),
            &[],
        ),
        (json!({"not": false}), json!({"not": {"not": {}}}), &[]),
        (
            json!({"anyOf": [{"type": "string"}, {"type": "integer"}, false]}),
            json!({"anyOf": [{"type": "string"}, {"type": "integer"}]}),
            &[],
        ),
        (json!({"allOf": [true, false]}), json!({"allOf": [{}, {"not": {}}]}), &[]),
        (json!({"type": "array", "items": true}), json!({"type": "array", "items": {}}), &[]),
    ]);
}

#[test]
fn words_beside_a_reference_are_kept() {
    let reference = reference();
    assert_table(vec![
        (reference.clone(), reference.clone(), &[]),
        (
            json!({"$ref": "#/components/schemas/T", "description": "d"}),
            json!({"allOf": [reference], "description": "d"}),
            &[],
        ),
        (
            json!({"$ref": "#/components/schemas/T", "allOf": [{"title": "X"}]}),
            json!({"allOf": [reference, {"title": "X"}]}),
            &[],
        ),
        (
            json!({"$ref": "#/components/schemas/T", "$comment": "c"}),
            reference.clone(),
            &["$comment"],
        ),
    ]);
}

#[test]
fn what_only_narrows_is_dropped_and_listed() {
    let narrowing = [
        ("$comment", json!("c")),
        ("$schema", json!("https://json-schema.org/draft/2020-12/schema")),
        ("contains", json!({"type": "string"})),
        ("minContains", json!(1)),
        ("maxContains", json!(2)),
        ("dependentRequired", json!({"a": ["b"]})),
        ("dependentSchemas", json!({"a": {"required": ["b"]}})),
        ("if", json!({"required": ["a"]})),
        ("then", json!({"required": ["b"]})),
        ("else", json!({"required": ["c"]})),
        ("propertyNames", json!({"pattern": "^a"})),
        ("contentSchema", json!({})),
        // JSON Schema takes words that it does not know for notes.
        ("enumNames", json!(["A"])),
    ];
    for (keyword, value) in narrowing {
        let from = json!({"type": "object", "properties": {"a": {"title": "A", keyword: value}}});
        let to = json!({"type": "object", "properties": {"a": {"title": "A"}}});
        assert_eq!(convert(&from).unwrap(), (to, vec![format!("properties/a/{keyword}")]));
    }
    let both = json!({"type": "string", "readOnly": true, "writeOnly": true});
    let dropped = ["readOnly", "writeOnly"].map(str::to_owned).to_vec();
    assert_eq!(convert(&both).unwrap(), (json!({"type": "string"}), dropped));
}

#[test]
fn what_3_0_cannot_say_is_an_error_with_its_place() {
    let table = [
        (json!({"type": "file"}), "type"),
        (json!({"type": []}), "type"),
        (json!({"type": 1}), "type"),
        (json!({"properties": {"a/b": {"prefixItems": []}}}), "properties/a~1b/prefixItems"),
        (json!({"properties": []}), "properties"),
        (json!({"type": "string", "oneOf": [{"type": "null"}]}), "oneOf"),
        (json!({"type": "string", "enum": [1]}), "enum"),
        (json!({"const": 1, "enum": [2]}), "const"),
        (json!({"enum": []}), "enum"),
        (json!({"anyOf": {}}), "anyOf"),
        (json!({"items": 1}), "items"),
        (json!({"minLength": -1}), "minLength"),
        (json!({"minLength": 1.5}), "minLength"),
        (json!({"multipleOf": 0}), "multipleOf"),
        (json!({"pattern": 1}), "pattern"),
        (json!({"required": "a"}), "required"),
        (json!({"exclusiveMinimum": "1"}), "exclusiveMinimum"),
        (json!({"$schema": "https://example.com/mine"}), "$schema"),
        (json!([]), ""),
        (json!(1), ""),
    ];
    for (schema, place) in table {
        let error = convert(&schema).expect_err(&schema.to_string()).to_string();
        let pointer = format!("/components/schemas/S/{place}");
        let expected = format!("cannot convert {} to", pointer.trim_end_matches('/'));
        assert!(error.starts_with(&expected), "{schema}: {error}");
    }
}
