use serde_json::{Value, json};

/// Returns the converted schema and the places in it that were dropped.
fn convert(schema: &Value) -> anyhow::Result<(Value, Vec<String>)> {
    let (mut document, dropped) = super::convert(super::document(schema))?;
    let below = |place: String| {
        place.strip_prefix("/components/schemas/S/").map(str::to_owned).unwrap_or(place)
    };
    let schema = document["components"]["schemas"]["S"].take();
    Ok((schema, dropped.into_iter().map(below).collect()))
}

/// Checks rows of a schema, the converted one, and the dropped places.
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

fn only_null() -> Value {
    json!({"type": "object", "nullable": true, "enum": [null]})
}

#[test]
fn null_becomes_nullable() {
    let string = json!({"type": "string", "nullable": true});
    assert_table(vec![
        (json!({"type": ["string", "null"]}), string.clone(), &[]),
        (json!({"type": ["string"]}), json!({"type": "string"}), &[]),
        (string.clone(), string, &[]),
        (
            json!({"type": ["array", "null"]}),
            json!({"type": "array", "items": {}, "nullable": true}),
            &[],
        ),
        (json!({"type": "null"}), only_null(), &[]),
        (json!({"const": null}), json!({"enum": [null]}), &[]),
        (
            json!({"type": "object", "nullable": true, "enum": [null], "title": "N"}),
            json!({"type": "object", "nullable": true, "enum": [null], "title": "N"}),
            &[],
        ),
        (
            json!({"anyOf": [{"type": "string", "minLength": 1}, {"const": null}]}),
            json!({"type": "string", "minLength": 1, "nullable": true}),
            &[],
        ),
        (
            json!({"anyOf": [{"type": "string"}, {"type": "null"}], "default": null}),
            json!({"type": "string", "nullable": true, "default": null}),
            &[],
        ),
        (
            json!({"type": ["string", "null"], "enum": ["a", null]}),
            json!({"type": "string", "enum": ["a", null], "nullable": true}),
            &[],
        ),
        (json!({"enum": ["a", null]}), json!({"enum": ["a", null]}), &[]),
    ]);
}

#[test]
fn null_stays_an_alternative_if_there_is_no_type() {
    let reference = reference();
    let (string, integer) = (json!({"type": "string"}), json!({"type": "integer"}));
    assert_table(vec![
        (
            json!({"description": "d", "oneOf": [reference, {"type": "null"}]}),
            json!({"description": "d", "anyOf": [reference, only_null()]}),
            &[],
        ),
        (
            json!({"oneOf": [string, integer, {"enum": [null]}]}),
            json!({"oneOf": [string, integer, only_null()]}),
            &[],
        ),
        (
            json!({"title": "S", "anyOf": [{"type": "string", "title": "T"}, {"type": "null"}]}),
            json!({"title": "S", "anyOf": [{"type": "string", "title": "T"}, only_null()]}),
            &[],
        ),
        (
            json!({"oneOf": [reference, {"type": "null"}], "anyOf": [reference]}),
            json!({"oneOf": [reference, only_null()], "anyOf": [reference]}),
            &[],
        ),
        (
            json!({"type": "array", "items": {"oneOf": [{"type": "null"}, reference]}}),
            json!({"type": "array", "items": {"anyOf": [reference, only_null()]}}),
            &[],
        ),
    ]);
}

