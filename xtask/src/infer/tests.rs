//! What is inferred of whole documents, and that all of it can be used.

mod client;
mod hostile;

use std::path::Path;

use serde_json::{Value, json};

use crate::{merge, source, upstream, validate};

/// Infers where nothing was made before.
fn infer(document: &mut Value) -> anyhow::Result<Vec<String>> {
    super::infer(document, &Value::Null)
}

/// A document with operations, each of a path with a method, an `operationId`
/// and the example of its success.
fn document(version: &str, operations: &[(&str, &str, &str, Value)]) -> Value {
    let mut document = json!({
        "openapi": version,
        "info": {"title": "T", "version": "1"},
        "servers": [{"url": "https://example.com"}],
        "paths": {},
    });
    for (path, method, id, example) in operations {
        document["paths"][path][method] = json!({
            "operationId": id,
            "responses": {"200": {
                "description": "d",
                "content": {"application/json": {"example": example}},
            }},
        });
    }
    document
}

/// The schema of a success, and the named ones, after inference.
fn inferred(mut document: Value) -> (Value, Value) {
    infer(&mut document).unwrap();
    validate::validate(&document).unwrap();
    let content = "/paths/~1a/get/responses/200/content/application~1json/schema";
    let schema = document.pointer(content).cloned().unwrap_or_default();
    (schema, document["components"]["schemas"].take())
}

fn one(version: &str, example: &Value) -> (Value, Value) {
    inferred(document(version, &[("/a", "get", "get_a", example.clone())]))
}

/// The names of the inferred schemas, with the properties of each.
fn outline(document: &Value) -> Vec<(String, Vec<String>)> {
    let mut document = document.clone();
    infer(&mut document).unwrap();
    let schemas = document["components"]["schemas"].as_object().cloned().unwrap_or_default();
    let properties = |schema: &Value| {
        let properties = schema["properties"].as_object().into_iter().flatten();
        properties.map(|(name, _)| name.clone()).collect()
    };
    schemas.iter().map(|(name, schema)| (name.clone(), properties(schema))).collect()
}

#[test]
fn a_value_gets_the_type_that_its_example_shows() {
    let table = [
        (json!(true), json!({"type": "boolean"})),
        (json!(1), json!({"type": "integer", "format": "int64"})),
        (json!(1.5), json!({"type": "number", "format": "double"})),
        (json!("5511999998888"), json!({"type": "string"})),
        (json!("2026-06-01T11:59:00.000Z"), json!({"type": "string", "format": "date-time"})),
        (json!("2026-06-01"), json!({"type": "string", "format": "date"})),
        (json!("6ba7b810-9dad-11d1-80b4-00c04fd430c8"), json!({"type": "string"})),
        (json!(null), json!({})),
        (json!([]), json!({"type": "array", "items": {}})),
        (json!({}), json!({"type": "object"})),
        (json!([1, "a"]), json!({"type": "array", "items": {}})),
        (
            json!({"5511999998888": 1, "5511999997777": 2}),
            json!({
                "type": "object",
                "additionalProperties": {"type": "integer", "format": "int64"}
            }),
        ),
        (json!({"id": "a"}), json!({"$ref": "#/components/schemas/GetAResponse"})),
        (
            json!([{"id": "a"}]),
            json!({"type": "array", "items": {"$ref": "#/components/schemas/GetAResponseItem"}}),
        ),
    ];
    for (example, expected) in table {
        for version in ["3.0.3", "3.1.0"] {
            assert_eq!(one(version, &example).0, expected, "{example}");
        }
    }
}

#[test]
fn null_is_said_in_the_form_of_the_version() {
    let example = json!([{"name": null, "link": null}, {"name": "a", "link": {"id": "b"}}]);
    let reference = json!({"$ref": "#/components/schemas/GetAResponseItemLink"});
    for (version, name, link) in [
        (
            "3.0.3",
            json!({"type": "string", "nullable": true}),
            json!({"allOf": [reference], "nullable": true}),
        ),
        (
            "3.1.0",
            json!({"type": ["string", "null"]}),
            json!({"oneOf": [reference, {"type": "null"}]}),
        ),
    ] {
        let schemas = one(version, &example).1;
        assert_eq!(schemas["GetAResponseItem"]["properties"], json!({"name": name, "link": link}));
    }
}

