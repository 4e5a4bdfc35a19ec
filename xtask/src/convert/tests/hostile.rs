use proptest::prelude::*;
use serde_json::{Value, json};

use super::{convert, document, to_3_0};

/// Small JSON values of any kind.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(|number| json!(number)),
        prop_oneof!["[a#/$~]{0,4}", Just("#/components/schemas/S".to_owned())]
            .prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        let keys = prop_oneof!["[a-c]", proptest::sample::select(KEYWORDS).prop_map(str::to_owned)];
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map(keys, inner, 0..4)
                .prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

const KEYWORDS: &[&str] = &[
    "$ref",
    "$defs",
    "$id",
    "$anchor",
    "type",
    "const",
    "enum",
    "anyOf",
    "oneOf",
    "allOf",
    "not",
    "items",
    "prefixItems",
    "properties",
    "patternProperties",
    "additionalProperties",
    "examples",
    "default",
    "exclusiveMinimum",
    "minimum",
    "minLength",
    "required",
    "contentEncoding",
    "contentMediaType",
    "discriminator",
    "nullable",
    "content",
    "responses",
    "callbacks",
    "parameters",
    "schema",
    "get",
    "headers",
    "pathItems",
];

/// Schemas with the constructs of 3.1.
fn schema() -> impl Strategy<Value = Value> {
    let kind = proptest::sample::select(
        &["string", "integer", "number", "boolean", "array", "object", "null"][..],
    );
    let value = || {
        prop_oneof![
            Just(json!(null)),
            Just(json!("a")),
            Just(json!(1)),
            Just(json!(1.5)),
            Just(json!(true)),
            Just(json!([1])),
            Just(json!({"a": 1})),
        ]
    };
    let values = proptest::collection::vec(value(), 1..4);
    let leaf = prop_oneof![
        kind.clone().prop_map(|kind| json!({"type": kind})),
        kind.prop_map(|kind| json!({"type": [kind, "null"]})),
        values.clone().prop_map(|values| json!({"enum": values})),
        value().prop_map(|value| json!({"const": value})),
        values.prop_map(|values| json!({"examples": values})),
        value().prop_map(|value| json!({"default": value})),
        (-2..3, -2..3).prop_map(|(one, other)| json!({"maximum": one, "exclusiveMinimum": other})),
        (0..3).prop_map(|one| json!({"type": "number", "exclusiveMaximum": one, "format": "x"})),
        Just(json!({"$ref": "#/components/schemas/T"})),
        Just(json!({"$ref": "#/components/schemas/S", "title": "t"})),
        Just(json!({"contentEncoding": "base64", "contentMediaType": "image/png"})),
        Just(json!({"type": "string", "nullable": true, "readOnly": true})),
        Just(json!({"required": ["a"], "minProperties": 1})),
    ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        let list = proptest::collection::vec(inner.clone(), 1..4);
        let part = prop_oneof![
            (proptest::sample::select(&["anyOf", "oneOf", "allOf"][..]), list)
                .prop_map(|(key, schemas)| json!({key: schemas})),
            (
                proptest::sample::select(&["items", "not", "additionalProperties"][..]),
                inner.clone()
            )
                .prop_map(|(key, schema)| json!({key: schema})),
            inner.clone().prop_map(|schema| json!({"properties": {"p": schema}})),
            inner,
        ];
        // Several keywords in one schema.
        proptest::collection::vec(part, 1..4).prop_map(|parts| {
            let objects = parts.into_iter().filter_map(|part| part.as_object().cloned());
            Value::Object(objects.flatten().collect())
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..Default::default() })]

    #[test]
    fn a_schema_becomes_valid_or_an_error_with_a_place(schema in schema()) {
        let from = document(&schema);
        let mut converted = from.clone();
        match to_3_0(&mut converted) {
            Ok(_) => drop(convert(from).map_err(|error| {
                TestCaseError::fail(format!("{error:#}: {converted}"))
            })?),
            Err(error) => {
                let error = error.to_string();
                prop_assert!(error.starts_with("/components/schemas/S"), "{}", error);
                prop_assert!(!error.contains('\n'));
            }
        }
    }

    #[test]
    fn no_value_in_any_place_panics(value in any_json(), place in any::<prop::sample::Index>()) {
        let mut document = whole();
        let mut places = Vec::new();
        collect(&document, String::new(), &mut places);
        let place = &places[place.index(places.len())];
        *document.pointer_mut(place).unwrap() = value;
        if let Err(error) = to_3_0(&mut document) {
            prop_assert!(!error.to_string().contains('\n'));
        }
    }
}

