//! Inference of any JSON.

use proptest::collection::{btree_map, vec};
use proptest::prelude::{
    Just, ProptestConfig, Strategy, any, prop_assert, prop_assert_eq, prop_oneof,
};
use proptest::proptest;
use serde_json::{Value, json};

use super::{client, document, infer};
use crate::validate;

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,8}",
        Just("2026-06-01".to_owned()),
        Just("2026-06-01T11:59:00Z".to_owned()),
        "[0-9T:Z-]{0,20}",
    ]
}

/// Keys that are names, keys that are data, and keys that are one name in Rust.
fn key() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-c]{1,2}",
        "\\PC{0,8}",
        "[a-zA-Z_]{1,6}",
        proptest::sample::select(vec![
            "",
            "_",
            "id",
            "_id",
            "ID",
            "extra",
            "Extra",
            "self",
            "Self",
            "type",
            "type_",
            "crate",
            "$ref",
            "properties",
            "additionalProperties",
            "nullable",
            "items",
            "link",
            "links",
            "5511999998888",
            "x-a",
            "builder",
            "default",
            "error",
            "String",
            "Vec",
            "Option",
        ])
        .prop_map(str::to_owned),
    ]
}

fn example() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(json!(null)),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 5, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            btree_map(key(), inner, 0..5).prop_map(|entries| entries.into_iter().collect()),
        ]
    })
}

/// Whether a schema accepts a value, for the keywords that inference writes.
fn accepts(document: &Value, schema: &Value, value: &Value) -> bool {
    if let Some(reference) = schema["$ref"].as_str() {
        return accepts(document, document.pointer(&reference[1..]).unwrap(), value);
    }
    if value.is_null() && schema["nullable"] == true {
        return true;
    }
    let holds = |schemas: &Value| {
        let schemas = schemas.as_array().unwrap().iter();
        schemas.filter(|schema| accepts(document, schema, value)).count()
    };
    schema.as_object().unwrap().iter().all(|(keyword, argument)| match keyword.as_str() {
        "description" | "nullable" => true,
        "allOf" => holds(argument) == argument.as_array().unwrap().len(),
        "oneOf" => holds(argument) == 1,
        "type" => match argument {
            Value::Array(types) => types.iter().any(|kind| has_type(value, kind)),
            kind => has_type(value, kind),
        },
        "format" => value.is_null() || has_format(value, argument),
        "items" => elements(value).all(|element| accepts(document, argument, element)),
        "properties" => entries(value).all(|(key, value)| {
            argument.get(key).is_none_or(|schema| accepts(document, schema, value))
        }),
        "additionalProperties" => entries(value).all(|(key, value)| {
            schema["properties"].get(key).is_some() || accepts(document, argument, value)
        }),
        _ => panic!("unexpected {keyword}"),
    })
}

fn elements(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn has_type(value: &Value, kind: &Value) -> bool {
    match kind.as_str().unwrap() {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        kind => panic!("unexpected type {kind}"),
    }
}

/// Whether the generated type would read it.
fn has_format(value: &Value, format: &Value) -> bool {
    let text = value.as_str().unwrap_or_default();
    match format.as_str().unwrap() {
        "int64" => value.is_i64(),
        "double" => value.is_number(),
        "date" => text.parse::<chrono::NaiveDate>().is_ok(),
        "date-time" => text.parse::<chrono::DateTime<chrono::Utc>>().is_ok(),
        format => panic!("unexpected format {format}"),
    }
}

fn three(version: &str, examples: &[Value]) -> Value {
    let [one, two, three] = examples else { panic!("three examples") };
    let mut document = document(
        version,
        &[("/a", "get", "get_a", one.clone()), ("/b", "get", "get_b", two.clone())],
    );
    let success = "/paths/~1a/get/responses/200";
    let content = document.pointer_mut(success).unwrap()["content"].take();
    document.pointer_mut(success).unwrap()["content"] = json!({"application/json": {
        "examples": {"a": {"value": content["application/json"]["example"]}, "b": {"value": three}}
    }});
    document
}

fn version() -> impl Strategy<Value = &'static str> {
    prop_oneof![Just("3.0.3"), Just("3.1.0")]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn what_is_inferred_accepts_the_examples_and_stays(
        version in version(), examples in vec(example(), 3)
    ) {
        let mut document = three(version, &examples);
        infer(&mut document).unwrap();
        validate::validate(&document).unwrap();
        for (path, example) in [("~1a", 0), ("~1b", 1), ("~1a", 2)] {
            let content = format!("/paths/{path}/get/responses/200/content/application~1json");
            let schema = &document.pointer(&content).unwrap()["schema"];
            prop_assert!(accepts(&document, schema, &examples[example]), "{document:#}");
        }
        let once = document.clone();
        prop_assert_eq!(infer(&mut document).unwrap(), Vec::<String>::new());
        prop_assert_eq!(document, once);
    }

    #[test]
    fn no_document_makes_it_panic(document in example()) {
        let _ = infer(&mut document.clone());
        let _ = infer(&mut json!({"openapi": "3.1.0", "paths": document, "components": document}));
        let operation = json!({"requestBody": document, "responses": {"200": document}});
        let _ = infer(&mut json!({"paths": {"/a": {"get": operation}}}));
        let content = json!({"application/json": {"schema": document, "example": {"a": 1}}});
        let operation = json!({"requestBody": {"content": content}});
        let _ = infer(&mut json!({"paths": {"/a": {"get": operation}}, "components": document}));
    }
}

proptest! {
    // The generator takes its time.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(24) })]

    #[test]
    fn a_client_can_be_made_of_what_is_inferred(
        version in version(), examples in vec(example(), 3)
    ) {
        let mut document = three(version, &examples);
        infer(&mut document).unwrap();
        if let Err(error) = client::generate(document) {
            let error = error.to_string();
            prop_assert!(error.lines().skip(1).all(|line| line.starts_with("  /")), "{error}");
        }
    }
}