#[test]
fn nothing_is_required_and_objects_are_open() {
    let (_, schemas) = one("3.1.0", &json!({"a": {"b": 1}, "c": 2}));
    for schema in schemas.as_object().unwrap().values() {
        assert!(schema.get("required").is_none() && schema.get("additionalProperties").is_none());
    }
    let (_, schemas) = one("3.1.0", &json!({"a": 1, "5511999998888": 2}));
    assert_eq!(schemas["GetAResponse"]["additionalProperties"], json!({}));
}

#[test]
fn all_examples_of_a_body_are_united_wherever_they_stand() {
    let mut document = document("3.1.0", &[("/a", "get", "get_a", json!({"a": 1}))]);
    document["components"] = json!({"examples": {"E": {"value": {"c": 1}}}});
    let content =
        document.pointer_mut("/paths/~1a/get/responses/200/content/application~1json").unwrap();
    let example = content["example"].take();
    *content = json!({
        "examples": {
            "one": {"value": example},
            "two": {"value": {"b": 1, "a": 1.5}},
            "three": {"$ref": "#/components/examples/E"},
            "elsewhere": {"externalValue": "https://example.com/a.json"},
        },
        "schema": {"type": "object", "example": {"d": null}, "examples": [{"d": "d"}]},
    });
    let (schema, schemas) = inferred(document);
    let properties = &schemas["GetAResponse"]["properties"];
    assert_eq!(properties.as_object().unwrap().keys().collect::<Vec<_>>(), ["a", "b", "c", "d"]);
    assert_eq!(properties["a"]["type"], "number");
    assert_eq!(properties["d"]["type"], json!(["string", "null"]));
    assert_eq!(schema["allOf"], json!([{"$ref": "#/components/schemas/GetAResponse"}]));
    assert_eq!(schema["example"], json!({"d": null}));
}

#[test]
fn what_has_a_type_is_left_alone() {
    for schema in [
        json!({"type": "string"}),
        json!({"type": "object", "additionalProperties": true}),
        json!({"type": "object", "properties": {"b": {}}}),
        json!({"type": "array", "items": {"type": "string"}}),
        json!({"$ref": "#/components/schemas/S"}),
        json!({"oneOf": [{"type": "string"}, {"type": "object"}]}),
        json!({"enum": [{"a": 1}]}),
    ] {
        let mut document = document("3.1.0", &[("/a", "get", "get_a", json!({"a": 1}))]);
        document["components"] = json!({"schemas": {"S": {}}});
        document["paths"]["/a"]["get"]["responses"]["200"]["content"]["application/json"]["schema"] =
            schema.clone();
        let before = document.clone();
        assert_eq!(infer(&mut document).unwrap(), Vec::<String>::new(), "{schema}");
        assert_eq!(document, before);
    }
}

#[test]
fn a_schema_that_says_nothing_is_as_good_as_none() {
    for schema in [
        json!({}),
        json!(true),
        json!({"type": "object"}),
        json!({"type": "object", "properties": {}, "required": []}),
        json!({"type": "array"}),
        json!({"type": "array", "items": {"type": "object"}}),
        json!({"x-any": 1, "description": "d", "type": ["object", "null"]}),
    ] {
        let mut document = document("3.1.0", &[("/a", "get", "get_a", json!([{"a": 1}]))]);
        document["paths"]["/a"]["get"]["responses"]["200"]["content"]["application/json"]["schema"] =
            schema.clone();
        let (after, _) = inferred(document);
        assert_eq!(
            after["items"],
            json!({"$ref": "#/components/schemas/GetAResponseItem"}),
            "{schema}"
        );
        for word in ["x-any", "description"] {
            assert_eq!(after.get(word), schema.get(word), "{schema}");
        }
        let nullable = schema.get("type").is_some_and(Value::is_array);
        assert_eq!(after["type"].is_array(), nullable, "{schema}");
    }
}

#[test]
fn only_json_bodies_of_requests_and_successes_are_typed() {
    let body = |media_type: &str| json!({"content": {media_type: {"example": {"a": 1}}}});
    let mut document = document("3.1.0", &[]);
    document["paths"]["/a"]["post"] = json!({
        "operationId": "create_a",
        "requestBody": body("application/vnd.a+json; charset=utf-8"),
        "responses": {
            "201": {"description": "d", "content": {"application/json": {"example": {"b": 1}}}},
            "202": {"description": "d", "content": {"application/json": {"example": {"c": 1}}}},
            "302": {"description": "d", "content": {"application/json": {"example": {"d": 1}}}},
            "400": {"description": "d", "content": {"application/json": {"example": {"e": 1}}}},
            "5XX": {"description": "d", "content": {"application/json": {"example": {"f": 1}}}},
            "default": {"description": "d", "content": {"application/json": {"example": {"g": 1}}}},
        },
    });
    document["paths"]["/a"]["put"] =
        json!({"operationId": "put_a", "requestBody": body("multipart/form-data")});
    let names: Vec<String> = outline(&document).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["CreateARequest", "CreateAResponse", "CreateAResponse202"]);
}