/// A document with every kind of object.
fn whole() -> Value {
    let media = json!({"application/json": {
        "schema": {"type": ["string", "null"]},
        "examples": {"e": {"$ref": "#/components/examples/E"}},
        "encoding": {"a": {"headers": {"h": {"schema": {"$ref": "#/components/schemas/S"}}}}},
    }});
    let responses = json!({"200": {"description": "d", "content": media}});
    let operation = json!({
        "parameters": [{"name": "a", "in": "query", "schema": {"enum": ["a"]}}],
        "requestBody": {"content": media},
        "responses": responses,
        "security": [{"key": []}],
        "callbacks": {"c": {"{$url}": {"summary": "s", "post": {"responses": responses}}}},
    });
    json!({
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://spec.openapis.org/oas/3.1/dialect/base",
        "info": {"title": "T", "version": "1", "license": {"name": "n", "identifier": "i"}},
        "paths": {"/a": {"get": operation}},
        "components": {
            "schemas": {
                "S": {
                    "type": "object",
                    "properties": {"a": {"anyOf": [{"type": "integer"}, {"type": "null"}]}},
                    "oneOf": [{"$ref": "#/components/schemas/T"}],
                    "discriminator": {"propertyName": "k", "mapping": {"t": "T"}},
                    "required": ["k"],
                },
                "T": {"type": "array", "minItems": 1, "items": {"exclusiveMinimum": 1}},
            },
            "examples": {"E": {"value": 1}},
            "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "k"}},
        },
    })
}

fn collect(value: &Value, at: String, places: &mut Vec<String>) {
    match value {
        Value::Object(entries) => {
            for (key, value) in entries {
                let key = key.replace('~', "~0").replace('/', "~1");
                collect(value, format!("{at}/{key}"), places);
            }
        }
        Value::Array(values) => {
            for (index, value) in values.iter().enumerate() {
                collect(value, format!("{at}/{index}"), places);
            }
        }
        _ => {}
    }
    places.push(at);
}

#[test]
fn the_document_with_every_kind_of_object_is_converted() {
    convert(whole()).unwrap();
}

#[test]
fn the_deepest_document_that_parses_is_converted() {
    let nested = |levels: usize| {
        // A sibling of a reference moves it two levels down.
        let reference = json!({"$ref": "#/components/schemas/T", "title": "t"});
        let items = |schema, _| json!({"type": "array", "items": schema});
        document(&(0..levels).fold(reference, items)).to_string()
    };
    let (deepest, _) = convert(crate::yaml::parse(&nested(60)).unwrap()).unwrap();
    serde_json::from_str::<Value>(&deepest.to_string()).unwrap();
    let error = crate::yaml::parse::<Value>(&nested(61)).unwrap_err().to_string();
    assert!(error.contains("depth"), "{error}");
}

#[test]
fn a_long_chain_of_schemas_is_converted() {
    let mut from = document(&json!({}));
    for index in 0..5000 {
        let next = json!({"$ref": format!("#/components/schemas/C{}", index + 1)});
        from["components"]["schemas"][format!("C{index}")] = json!({"allOf": [next, {}]});
    }
    from["components"]["schemas"]["C5000"] = json!({});
    convert(from).unwrap();
}
