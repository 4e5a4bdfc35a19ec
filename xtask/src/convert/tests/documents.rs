use serde_json::{Value, json};

use super::{convert, document, to_3_0};

/// A document with one operation.
fn with_operation(operation: &Value) -> Value {
    let mut document = document(&json!({}));
    document["paths"] = json!({"/a": {"get": operation}});
    document
}

#[test]
fn schemas_are_converted_in_every_place() {
    let from = json!({"type": ["string", "null"]});
    let to = json!({"type": "string", "nullable": true});
    let build = |version: &str, schema: &Value| {
        let media = json!({"application/json": {"schema": schema}});
        let form = json!({"multipart/form-data": {
            "schema": {"type": "object", "properties": {"a": schema}},
            "encoding": {"a": {"headers": {"x-h": {"schema": schema}}}},
        }});
        let parameter = json!({"name": "a", "in": "query", "schema": schema});
        let content = json!({"name": "b", "in": "query", "content": media});
        let callback = json!({"{$request.body#/a}": {"post": {
            "requestBody": {"content": media},
            "responses": {"200": {"description": "d"}},
        }}});
        let operation = json!({
            "parameters": [parameter, content],
            "requestBody": {"content": form},
            "responses": {"200": {
                "description": "d",
                "headers": {"x-request-id": {"schema": schema}},
                "content": media,
            }},
            "callbacks": {"x-c": callback},
        });
        json!({
            "openapi": version,
            "info": {"title": "T", "version": "1"},
            "paths": {"/a": {"parameters": [parameter], "post": operation}, "x-any": 1},
            "components": {
                "schemas": {"x-S": schema},
                "parameters": {"P": parameter},
                "headers": {"H": {"schema": schema}},
                "requestBodies": {"B": {"content": media}},
                "responses": {"R": {"description": "d", "content": media}},
                "callbacks": {"C": callback},
            },
        })
    };
    let (document, dropped) = convert(build("3.1.0", &from)).unwrap();
    assert_eq!(document, build("3.0.3", &to));
    assert_eq!(dropped, Vec::<String>::new());
}

#[test]
fn annotations_that_3_0_lacks_are_dropped_and_listed() {
    let mut from = document(&json!({}));
    from["info"]["summary"] = json!("s");
    from["info"]["license"] = json!({"name": "MIT", "identifier": "MIT"});
    from["jsonSchemaDialect"] = json!("https://spec.openapis.org/oas/3.1/dialect/base");
    let (document, dropped) = convert(from).unwrap();
    assert_eq!(document["info"], json!({"title": "T", "version": "1", "license": {"name": "MIT"}}));
    assert_eq!(dropped, ["/info/license/identifier", "/info/summary", "/jsonSchemaDialect"]);
}

#[test]
fn siblings_of_references_outside_schemas_are_dropped_and_listed() {
    let mut from = with_operation(&json!({
        "parameters": [{"$ref": "#/components/parameters/P", "description": "d"}],
        "responses": {"200": {"$ref": "#/components/responses/R", "summary": "s"}},
    }));
    let words = json!({"examples": {"e": {"$ref": "#/components/examples/E", "summary": "s"}}});
    from["components"] = json!({
        "parameters": {"P": {"name": "a", "in": "query", "schema": {}}},
        "responses": {"R": {"description": "d", "content": {"application/json": words}}},
        "examples": {"E": {"value": {"const": 1}}},
    });
    let (document, dropped) = convert(from).unwrap();
    let operation = &document["paths"]["/a"]["get"];
    assert_eq!(operation["parameters"], json!([{"$ref": "#/components/parameters/P"}]));
    assert_eq!(operation["responses"]["200"], json!({"$ref": "#/components/responses/R"}));
    assert_eq!(document["components"]["examples"]["E"]["value"], json!({"const": 1}));
    assert_eq!(
        dropped,
        [
            "/components/responses/R/content/application~1json/examples/e/summary",
            "/paths/~1a/get/parameters/0/description",
            "/paths/~1a/get/responses/200/summary",
        ]
    );
}

#[test]
fn constructs_with_the_same_meaning_are_left_unchanged() {
    let operation = json!({
        "parameters": [
            {"name": "a", "in": "query", "style": "deepObject", "explode": true,
             "schema": {"type": "object"}},
            {"name": "b", "in": "query", "example": [1], "schema": {"type": "array", "items": {}}},
            {"name": "c", "in": "query", "examples": {"one": {"value": {"const": 1}}},
             "content": {"application/json": {"schema": {"type": "object"}}}},
        ],
        // Both versions leave the meaning of a body of GET to HTTP.
        "requestBody": {"content": {"application/json": {
            "schema": {"type": "object"},
            "examples": {"one": {"value": {"type": ["a"]}}},
        }}},
        "responses": {"2XX": {"description": "d", "links": {"l": {"operationId": "get_a"}}}},
        "operationId": "get_a",
        "servers": [{"url": "https://{h}.example", "variables": {"h": {"default": "a"}}}],
    });
    let from = with_operation(&operation);
    let (document, dropped) = convert(from).unwrap();
    assert_eq!(document["paths"]["/a"]["get"], operation);
    assert_eq!(dropped, Vec::<String>::new());
}

#[test]
fn a_malformed_document_is_an_error_with_its_place() {
    let item = "#/components/pathItems/I";
    let table = [
        (json!({"paths": {"/a": {"$ref": item}}}), "/paths/~1a/$ref: \"#/comp"),
        (json!({"components": {"pathItems": {}}}), "/components/pathItems: the client supports no"),
        (json!({"paths": {"/b": 1}}), "/paths/~1b: is no object: describe the PathItem in one"),
        (json!({"paths": {"/b": {"parameters": {}}}}), "/paths/~1b/parameters: is no list"),
        (json!({"paths": []}), "/paths: is no object"),
        (json!({"webhooks": {"w": {}}}), "/webhooks: the client supports no `webhooks`: describe"),
        (json!({"components": 1}), "/components: is no object"),
        (json!({"openapi": "2.0"}), "/openapi: version `2.0` is not supported"),
        (json!({"openapi": "3.2.0"}), "/openapi: version `3.2.0` is not supported"),
    ];
    for (fields, start) in table {
        let mut document = document(&json!({}));
        for (key, value) in fields.as_object().unwrap() {
            document[key] = value.clone();
        }
        let error = to_3_0(&mut document).expect_err(start).to_string();
        assert!(error.starts_with(start), "{error}");
    }
}