#[test]
fn shared_bodies_are_typed_once_and_named_after_themselves() {
    let response = json!({"responses": {"200": {"$ref": "#/components/responses/number-list"}}});
    let mut document = document("3.1.0", &[]);
    document["paths"] = json!({"/a": {"get": response}, "/b": {"get": response}});
    let content = json!({"application/json": {"example": [{"id": "a"}]}});
    document["components"]["responses"] = json!({
        "number-list": {"$ref": "#/components/responses/NumberListResponse"},
        "NumberListResponse": {"description": "d", "content": content},
        "Error": {"description": "d", "content": content},
    });
    let mut after = document.clone();
    let lines = infer(&mut after).unwrap();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(after["components"]["schemas"].get("NumberListResponseItem").is_some(), "{after}");
    assert!(
        after["components"]["responses"]["Error"]["content"]["application/json"]
            .get("schema")
            .is_none()
    );
}

#[test]
fn a_document_that_grows_elsewhere_renames_nothing() {
    let number = json!([{"id": "a", "apiKeys": [{"name": "b"}], "link": {"state": "c"}}]);
    let base = document("3.1.0", &[("/numbers", "get", "list_numbers", number.clone())]);
    let before = outline(&base);
    let names: Vec<&str> = before.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        ["ListNumbersResponseItem", "ListNumbersResponseItemApiKey", "ListNumbersResponseItemLink"]
    );
    let other = json!({"id": 1, "link": {"x": 1}, "apiKeys": [{"secret": "s"}]});
    for (path, method, id, example) in [
        ("/a", "get", "get_a", &other),
        ("/z", "get", "get_z", &other),
        ("/numbers", "delete", "delete_numbers", &other),
        ("/a", "get", "list_numbers_response", &other),
        // Of the same shape, and after it.
        ("/numbers/{id}", "get", "get_number", &number[0]),
        ("/numbers", "post", "create_number", &number[0]),
    ] {
        let mut grown = base.clone();
        let more = document("3.1.0", &[(path, method, id, example.clone())]);
        grown["paths"][path][method] = more["paths"][path][method].clone();
        let after = outline(&grown);
        for schema in &before {
            assert!(after.contains(schema), "{id}: {schema:?} is not in {after:?}");
        }
    }
    for property in ["aaa", "apiKey", "links", "zzz"] {
        let mut grown = base.clone();
        let content = "/paths/~1numbers/get/responses/200/content/application~1json";
        grown.pointer_mut(content).unwrap()["example"][0][property] = json!({"own": 1});
        let after = outline(&grown);
        // What holds the new property keeps its name and has one more.
        assert!(after[0].0 == names[0] && after[0].1.len() == 4, "{after:?}");
        assert!(after.contains(&before[2]), "{property}: {after:?}");
    }
}

/// Where objects of a document are named after it was made and has grown.
fn grown(base: &Value, more: &[(&str, &str, &str, Value)]) -> Value {
    let mut made = base.clone();
    infer(&mut made).unwrap();
    crate::convert::to_3_0(&mut made).unwrap();
    let mut grown = base.clone();
    for (path, method, ..) in more {
        grown["paths"][path][method] = document("3.1.0", more)["paths"][path][method].take();
    }
    super::infer(&mut grown, &made).unwrap();
    grown
}

#[test]
fn what_comes_first_takes_no_name_that_was_given_before() {
    let number = json!([{"id": "a", "link": {"state": "c"}, "keys": {"1": {"name": "d"}}}]);
    let mut with_null = number.clone();
    with_null.as_array_mut().unwrap().push(json!({"id": "b", "link": null, "keys": {}}));
    for number in [number, with_null] {
        let base = document("3.1.0", &[("/numbers", "get", "list_numbers", number.clone())]);
        let before = outline(&base);
        for (path, id, example) in [
            // Of the same shape.
            ("/a", "get_a", number[0].clone()),
            ("/a", "get_a", number[0]["link"].clone()),
            ("/a", "get_a", json!([[number[0]["keys"]["1"]]])),
            // Of the same name.
            ("/a", "list_numbers", json!([{"other": 1, "link": {"b": 1}}])),
            ("/a", "list_numbers_response", json!([{"link": {"b": 1}}])),
        ] {
            let grown = grown(&base, &[(path, "get", id, example)]);
            let schema = |document: &Value, name: &str| {
                document["components"]["schemas"][name]["properties"].as_object().cloned()
            };
            for (name, properties) in &before {
                let after = schema(&grown, name).unwrap_or_else(|| panic!("{id}: no {name}"));
                assert!(after.keys().eq(properties), "{id}: {name} is {after:?}");
            }
        }
    }
}