#[test]
fn values_are_preserved() {
    assert_table(vec![
        (json!({"const": "a"}), json!({"enum": ["a"]}), &[]),
        (json!({"const": true, "enum": [true, false]}), json!({"enum": [true]}), &[]),
        (json!({"enum": [1, "a"]}), json!({"enum": [1, "a"]}), &[]),
        (json!({"const": {"a": 1}}), json!({"enum": [{"a": 1}]}), &[]),
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
        // A value is not a schema.
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
            json!({"type": "integer", "exclusiveMinimum": 0, "maximum": 9}),
            json!({"type": "integer", "minimum": 0, "exclusiveMinimum": true, "maximum": 9}),
            &[],
        ),
        (
            json!({"type": "number", "exclusiveMaximum": 9.5}),
            json!({"type": "number", "maximum": 9.5, "exclusiveMaximum": true}),
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
fn siblings_of_a_reference_are_kept() {
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
        (
            json!({
                "$schema": "https://json-schema.org/draft/2020-12/schema",
                "additionalProperties": false,
            }),
            json!({"additionalProperties": false}),
            &["$schema"],
        ),
    ]);
}

/// Asserts that a schema is refused at a place within it, with a reason that ends with `end`.
fn assert_refused(schema: &Value, place: &str, end: &str) {
    let error = convert(schema).expect_err(&schema.to_string()).to_string();
    let pointer = format!("/components/schemas/S/{place}");
    let is_there = error.starts_with(&format!("{}: ", pointer.trim_end_matches('/')));
    assert!(is_there && error.ends_with(end), "{schema}: {error}");
}

#[test]
fn an_unsupported_keyword_is_an_error_with_its_place_and_a_remedy() {
    for (keyword, cure) in [
        ("prefixItems", "describe the array with `items`"),
        ("contains", "describe the array with `items`"),
        ("unevaluatedItems", "describe the array with `items`"),
        ("patternProperties", "`properties` and `additionalProperties`"),
        ("propertyNames", "`properties` and `additionalProperties`"),
        ("unevaluatedProperties", "`properties` and `additionalProperties`"),
        ("if", "as a branch of `oneOf`"),
        ("dependentRequired", "as a branch of `oneOf`"),
        ("dependentSchemas", "as a branch of `oneOf`"),
        ("$defs", "move its schemas to `/components/schemas`"),
        ("$id", "by its name in `/components/schemas`"),
        ("$anchor", "by its name in `/components/schemas`"),
        ("$dynamicAnchor", "by its name in `/components/schemas`"),
        ("$dynamicRef", "write a `$ref` to `#/components/schemas/...`"),
        ("contentEncoding", "write a `format`, or describe it in `description`"),
        ("contentMediaType", "write a `format`, or describe it in `description`"),
        ("contentSchema", "in `description`"),
        ("enumNames", "remove it, or begin its name with `x-`"),
    ] {
        let schema = json!({"properties": {"a/b": {keyword: {}}}});
        let end = format!("the client supports no `{keyword}`: ");
        let error = convert(&schema).unwrap_err().to_string();
        assert!(error.contains(&end), "{error}");
        assert_refused(&schema, &format!("properties/a~1b/{keyword}"), cure);
    }
}

#[test]
fn a_malformed_schema_is_an_error_with_its_place_and_a_remedy() {
    let no_object = "is no object: describe the Schema in one";
    for (schema, place, end) in [
        (json!([]), "", no_object),
        (json!(true), "", no_object),
        (json!({"items": false}), "items", no_object),
        (json!({"properties": []}), "properties", "is no object: make it one"),
        (json!({"allOf": {}}), "allOf", "is no list: make it one"),
        (json!({"anyOf": []}), "anyOf", "is not a list with elements: write one"),
        (json!({"enum": []}), "enum", "is not a list with elements: write one"),
        (json!({"type": 1}), "type", "is not a type: write one"),
        (json!({"type": []}), "type", "is not a type: write one"),
        (json!({"type": "file"}), "type", "\"file\" is not a type: write a JSON type"),
        (json!({"type": ["string", "integer"]}), "type", "a branch of `oneOf` for each"),
        (json!({"minLength": -1}), "minLength", "is not a whole number from 0 on: write one"),
        (json!({"pattern": 1}), "pattern", "is not a string: write one"),
        (json!({"required": "a"}), "required", "is not a list of names: write one"),
        (json!({"exclusiveMinimum": "1"}), "exclusiveMinimum", "is not a number: write one"),
        (
            json!({"minimum": 1, "exclusiveMinimum": 1}),
            "exclusiveMinimum",
            "is next to `minimum`: remove the wider of them",
        ),
        (json!({"nullable": true}), "nullable", "write null as a branch of `anyOf`"),
        (
            json!({"allOf": [reference()], "nullable": true}),
            "nullable",
            "write null as a branch of `anyOf`",
        ),
    ] {
        assert_refused(&schema, place, end);
    }
}
