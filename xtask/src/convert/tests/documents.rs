use serde_json::{Value, json};

use super::{convert, document, to_3_0};

/// A document with one operation.
fn with_operation(operation: &Value) -> Value {
    let mut document = document(&json!({}));
    document["paths"] = json!({"/a": {"get": operation}});
    document
}

fn operation() -> Value {
    json!({"responses": {"200": {"description": "d"}}})
}

#[test]
fn schemas_are_found_wherever_they_stand() {
    let from = json!({"type": ["string", "null"]});
    let to = json!({"type": "string", "nullable": true});
    let build = |version: &str, webhooks: &str, schema: &Value| {
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
            webhooks: {"w": {"post": {
                "requestBody": {"content": media},
                "responses": {"200": {"description": "d"}},
            }}},
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
    let (document, dropped) = convert(build("3.1.0", "webhooks", &from)).unwrap();
    assert_eq!(document, build("3.0.3", "x-webhooks", &to));
    assert_eq!(dropped, Vec::<String>::new());
}

#[test]
fn what_3_1_may_leave_out_is_put_in() {
    let mut from = document(&json!({}));
    from.as_object_mut().unwrap().remove("paths");
    from["webhooks"] = json!({"w": {"post": {}}});
    let (document, _) = convert(from).unwrap();
    assert_eq!(document["paths"], json!({}));
    let nothing = json!({"default": {"description": "Not described"}});
    assert_eq!(document["x-webhooks"]["w"]["post"]["responses"], nothing);

    let responses = json!({"200": {"content": {
        "image/png": {},
        "application/json": {},
        "application/octet-stream": {"schema": {}},
    }}});
    let (document, _) = convert(with_operation(&json!({"responses": responses}))).unwrap();
    let bytes = json!({"schema": {"type": "string", "format": "binary"}});
    assert_eq!(
        document["paths"]["/a"]["get"]["responses"]["200"],
        json!({"description": "Not described", "content": {
            "image/png": bytes,
            "application/json": {},
            "application/octet-stream": bytes,
        }})
    );
}

#[test]
fn words_that_3_0_has_no_place_for_become_extensions() {
    let mut from = document(&json!({}));
    from["info"]["summary"] = json!("s");
    from["info"]["license"] = json!({"name": "MIT", "identifier": "MIT"});
    from["jsonSchemaDialect"] = json!("https://spec.openapis.org/oas/3.1/dialect/base");
    let (document, dropped) = convert(from).unwrap();
    assert_eq!(document["info"]["x-summary"], "s");
    assert_eq!(document["info"]["license"], json!({"name": "MIT", "x-identifier": "MIT"}));
    assert_eq!(dropped, ["/jsonSchemaDialect"]);
}

#[test]
fn words_beside_other_references_are_dropped_and_listed() {
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
fn a_shared_path_item_is_put_where_it_is_used() {
    let mut from = document(&json!({}));
    let item = json!({"summary": "s", "get": operation(), "parameters": []});
    from["components"]["pathItems"] = json!({
        "I": item,
        "J": {"$ref": "#/components/pathItems/I"},
        "K": {"post": {
            "callbacks": {"c": {"{$url}": {"$ref": "#/components/pathItems/I"}}},
            "responses": {"200": {"description": "d"}},
        }},
    });
    from["paths"] = json!({
        "/a": {"$ref": "#/components/pathItems/I", "summary": "t", "post": operation()},
        "/b": {"$ref": "#/components/pathItems/J"},
        "/c": {"$ref": "#/components/pathItems/K"},
        "/d": {"$ref": "#/paths/~1a"},
    });
    let (document, dropped) = convert(from).unwrap();
    let both = json!({
        "summary": "t", "get": operation(), "post": operation(), "parameters": [],
    });
    assert_eq!(document["paths"]["/a"], both);
    assert_eq!(document["paths"]["/b"], item);
    assert_eq!(document["paths"]["/c"]["post"]["callbacks"]["c"]["{$url}"], item);
    assert_eq!(document["paths"]["/d"], both);
    assert_eq!(document["components"].get("pathItems"), None);
    assert_eq!(dropped, Vec::<String>::new());
}

#[test]
fn mutual_tls_is_dropped_where_another_credential_will_do() {
    let mut from = with_operation(&json!({
        "responses": {"200": {"description": "d"}},
        "security": [{"tls": []}, {"key": []}, {"key": [], "tls": []}, {"alias": []}],
    }));
    from["security"] = json!([{"tls": []}, {}]);
    from["components"]["securitySchemes"] = json!({
        "tls": {"type": "mutualTLS"},
        "alias": {"$ref": "#/components/securitySchemes/tls"},
        "key": {"type": "apiKey", "in": "header", "name": "k"},
    });
    let (document, dropped) = convert(from).unwrap();
    assert_eq!(document["security"], json!([{}]));
    assert_eq!(document["paths"]["/a"]["get"]["security"], json!([{"key": []}]));
    let schemes = document["components"]["securitySchemes"].as_object().unwrap();
    assert_eq!(schemes.keys().collect::<Vec<_>>(), ["key"]);
    assert_eq!(
        dropped,
        [
            "/security/0",
            "/components/securitySchemes/alias",
            "/components/securitySchemes/tls",
            "/paths/~1a/get/security/0",
            "/paths/~1a/get/security/2",
            "/paths/~1a/get/security/3",
        ]
    );
}

#[test]
fn where_nothing_but_mutual_tls_is_accepted_the_request_shows_the_rest() {
    let mut from = with_operation(&json!({
        "responses": {"200": {"description": "d"}},
        "security": [{"tls": [], "key": []}],
    }));
    from["security"] = json!([{"tls": []}]);
    from["components"]["securitySchemes"] = json!({
        "tls": {"type": "mutualTLS"},
        "key": {"type": "apiKey", "in": "header", "name": "k"},
    });
    let (document, dropped) = convert(from).unwrap();
    assert_eq!(document["security"], json!([{}]));
    assert_eq!(document["paths"]["/a"]["get"]["security"], json!([{"key": []}]));
    let places = ["/security/0", "/components/securitySchemes/tls", "/paths/~1a/get/security/0"];
    assert_eq!(dropped, places);
}

#[test]
fn roles_stay_with_oauth() {
    let mut from = document(&json!({}));
    from["security"] = json!([{"bearer": ["admin"]}, {"oidc": ["read"]}]);
    from["components"]["securitySchemes"] = json!({
        "bearer": {"type": "http", "scheme": "bearer"},
        "oidc": {"type": "openIdConnect", "openIdConnectUrl": "https://a.example/o"},
    });
    let (document, dropped) = convert(from).unwrap();
    assert_eq!(document["security"], json!([{"bearer": []}, {"oidc": ["read"]}]));
    assert_eq!(dropped, ["/security/0/bearer"]);
}

#[test]
fn what_means_the_same_is_left_alone() {
    let operation = json!({
        "parameters": [
            {"name": "a", "in": "query", "style": "deepObject", "explode": true,
             "schema": {"type": "object"}},
            {"name": "b", "in": "query", "example": [1], "schema": {"type": "array", "items": {}}},
            {"name": "c", "in": "query", "examples": {"one": {"value": {"const": 1}}},
             "content": {"application/json": {"schema": {"type": "object"}}}},
        ],
        // 3.0 leaves its meaning to HTTP, and so does 3.1.
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
fn what_3_0_cannot_say_is_an_error_with_its_place() {
    let table = [
        (json!({"paths": {"/a": {"$ref": "#/b"}}}), "/paths/~1a/$ref"),
        (json!({"paths": {"/a": {"$ref": "b.yaml"}}}), "/paths/~1a/$ref"),
        (json!({"paths": {"/a": {"$ref": "#/paths/~1a"}}}), "/paths/~1a/$ref"),
        (
            json!({"paths": {"/a": {"$ref": "#/paths/~1b", "get": {}}, "/b": {"get": {}}}}),
            "/paths/~1a/get",
        ),
        (json!({"paths": {"/b": 1}}), "/paths/~1b"),
        (json!({"paths": {"/b": {"parameters": {}}}}), "/paths/~1b/parameters"),
        (json!({"paths": []}), "/paths"),
        (json!({"webhooks": {"w": 1}}), "/webhooks/w"),
        (json!({"components": 1}), "/components"),
        (json!({"openapi": "2.0"}), "2.0"),
        (json!({"openapi": "3.2.0"}), "3.2.0"),
        (json!({"jsonSchemaDialect": "https://example.com/mine"}), "/jsonSchemaDialect"),
    ];
    for (fields, part) in table {
        let mut document = document(&json!({}));
        for (key, value) in fields.as_object().unwrap() {
            document[key] = value.clone();
        }
        let error = to_3_0(&mut document).expect_err(part).to_string();
        assert!(error.contains(part), "{error}");
    }
}
