//! The rules for operations and their parameters.

use serde_json::{Value, json};

use super::{json_of, of, table, text};

#[test]
#[allow(clippy::too_many_lines, reason = "it is a table")]
fn what_an_operation_is() {
    let done = json!({"204": {"description": "Done"}});
    let operation = json!({"operationId": "a", "tags": ["A"], "responses": done});
    let with = |key: &str, value: Value| {
        let mut operation = operation.clone();
        operation[key] = value;
        json!({"get": operation})
    };
    let responses = |responses: Value| with("responses", responses);
    let bytes = |types: &[&str]| {
        let content: serde_json::Map<_, _> =
            types.iter().map(|name| ((*name).to_owned(), json!({}))).collect();
        responses(json!({"200": {"description": "", "content": content}}))
    };
    let body = |body: Value| with("requestBody", body);
    let rows = vec![
        ("a path with a query", "/paths/~1a?b=c", with("tags", json!(["A"]))),
        ("a path with a dot segment", "/paths/~1a~1..~1b", with("tags", json!(["A"]))),
        ("a path with an unbalanced brace", "/paths/~1a}", with("tags", json!(["A"]))),
        ("a path with an empty segment", "/paths/~1a~1~1b", with("tags", json!(["A"]))),
        ("a callback without the tag Webhooks", "/paths/~1a", with("callbacks", json!({}))),
        ("servers of a path", "/paths/~1a", json!({"get": operation, "servers": []})),
        (
            "a server of an operation",
            "/paths/~1a",
            with("servers", json!([{"url": "https://a.example"}])),
        ),
        ("an unsupported method", "/paths/~1a", json!({"head": operation})),
        (
            "a path that differs only in the name of its parameter",
            "/paths/~1v1~1media~1{id}",
            json!({"get": {"operationId": "a", "tags": ["A"], "responses": done, "parameters": [
                {"name": "id", "in": "path", "required": true, "schema": text()},
            ]}}),
        ),
        ("no operationId", "/paths/~1a", json!({"get": {"tags": ["A"], "responses": done}})),
        ("an operationId in camelCase", "/paths/~1a", with("operationId", json!("getA"))),
        ("an operationId that is a keyword", "/paths/~1a", with("operationId", json!("match"))),
        (
            "an operationId that begins with a digit",
            "/paths/~1a",
            with("operationId", json!("1st")),
        ),
        (
            "an operationId that the client uses",
            "/paths/~1a",
            with("operationId", json!("builder")),
        ),
        ("an operationId twice", "/paths/~1a", with("operationId", json!("list_numbers"))),
        (
            "two operationIds with one type name",
            "/paths/~1a",
            with("operationId", json!("list__numbers")),
        ),
        ("no tag", "/paths/~1a", with("tags", json!([]))),
        (
            "tags that cannot name a feature",
            "/paths/~1a",
            with("tags", json!(["A", "\u{e9}", "", "Full", "Default"])),
        ),
        ("x-idempotent that is text", "/paths/~1a", with("x-idempotent", json!("yes"))),
        (
            "a form",
            "/paths/~1a",
            body(json!({"content": {"multipart/form-data": {"schema": of("Number")}}})),
        ),
        (
            "a body with two media types",
            "/paths/~1a",
            body(
                json!({"content": {"application/json": {"schema": of("Number")}, "text/csv": {}}}),
            ),
        ),
        (
            "a body with an encoding",
            "/paths/~1v1~1calls/post/requestBody/content/application~1json/encoding",
            json!({"to": {"contentType": "text/plain"}}),
        ),
        (
            "a response with an encoding",
            "/paths/~1v1~1numbers/get/responses/200/content/application~1json/encoding",
            json!({"id": {"contentType": "text/plain"}}),
        ),
        (
            "a body without a schema",
            "/paths/~1a",
            body(json!({"content": {"application/json": {}}})),
        ),
        (
            "a body that is a list",
            "/paths/~1a",
            body(json_of(&json!({"type": "array", "items": {}}))),
        ),
        ("a body that is an enum", "/paths/~1a", body(json_of(&of("ErrorCode")))),
        ("only errors", "/paths/~1a", responses(json!({"404": {"description": "Never there"}}))),
        ("only a default", "/paths/~1a", responses(json!({"default": json_of(&of("Number"))}))),
        (
            "successes with and without content",
            "/paths/~1a",
            responses(json!({"200": json_of(&of("Number")), "204": {"description": ""}})),
        ),
        (
            "successes of two schemas",
            "/paths/~1a",
            responses(json!({"200": json_of(&of("Number")), "201": json_of(&of("Call"))})),
        ),
        ("a map", "/paths/~1a", responses(json!({"200": json_of(&json!({"type": "object"}))}))),
        (
            "a nullable list",
            "/paths/~1a",
            responses(
                json!({"200": json_of(&json!({"type": "array", "items": {}, "nullable": true}))}),
            ),
        ),
        (
            "a nullable success",
            "/paths/~1a",
            responses(json!({"200": json_of(&json!({"allOf": [of("Number")], "nullable": true}))})),
        ),
        (
            "a list of untyped entries with a rule",
            "/paths/~1a",
            responses(json!({"200": json_of(&json!({"type": "array", "items": {"minimum": 1}}))})),
        ),
        ("JSON by another name", "/paths/~1a", bytes(&["application/problem+json"])),
        ("bytes of any type", "/paths/~1a", bytes(&["*/*"])),
        ("a media type that is not ASCII", "/paths/~1a", bytes(&["audio/\u{e9}"])),
        ("bytes of two types", "/paths/~1a", bytes(&["audio/ogg", "image/png"])),
    ];
    insta::assert_snapshot!(table(rows));
}

