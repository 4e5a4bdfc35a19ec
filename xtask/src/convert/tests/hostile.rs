use proptest::prelude::*;
use serde_json::{Value, json};

use super::{convert, document, to_3_0};

/// Any JSON, small.
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
    "$dynamicRef",
    "$dynamicAnchor",
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
    "unevaluatedProperties",
    "unevaluatedItems",
    "examples",
    "default",
    "exclusiveMinimum",
    "minimum",
    "minLength",
    "multipleOf",
    "required",
    "contentEncoding",
    "contentMediaType",
    "discriminator",
    "mapping",
    "nullable",
    "security",
    "content",
    "responses",
    "callbacks",
    "parameters",
    "schema",
    "get",
    "headers",
    "pathItems",
    "webhooks",
];

/// A schema made of what 3.1 has.
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
        any::<bool>().prop_map(Value::from),
        kind.clone().prop_map(|kind| json!({"type": kind})),
        proptest::collection::vec(kind, 1..4).prop_map(|kinds| json!({"type": kinds})),
        values.clone().prop_map(|values| json!({"enum": values})),
        value().prop_map(|value| json!({"const": value})),
        values.prop_map(|values| json!({"examples": values})),
        value().prop_map(|value| json!({"default": value})),
        (-2..3, -2..3).prop_map(|(one, other)| json!({"minimum": one, "exclusiveMinimum": other})),
        (0..3).prop_map(|one| json!({"type": "number", "exclusiveMaximum": one, "format": "x"})),
        Just(json!({"$ref": "#/components/schemas/T"})),
        Just(json!({"$ref": "#/components/schemas/S", "title": "t"})),
        Just(json!({"$defs": {"D": {"const": 1}}, "$ref": "#/$defs/D"})),
        Just(json!({"$anchor": "a"})),
        Just(json!({"$ref": "#a"})),
        Just(json!({"contentEncoding": "base64", "contentMediaType": "image/png"})),
        Just(json!({"type": "string", "nullable": true, "readOnly": true, "writeOnly": true})),
        Just(json!({"required": ["a", "a"], "dependentRequired": {"a": ["b"]}})),
    ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        let list = proptest::collection::vec(inner.clone(), 1..4);
        let part = prop_oneof![
            (proptest::sample::select(&["anyOf", "oneOf", "allOf", "prefixItems"][..]), list)
                .prop_map(|(key, schemas)| json!({key: schemas})),
            (
                proptest::sample::select(
                    &[
                        "items",
                        "not",
                        "contains",
                        "if",
                        "then",
                        "unevaluatedItems",
                        "unevaluatedProperties",
                        "additionalProperties",
                        "propertyNames"
                    ][..]
                ),
                inner.clone()
            )
                .prop_map(|(key, schema)| json!({key: schema})),
            (
                proptest::sample::select(
                    &["properties", "patternProperties", "dependentSchemas", "$defs"][..]
                ),
                inner.clone()
            )
                .prop_map(|(key, schema)| json!({key: {"p": schema}})),
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
                prop_assert!(error.contains("cannot convert /components/schemas/"), "{}", error);
                prop_assert!(!error.contains('\n'));
            }
        }
    }

    #[test]
    fn no_value_in_any_place_is_a_panic(value in any_json(), place in any::<prop::sample::Index>()) {
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

/// A document with something of everything.
fn whole() -> Value {
    let media = json!({"application/json": {
        "schema": {"type": ["string", "null"], "$defs": {"D": {"const": 1}}},
        "examples": {"e": {"$ref": "#/components/examples/E"}},
        "encoding": {"a": {"headers": {"h": {"schema": {"$ref": "#/components/schemas/S"}}}}},
    }});
    let operation = json!({
        "parameters": [{"name": "a", "in": "query", "schema": {"enum": ["a"]}}],
        "requestBody": {"content": media},
        "responses": {"200": {"description": "d", "content": media}},
        "security": [{"tls": []}, {"key": ["role"]}],
        "callbacks": {"c": {"{$url}": {"$ref": "#/components/pathItems/I"}}},
    });
    json!({
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://spec.openapis.org/oas/3.1/dialect/base",
        "info": {"title": "T", "version": "1", "license": {"name": "n", "identifier": "i"}},
        "paths": {"/a": {"get": operation}, "/b": {"$ref": "#/components/pathItems/I"}},
        "webhooks": {"w": {"post": {}}},
        "components": {
            "schemas": {
                "S": {
                    "type": "object",
                    "properties": {"a": {"anyOf": [{"type": "integer"}, {"type": "null"}]}},
                    "patternProperties": {"p": true},
                    "oneOf": [{"$ref": "#/components/schemas/T"}],
                    "discriminator": {"propertyName": "k", "mapping": {"t": "#/$defs/U"}},
                    "$defs": {"U": {"type": "array", "prefixItems": [{"const": 1}]}},
                },
                "T": {"$id": "https://a.example/t", "$dynamicAnchor": "t", "items": {"$dynamicRef": "#t"}},
            },
            "pathItems": {"I": {"summary": "s", "post": {}}},
            "examples": {"E": {"value": 1}},
            "securitySchemes": {
                "tls": {"type": "mutualTLS"},
                "key": {"type": "apiKey", "in": "header", "name": "k"},
            },
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
fn the_document_with_something_of_everything_is_converted() {
    convert(whole()).unwrap();
}

#[test]
fn a_document_that_nests_too_deep_is_an_error() {
    let nested = |levels: usize, wrap: fn(Value) -> Value| {
        document(&(0..levels).fold(json!({"type": "string"}), |schema, _| wrap(schema)))
    };
    let items = |schema| json!({"type": "array", "items": schema});
    convert(nested(100, items)).unwrap();
    let error = to_3_0(&mut nested(200, items)).unwrap_err().to_string();
    assert!(error.contains("deeper than 120 levels, below /components/schemas/S/items"), "{error}");
    // Each union that is written as one adds two levels.
    let union = |schema| json!({"type": ["string", "array"], "items": schema});
    let error = to_3_0(&mut nested(100, union)).unwrap_err().to_string();
    assert!(error.contains("deeper than 120 levels"), "{error}");
}

#[test]
fn path_items_that_multiply_are_an_error() {
    let callback = |next: usize| json!({"u": {"$ref": format!("#/components/pathItems/P{next}")}});
    let mut from = document(&json!({}));
    for index in 0..40 {
        let callbacks = json!({"a": callback(index + 1), "b": callback(index + 1)});
        from["components"]["pathItems"][format!("P{index}")] =
            json!({"post": {"callbacks": callbacks}});
    }
    from["components"]["pathItems"]["P40"] = json!({"post": {}});
    from["paths"]["/a"]["$ref"] = json!("#/components/pathItems/P0");
    let error = to_3_0(&mut from).unwrap_err().to_string();
    assert!(error.contains("too often"), "{error}");
}