#[test]
fn a_name_that_was_given_before_yields_to_a_schema_of_the_document() {
    let base = document("3.1.0", &[("/a", "get", "get_a", json!({"id": "a"}))]);
    let mut made = base.clone();
    infer(&mut made).unwrap();
    let mut typed = base;
    typed["components"] = json!({"schemas": {"GetAResponse": {"type": "string"}}});
    super::infer(&mut typed, &made).unwrap();
    let schemas = typed["components"]["schemas"].as_object().unwrap();
    assert_eq!(schemas.keys().collect::<Vec<_>>(), ["GetAResponse", "GetAResponse2"]);
    assert_eq!(schemas["GetAResponse"], json!({"type": "string"}));
}

#[test]
fn objects_of_one_shape_share_a_schema() {
    let operations = |second: Value| {
        document(
            "3.1.0",
            &[
                ("/a", "get", "list_a", json!([{"id": "a", "count": 1, "last": null}])),
                ("/b", "get", "get_b", second),
            ],
        )
    };
    for (second, schemas) in [
        (json!({"id": "b", "count": 2, "last": "c"}), 1),
        (json!({"id": "b", "count": 2.5, "last": null}), 1),
        (json!({"id": null, "count": null, "last": true}), 1),
        (json!({"id": 1, "count": 2, "last": null}), 2),
        (json!({"id": "b", "count": 2}), 2),
        (json!({"id": "b", "count": 2, "last": []}), 2),
        // That it is this object would be a guess.
        (json!({"id": "b", "count": 2, "last": {"x": 1}}), 3),
    ] {
        assert_eq!(outline(&operations(second.clone())).len(), schemas, "{second}");
    }
    let mut document = operations(json!({"id": "b", "count": 2.5, "last": "c"}));
    infer(&mut document).unwrap();
    let schema = &document["components"]["schemas"]["ListAResponseItem"];
    assert_eq!(schema["properties"]["count"]["type"], "number");
    assert_eq!(schema["properties"]["last"]["type"], json!(["string", "null"]));
}

#[test]
fn names_never_collide() {
    let mut document = document(
        "3.1.0",
        &[
            ("/a", "get", "get_a", json!({"b_c": {"x": 1}, "bC2": {"y": 1}, "b": {"c": {"z": 1}}})),
            ("/b", "get", "get_a_response", json!([{"w": 1}])),
            ("/c", "get", "geta", json!({"v": 1})),
            ("/d", "get", "{}", json!({"u": 1})),
        ],
    );
    document["components"] = json!({"schemas": {"get-a_response": {}, "GETARESPONSEBC": {}}});
    let schemas = outline(&document);
    let mut names: Vec<String> = schemas.iter().map(|(name, _)| name.to_lowercase()).collect();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), schemas.len(), "{schemas:?}");
    insta::assert_debug_snapshot!(schemas.iter().map(|(name, _)| name).collect::<Vec<_>>());
}

#[test]
fn an_example_that_is_too_much_is_an_error_that_names_its_place() {
    let deep = (0..100).fold(json!(1), |inner, _| json!({"a": inner}));
    for (example, part) in [(deep, "deeper than 32"), (json!(vec![1; 200_000]), "too large")] {
        let mut document = document("3.1.0", &[("/a", "get", "get_a", example)]);
        let before = document.clone();
        let error = format!("{:#}", infer(&mut document).unwrap_err());
        let place = "/paths/~1a/get/responses/200/content/application~1json";
        assert!(error.contains(part) && error.contains(place), "{error}");
        assert!(error.contains("overlay") && !error.contains('\n'), "{error}");
        assert_eq!(document, before);
    }
}

#[test]
fn schemas_of_the_published_page() {
    let mut document = page();
    let lines = infer(&mut document).unwrap();
    insta::assert_snapshot!("page_lines", lines.join("\n"));
    insta::assert_snapshot!("page_schemas", format!("{:#}", document["components"]["schemas"]));
}

/// The published page without any overlay.
fn page() -> Value {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    let texts = [source::published(root, "list-numbers.md")];
    merge::merge(upstream::parts(&texts).unwrap(), &mut Vec::new()).unwrap()
}