#[test]
fn what_an_operation_takes() {
    let path = |parameters: Value| {
        let id = json!({"name": "id", "in": "path", "required": true, "schema": text()});
        let mut all = vec![id];
        all.extend(parameters.as_array().cloned().unwrap_or_default());
        json!({"get": {
            "operationId": "a", "tags": ["A"], "parameters": all,
            "responses": {"204": {"description": "Done"}},
        }})
    };
    let one = |place: &str, name: &str, schema: Value| {
        path(json!([{"name": name, "in": place, "schema": schema}]))
    };
    let with = |key: &str, value: Value| {
        path(json!([{"name": "a", "in": "query", "schema": text(), key: value}]))
    };
    let secret = json!({"type": "string", "format": "password"});
    let at = "/paths/~1a~1{id}";
    let rows = vec![
        ("a cookie", at, one("cookie", "sid", text())),
        ("a header of another API", at, one("header", "X-Value", text())),
        ("a header that HTTP defines", at, one("header", "Accept", text())),
        ("a style", at, with("style", json!("deepObject"))),
        ("joined values", at, with("explode", json!(false))),
        (
            "JSON in a query",
            at,
            path(
                json!([{"name": "a", "in": "query", "content": {"application/json": {"schema": text()}}}]),
            ),
        ),
        ("a secret in a query", at, one("query", "pin", secret.clone())),
        ("a secret in a path", "/components/parameters/CallId/schema/format", json!("password")),
        ("a secret in a header", at, one("header", "Idempotency-Key", secret)),
        ("a list", at, one("query", "a", json!({"type": "array", "items": text()}))),
        ("an object", at, one("query", "a", of("Number"))),
        (
            "a list of secrets",
            at,
            one(
                "query",
                "pins",
                json!({"type": "array", "items": {"type": "string", "format": "password"}}),
            ),
        ),
        ("an enum without a name", at, one("query", "a", json!({"type": "string", "enum": ["b"]}))),
        (
            "a nullable enum",
            at,
            one("query", "a", json!({"allOf": [of("Flag")], "nullable": true})),
        ),
        ("nullable text", at, one("query", "a", json!({"type": "string", "nullable": true}))),
        (
            "a date in a header",
            at,
            one("header", "Idempotency-Key", json!({"type": "string", "format": "date"})),
        ),
        ("an unknown format", at, one("query", "a", json!({"type": "string", "format": "uuid"}))),
        (
            "two parameters with one name",
            at,
            path(
                json!([{"name": "a-b", "in": "query", "schema": text()}, {"name": "a_b", "in": "query", "schema": text()}]),
            ),
        ),
        (
            "names that the call uses",
            at,
            path(
                json!([{"name": "body", "in": "query", "schema": text()}, {"name": "client", "in": "query", "schema": text()}]),
            ),
        ),
        ("a name with non-ASCII letters", at, one("query", "gr\u{f6}\u{df}e", text())),
        (
            "a parameter that is not in the path",
            at,
            path(json!([{"name": "gone", "in": "path", "required": true, "schema": text()}])),
        ),
        ("a placeholder that is not described", "/paths/~1a~1{id}~1{other}", path(json!([]))),
        ("a name twice in the path", "/paths/~1a~1{id}~1{id}", path(json!([]))),
        ("an optional path parameter", "/paths/~1a~1{id}~1{b}", one("path", "b", text())),
        ("a shared parameter", "/components/parameters/CallId/schema", json!({"type": "object"})),
    ];
    insta::assert_snapshot!(table(rows));
}
