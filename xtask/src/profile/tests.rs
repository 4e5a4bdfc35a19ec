//! Every rule of the profile, broken by one change to our own document.

use std::path::Path;
use std::sync::LazyLock;

use serde_json::{Value, json};

use super::check;
use crate::{generated, normalise, validate};

/// `openapi.json`.
static OURS: LazyLock<Value> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let text = std::fs::read_to_string(root.join("openapi.json")).unwrap();
    serde_json::from_str(&text).unwrap()
});

fn ours() -> Value {
    OURS.clone()
}

/// What a row is called, the place that it changes, and what it puts there.
type Row = (&'static str, &'static str, Value);

/// Puts a value in its place, null to remove what is there.
fn change(document: &mut Value, pointer: &str, value: Value) {
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    let key = key.replace("~1", "/").replace("~0", "~");
    let parent = document.pointer_mut(parent).unwrap_or_else(|| panic!("{pointer} is not there"));
    match parent {
        Value::Object(entries) if value.is_null() => {
            assert!(entries.remove(&key).is_some(), "{pointer} is not there");
        }
        Value::Array(elements) if key == "-" => elements.push(value),
        parent => match key.parse::<usize>() {
            Ok(index) if parent.is_array() => parent[index] = value,
            _ => parent[key] = value,
        },
    }
}

/// The lines that the profile refuses a row with.
fn lines((name, pointer, value): Row) -> String {
    let mut document = ours();
    change(&mut document, pointer, value);
    let error = check(&document).expect_err(name).to_string();
    let (head, lines) = error.split_once('\n').unwrap();
    assert_eq!(head, "the build step does not take this document:");
    format!("{name}\n{lines}\n")
}

fn table(rows: impl IntoIterator<Item = Row>) -> String {
    check(&ours()).unwrap();
    rows.into_iter().map(lines).collect()
}

fn of(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

fn text() -> Value {
    json!({"type": "string"})
}

/// A response or a request of JSON.
fn json_of(schema: &Value) -> Value {
    json!({"description": "", "content": {"application/json": {"schema": schema}}})
}

#[test]
fn our_document_fits_as_it_is_and_normalised_again() {
    let mut document = ours();
    check(&document).unwrap();
    normalise::normalise(&mut document).unwrap();
    assert!(document == ours());
}

#[test]
fn what_a_document_says_of_the_whole() {
    let callback = "/paths/~1v1~1numbers/get/callbacks";
    let post = |name: &str| json!({"on": {"{$url}": {"post": {"requestBody": json_of(&of(name)), "responses": {}}}}});
    insta::assert_snapshot!(table([
        ("another version", "/openapi", json!("3.1.0")),
        ("no version", "/openapi", json!(null)),
        ("no paths", "/paths", json!(null)),
        ("no server", "/servers", json!([])),
        ("a server without TLS", "/servers/0/url", json!("http://example.com")),
        ("a server with a variable", "/servers/0/url", json!("https://{host}")),
        ("two schemes at once", "/security/0", json!({"apiKey": [], "apiKeyId": []})),
        ("a scheme in a query", "/components/securitySchemes/apiKey/in", json!("query")),
        ("a scheme that is not there", "/paths/~1v1~1numbers/get/security", json!([{"a": []}])),
        ("no error", "/components/schemas/ApiError", json!({"type": "object"})),
        ("an error that requires a code", "/components/schemas/ApiError/required", json!(["code"])),
        ("an error with more", "/components/schemas/ApiError/properties/more", text()),
        ("codes that are any text", "/components/schemas/ErrorCode", text()),
        (
            "a part of another document",
            "/components/schemas/Number/properties/a",
            json!({"$ref": "a.yaml#/A"})
        ),
        ("a reference to nothing", "/components/schemas/Number/properties/a", of("Nothing")),
        (
            "a response that is not there",
            "/paths/~1v1~1numbers/get/responses/429/$ref",
            json!("#/components/responses/No")
        ),
        (
            "a part of a schema",
            "/components/schemas/Number/properties/a",
            of("ApiError/properties/code")
        ),
        (
            "a parameter as a schema",
            "/components/schemas/Number/properties/a",
            json!({"$ref": "#/components/parameters/Page"})
        ),
        (
            "a reference to a reference",
            "/components/parameters/Page",
            json!({"$ref": "#/components/parameters/PageSize"})
        ),
        (
            "a path that leads to itself",
            "/paths/~1v1~1other",
            json!({"$ref": "#/paths/~1v1~1other"})
        ),
        ("a callback elsewhere", callback, json!({"on": {"$ref": "#/components/callbacks/On"}})),
        ("a second callback", callback, post("WebhookEvent")),
        ("a callback without a tag", "/paths/~1v1~1webhooks/post/callbacks", post("Number")),
        (
            "a delivery that is called as Meta",
            "/components/schemas/WebhookEvent/discriminator/mapping/meta",
            json!("#/components/schemas/CallEvent")
        ),
    ]));
}

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
        ("a path that goes up", "/paths/~1a~1..~1b", with("tags", json!(["A"]))),
        ("a path with half a brace", "/paths/~1a}", with("tags", json!(["A"]))),
        ("a path with an empty step", "/paths/~1a~1~1b", with("tags", json!(["A"]))),
        ("parameters of a path", "/paths/~1a", json!({"get": operation, "parameters": []})),
        ("words of a path", "/paths/~1a", json!({"get": operation, "description": "d"})),
        ("a callback that is not of a webhook", "/paths/~1a", with("callbacks", json!({}))),
        ("a response of no content", "/paths/~1a", bytes(&[])),
        ("servers of a path", "/paths/~1a", json!({"get": operation, "servers": []})),
        (
            "a server of its own",
            "/paths/~1a",
            with("servers", json!([{"url": "https://a.example"}])),
        ),
        ("a method without calls", "/paths/~1a", json!({"options": operation})),
        ("no operationId", "/paths/~1a", json!({"get": {"tags": ["A"], "responses": done}})),
        ("an operationId in camelCase", "/paths/~1a", with("operationId", json!("getA"))),
        ("an operationId that is a keyword", "/paths/~1a", with("operationId", json!("match"))),
        (
            "an operationId that begins with a digit",
            "/paths/~1a",
            with("operationId", json!("1st")),
        ),
        ("an operationId that the client has", "/paths/~1a", with("operationId", json!("builder"))),
        ("an operationId twice", "/paths/~1a", with("operationId", json!("list_numbers"))),
        (
            "two operationIds that are one type",
            "/paths/~1a",
            with("operationId", json!("list__numbers")),
        ),
        ("no tag", "/paths/~1a", with("tags", json!([]))),
        (
            "tags that are no feature",
            "/paths/~1a",
            with("tags", json!(["A", "\u{e9}", "", "Full", "Default"])),
        ),
        ("x-idempotent that is text", "/paths/~1a", with("x-idempotent", json!("yes"))),
        (
            "two schemes at once",
            "/paths/~1a",
            with("security", json!([{"apiKey": [], "apiKeyId": []}])),
        ),
        (
            "a form",
            "/paths/~1a",
            body(json!({"content": {"multipart/form-data": {"schema": of("Number")}}})),
        ),
        (
            "a patch",
            "/paths/~1a",
            body(json!({"content": {"application/merge-patch+json": {"schema": of("Number")}}})),
        ),
        (
            "a body in two types",
            "/paths/~1a",
            body(
                json!({"content": {"application/json": {"schema": of("Number")}, "text/csv": {}}}),
            ),
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
            "successes that differ",
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
            "a list that may be null",
            "/paths/~1a",
            responses(
                json!({"200": json_of(&json!({"type": "array", "items": {}, "nullable": true}))}),
            ),
        ),
        (
            "a success that may be null",
            "/paths/~1a",
            responses(json!({"200": json_of(&json!({"allOf": [of("Number")], "nullable": true}))})),
        ),
        (
            "a list of what has no type",
            "/paths/~1a",
            responses(json!({"200": json_of(&json!({"type": "array", "items": {"minimum": 1}}))})),
        ),
        ("JSON by another name", "/paths/~1a", bytes(&["application/problem+json"])),
        ("bytes of any type", "/paths/~1a", bytes(&["*/*"])),
        ("a media type that no header holds", "/paths/~1a", bytes(&["audio/\u{e9}"])),
        ("bytes of two types", "/paths/~1a", bytes(&["audio/ogg", "image/png"])),
        (
            "an error in HTML",
            "/paths/~1a",
            responses(
                json!({"204": {"description": ""}, "400": {"description": "", "content": {"text/html": {}}}}),
            ),
        ),
        (
            "a body in response to HEAD",
            "/paths/~1a",
            json!({"head": with("responses", json!({"200": json_of(&of("Number"))}))["get"]}),
        ),
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
        ("a header that HTTP decides", at, one("header", "Accept", text())),
        ("a style", at, with("style", json!("deepObject"))),
        ("values that are joined", at, with("explode", json!(false))),
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
            "an enum that may be null",
            at,
            one("query", "a", json!({"allOf": [of("Flag")], "nullable": true})),
        ),
        (
            "text that may be null",
            at,
            one("query", "a", json!({"type": "string", "nullable": true})),
        ),
        (
            "a date in a header",
            at,
            one("header", "Idempotency-Key", json!({"type": "string", "format": "date"})),
        ),
        (
            "a format that is unknown",
            at,
            one("query", "a", json!({"type": "string", "format": "uuid"})),
        ),
        (
            "two that are one name",
            at,
            path(
                json!([{"name": "a-b", "in": "query", "schema": text()}, {"name": "a_b", "in": "query", "schema": text()}]),
            ),
        ),
        (
            "names that the call has",
            at,
            path(
                json!([{"name": "body", "in": "query", "schema": text()}, {"name": "client", "in": "query", "schema": text()}]),
            ),
        ),
        ("a name in other letters", at, one("query", "gr\u{f6}\u{df}e", text())),
        (
            "one that is not in the path",
            at,
            path(json!([{"name": "gone", "in": "path", "required": true, "schema": text()}])),
        ),
        ("one that is not described", "/paths/~1a~1{id}~1{other}", path(json!([]))),
        ("a name twice in the path", "/paths/~1a~1{id}~1{id}", path(json!([]))),
        ("one that may be missing", "/paths/~1a~1{id}~1{b}", one("path", "b", text())),
        (
            "one that others share",
            "/components/parameters/CallId/schema",
            json!({"type": "object"}),
        ),
    ];
    insta::assert_snapshot!(table(rows));
}

#[test]
#[allow(clippy::too_many_lines, reason = "it is a table")]
fn what_a_schema_is() {
    let field = "/components/schemas/Number/properties/a";
    let new = "/components/schemas/New";
    let object = |properties: Value| json!({"type": "object", "properties": properties});
    let with = |key: &str, value: Value| json!({"type": "object", "properties": {"a": text()}, key: value});
    let values = |values: Value| json!({"type": "string", "enum": values});
    let said = |key: &str, value: Value| json!({"type": "string", "enum": ["a"], key: value});
    let rows = vec![
        ("a name in snake_case", "/components/schemas/foo_bar", text()),
        ("a name that the generator would change", "/components/schemas/V2C", text()),
        ("a name of the language", "/components/schemas/Option", text()),
        ("a name of the build step", "/components/schemas/Event", text()),
        ("a name for what may be null", "/components/schemas/NullableString", text()),
        ("a name in other letters", "/components/schemas/\u{c9}t\u{e9}", text()),
        ("an alias", new, of("Number")),
        ("an alias with words", new, json!({"allOf": [of("Number")], "description": "d"})),
        (
            "a name for what may be null elsewhere",
            new,
            json!({"anyOf": [of("Number"), {"type": "object", "nullable": true, "enum": [null]}]}),
        ),
        ("a name that may be null", new, json!({"type": "string", "nullable": true})),
        ("parts", new, json!({"allOf": [of("Number"), of("Call")]})),
        (
            "words beside a reference",
            field,
            json!({"$ref": "#/components/schemas/Call", "description": "d"}),
        ),
        ("a rule beside a reference", field, json!({"allOf": [of("Call")], "minProperties": 1})),
        (
            "a rule beside null",
            field,
            json!({"anyOf": [of("Call"), {"type": "object", "nullable": true, "enum": [null]}], "nullable": true}),
        ),
        ("what it is not", field, json!({"type": "string", "not": {}})),
        ("several types", field, json!({"type": ["string", "null"]})),
        ("a type that is unknown", field, json!({"type": "number of sorts"})),
        ("no type", field, json!({"minimum": 1})),
        ("a list of what", field, json!({"type": "array"})),
        ("a format that is unknown", field, json!({"type": "string", "format": "uuid"})),
        ("a format of another type", field, json!({"type": "string", "format": "unix-time"})),
        ("bytes in JSON", field, json!({"type": "string", "format": "binary"})),
        ("an object without a name", field, object(json!({"b": text()}))),
        (
            "an object without a name in a list",
            field,
            json!({"type": "array", "items": object(json!({"b": text()}))}),
        ),
        (
            "an object without a name in a map",
            field,
            json!({"type": "object", "additionalProperties": object(json!({"b": text()}))}),
        ),
        ("an enum without a name", field, values(json!(["a"]))),
        ("alternatives without a name", field, json!({"oneOf": [of("Call"), text()]})),
        ("fields of a map", field, json!({"type": "object", "required": ["b"]})),
        ("a map of nothing", field, json!({"type": "object", "additionalProperties": false})),
        ("an object of no type", new, json!({"properties": {"a": text()}})),
        ("an object that is not", new, with("not", json!({}))),
        ("an object with a typed rest", new, with("additionalProperties", text())),
        ("an object with no properties", new, object(json!({}))),
        ("two fields that are one name", new, object(json!({"a-b": text(), "a_b": text()}))),
        (
            "a field that is called as the rest",
            new,
            json!({"type": "object", "properties": {"extra": text()}, "additionalProperties": true}),
        ),
        ("a field in other letters", new, object(json!({"gr\u{f6}\u{df}e": text()}))),
        ("a field that is required and not there", new, with("required", json!(["b"]))),
        (
            "a list that is longer than it may be",
            new,
            object(json!({"a": {"type": "array", "items": {}, "minItems": 2, "maxItems": 1}})),
        ),
        (
            "a list that is shorter than nothing",
            new,
            object(json!({"a": {"type": "array", "items": {}, "maxItems": -1}})),
        ),
        ("no values", new, values(json!([]))),
        ("values that are numbers", new, json!({"type": "integer", "enum": [1, 2]})),
        ("values of two types", new, values(json!(["a", 1]))),
        ("a value that is null", new, values(json!(["a", null]))),
        ("values in a format", new, json!({"type": "string", "enum": ["a"], "format": "date"})),
        ("values that are one name", new, values(json!(["META", "meta"]))),
        ("a value in other letters", new, values(json!(["\u{bd}"]))),
        ("a value that names no variant", new, values(json!(["7d", "="]))),
        (
            "a field that is called as the undocumented ones",
            "/components/schemas/Number/properties/extra",
            text(),
        ),
        (
            "entries that may be null",
            field,
            json!({"type": "array", "items": {"type": "string", "nullable": true}}),
        ),
        (
            "values that may be null",
            field,
            json!({"type": "object", "additionalProperties": {"type": "string", "nullable": true}}),
        ),
        ("a size of text", field, json!({"type": "string", "minItems": 1})),
        (
            "a size of a list that may be missing",
            "/components/schemas/Branding/properties/a",
            json!({"type": "array", "items": text(), "minItems": 1}),
        ),
        ("a field that begins with a digit", "/components/schemas/Number/properties/2fa", text()),
        ("names of values in a list", new, said("x-enum-names", json!(["A"]))),
        ("the name of no value", new, said("x-enum-names", json!({"b": "B"}))),
        ("meanings by value", new, said("x-enum-descriptions", json!({"a": "A"}))),
        ("the meaning of no value", new, said("x-enum-descriptions", json!(["A", "B"]))),
        ("a meaning that is no text", new, said("x-enum-descriptions", json!([1]))),
        (
            "advice that is unknown",
            "/components/schemas/ErrorCode/x-retry",
            json!({"ADS_NOT_CONFIGURED": "soon"}),
        ),
        ("advice for no code", "/components/schemas/ErrorCode/x-retry", json!({"NONE": "never"})),
    ];
    insta::assert_snapshot!(table(rows));
}

#[test]
#[allow(clippy::too_many_lines, reason = "it is a table")]
fn what_a_union_is() {
    let new = "/components/schemas/New";
    let two = [of("LeadFieldVariable"), of("LeadStaticVariable")];
    let tagged = |members: &[Value], mapping: Value| json!({"oneOf": members, "discriminator": {"propertyName": "a", "mapping": mapping}});
    let [field, fixed] =
        ["#/components/schemas/LeadFieldVariable", "#/components/schemas/LeadStaticVariable"];
    let untagged = |one: Value| json!({"oneOf": [{"title": "Text", "type": "string"}, one]});
    let rows = vec![
        (
            "a member in place",
            new,
            tagged(&[of("LeadFieldVariable"), text()], json!({"a": field, "b": fixed})),
        ),
        (
            "a member that is no object",
            new,
            tagged(
                &[of("LeadFieldVariable"), of("Flag")],
                json!({"a": field, "b": "#/components/schemas/Flag"}),
            ),
        ),
        (
            "no property",
            new,
            json!({"oneOf": two, "discriminator": {"mapping": {"a": field, "b": fixed}}}),
        ),
        ("a member without a value", new, tagged(&two, json!({"a": field}))),
        ("a value that names no variant", new, tagged(&two, json!({"1st": field, "b": fixed}))),
        (
            "a value for no member",
            new,
            tagged(&two, json!({"a": field, "b": fixed, "c": "#/components/schemas/Call"})),
        ),
        (
            "a value for a bare name",
            new,
            tagged(&two, json!({"a": field, "b": "LeadStaticVariable"})),
        ),
        ("values that are one name", new, tagged(&two, json!({"a": field, "A": fixed}))),
        ("a value of a taken name", new, tagged(&two, json!({"a": field, "unknown": fixed}))),
        (
            "a value that is a name",
            new,
            tagged(&two, json!({"a": field, "b": field, "lead_field_variable": fixed})),
        ),
        ("no discriminator", new, json!({"oneOf": two})),
        ("no title", new, untagged(json!({"type": "integer"}))),
        ("a title twice", new, untagged(json!({"type": "integer", "title": "Text"}))),
        (
            "a title in lower case",
            new,
            untagged(json!({"type": "integer", "title": "in an object"})),
        ),
        ("a title that is taken", new, untagged(json!({"type": "integer", "title": "Unknown"}))),
        ("the same type twice", new, untagged(json!({"title": "Other", "type": "string"}))),
        (
            "numbers of two types",
            new,
            json!({"oneOf": [{"title": "A", "type": "integer"}, {"title": "B", "type": "number"}]}),
        ),
        (
            "two objects",
            new,
            json!({"oneOf": [{"title": "A", "allOf": [of("Call")]}, {"title": "B", "allOf": [of("Number")]}]}),
        ),
        ("any JSON", new, untagged(json!({"title": "Any"}))),
        (
            "an enum by name",
            new,
            json!({"oneOf": [{"title": "A", "allOf": [of("Flag")]}, {"title": "B", "type": "integer"}]}),
        ),
        (
            "a secret",
            new,
            untagged(json!({"title": "Secret", "type": "integer", "format": "password"})),
        ),
        (
            "a list of dates",
            new,
            untagged(
                json!({"title": "Dates", "type": "array", "items": {"type": "string", "format": "date"}}),
            ),
        ),
        (
            "a map of lists",
            new,
            untagged(
                json!({"title": "Map", "type": "object", "additionalProperties": {"type": "array", "items": {}}}),
            ),
        ),
        (
            "an object in place",
            new,
            untagged(json!({"title": "Object", "type": "object", "properties": {"a": text()}})),
        ),
        (
            "null",
            new,
            json!({"oneOf": [{"title": "A", "allOf": [of("Call")]}, {"type": "object", "nullable": true, "enum": [null]}]}),
        ),
        ("the only alternative", new, json!({"oneOf": [{"title": "A", "allOf": [of("Call")]}]})),
        (
            "both kinds of alternatives",
            new,
            json!({"oneOf": [{"title": "A", "type": "string"}, {"title": "B", "type": "integer"}], "anyOf": [{"title": "A", "type": "string"}]}),
        ),
        (
            "a rule beside alternatives",
            new,
            json!({"type": "object", "oneOf": [{"title": "A", "type": "string"}, {"title": "B", "type": "integer"}]}),
        ),
    ];
    insta::assert_snapshot!(table(rows));
}

#[test]
fn what_a_request_may_choose() {
    let rule = |fields: &[&str]| -> Value {
        fields.iter().map(|field| json!({"required": [field]})).collect()
    };
    let search = "/components/schemas/NumberCheckRequest/anyOf";
    let title = "/components/schemas/MessageRequest/allOf/0/title";
    insta::assert_snapshot!(table([
        ("a field that is not there", search, rule(&["number", "none"])),
        ("a field twice", search, rule(&["number", "number"])),
        ("a field alone", search, rule(&["number"])),
        (
            "two fields at once",
            search,
            json!([{"required": ["number", "numbers"]}, {"required": ["number"]}])
        ),
        (
            "more than a field",
            search,
            json!([{"required": ["number"], "type": "object"}, {"required": ["numbers"]}])
        ),
        (
            "a field that is required",
            "/components/schemas/NumberCheckRequest/required",
            json!(["number"])
        ),
        (
            "a field that may be null",
            "/components/schemas/NumberCheckRequest/properties/number/nullable",
            json!(true)
        ),
        (
            "a field of a name that may be null",
            "/components/schemas/NumberCheckRequest/properties/number",
            json!({"anyOf": [of("Flag"), {"type": "object", "nullable": true, "enum": [null]}]})
        ),
        (
            "a secret that can be cleared",
            "/components/schemas/BrandingUpdate/properties/subtitle",
            json!({"type": "string", "format": "password", "nullable": true})
        ),
        (
            "an enum that can be cleared",
            "/components/schemas/BrandingUpdate/properties/subtitle",
            json!({"allOf": [of("Flag")], "nullable": true})
        ),
        ("a response", "/components/schemas/Number/anyOf", rule(&["name", "number"])),
        ("no title", title, json!(null)),
        (
            "a title where no part has it",
            "/components/schemas/NumberCheckRequest/title",
            json!("Which")
        ),
        (
            "two rules at once",
            "/components/schemas/NumberCheckRequest/oneOf",
            rule(&["number", "numbers"])
        ),
        ("a title in lower case", title, json!("destination of it")),
        ("a title twice", title, json!("Content")),
        (
            "a title that makes a name that is there",
            "/components/schemas/MessageRequestDestination",
            text()
        ),
        ("a part beside rules", "/components/schemas/MessageRequest/allOf/-", of("Number")),
    ]));
}

/// What the profile accepts, in the forms that our document has not, or not yet.
#[allow(clippy::too_many_lines, reason = "it is a table")]
fn accepted() -> Vec<Row> {
    let moment = || json!({"type": "string", "format": "date-time"});
    let secret = || json!({"type": "string", "format": "password"});
    let object = |properties: Value| json!({"type": "object", "properties": properties});
    let list = |of: Value| json!({"type": "array", "items": of});
    let call = |id: &str, response: &str| {
        let responses = json!({"200": json_of(&of(response))});
        json!({"operationId": id, "tags": ["Numbers"], "responses": responses})
    };
    let sent = |id: &str, body: &str, response: &str| {
        let mut call = call(id, response);
        call["requestBody"] = json_of(&of(body));
        json!({"post": call})
    };
    let paged = |id: &str, response: &str| {
        let mut call = call(id, response);
        let page = json!({"name": "page", "in": "query", "schema": {"type": "integer"}});
        let sort =
            json!({"type": "string", "enum": ["name", "size", "size desc"], "default": "name"});
        let sort = json!({"name": "sort", "in": "query", "schema": sort});
        call["parameters"] = json!([page, sort]);
        json!({"get": call})
    };
    let either = json!([{"required": ["a"]}, {"required": ["b"]}]);
    let sized = |min: u64, max: u64| json!({"type": "array", "items": text(), "minItems": min, "maxItems": max});
    vec![
        (
            "dates that are sent, received and both",
            "/paths/~1cats",
            sent("post_cats", "CatRequest", "Cat"),
        ),
        (
            "",
            "/components/schemas/Cat",
            object(json!({
                "born": moment(), "home": of("Home"), "seen": {"type": "integer", "format": "unix-time"},
                "mood": {"type": "string", "enum": ["good", "bad"], "nullable": true},
                "tricks": list(json!({"type": "string", "enum": ["roll"]})),
            })),
        ),
        (
            "",
            "/components/schemas/CatRequest",
            object(json!({"born": moment(), "home": of("Home")})),
        ),
        (
            "",
            "/components/schemas/Home",
            object(json!({"since": {"type": "string", "format": "date"}})),
        ),
        (
            "rules of a request, and lists of a response",
            "/paths/~1pets",
            sent("post_pets", "Search", "PetNames"),
        ),
        (
            "",
            "/components/schemas/Search",
            json!({
                "type": "object", "required": ["ids"], "anyOf": either,
                "properties": {"a": text(), "b": text(), "ids": sized(1, 9), "tags": sized(0, 2)},
            }),
        ),
        (
            "",
            "/components/schemas/PetNames",
            json!({
                "type": "object", "required": ["names", "ages"],
                "properties": {"names": list(text()), "ages": {"type": "object", "additionalProperties": text()}},
            }),
        ),
        (
            "names of fields",
            "/components/schemas/Odd",
            json!({
                "type": "object", "required": ["a-b", "$ref"], "additionalProperties": true,
                "properties": {"a-b": text(), "$ref": text(), "@type": text(), "kind": text(), "": text(),
                    "self": text(), "gen": text(), "Self2": text()},
            }),
        ),
        (
            "bounds, patterns and formats",
            "/components/schemas/Strict",
            json!({
                "type": "object", "additionalProperties": false, "minProperties": 1, "required": ["small"],
                "properties": {
                    "small": {"type": "integer", "format": "int64", "minimum": 1, "maximum": 9},
                    "big": {"type": "integer", "format": "uint64"},
                    "code": {"type": "string", "pattern": "^a$", "minLength": 1, "maxLength": 1},
                    "day": {"type": "string", "format": "date", "default": "2026-01-01"},
                    "set": {"type": "array", "uniqueItems": true, "minItems": 2, "maxItems": 2, "items": text()},
                    "any": list(json!({})),
                    "open": {"type": "object"},
                    "count": {"type": "integer", "default": 5},
                },
            }),
        ),
        (
            "parts that join",
            "/components/schemas/Tom",
            json!({
                "allOf": [of("Cat"), {"type": "object", "required": ["lives"], "properties": {
                    "lives": {"type": "integer"}, "yard": object(json!({"street": text()})),
                }}],
            }),
        ),
        (
            "objects that a tag distinguishes",
            "/components/schemas/Animal",
            json!({
                "oneOf": [of("Cat"), of("Strict"), of("Node")],
                "discriminator": {"propertyName": "kind", "mapping": {
                    "cat": "#/components/schemas/Cat", "strict": "#/components/schemas/Strict",
                    "node": "#/components/schemas/Node", "knot": "#/components/schemas/Node",
                }},
            }),
        ),
        (
            "a list in two forms",
            "/components/schemas/CatList",
            json!({"oneOf": [
                {"title": "InAnObject", "allOf": [of("Cats")]},
                {"title": "Bare", "type": "array", "items": of("Cat")},
            ]}),
        ),
        (
            "",
            "/components/schemas/Cats",
            json!({"type": "object", "required": ["cats"], "properties": {"cats": list(of("Cat"))}}),
        ),
        (
            "values of all types",
            "/components/schemas/Either",
            json!({"anyOf": [
                {"title": "Text", "type": "string"}, {"title": "Count", "type": "integer"},
                {"title": "Flag", "type": "boolean"},
                {"title": "Map", "type": "object", "additionalProperties": text()},
                {"title": "List", "type": "array", "items": {}},
            ]}),
        ),
        (
            "schemas that lead to themselves",
            "/components/schemas/Node",
            json!({
                "type": "object", "required": ["next"], "properties": {"next": of("Node"), "all": list(of("Node"))},
            }),
        ),
        (
            "",
            "/components/schemas/Tree",
            json!({"type": "object", "additionalProperties": of("Tree")}),
        ),
        ("pages of entries without an id", "/paths/~1notes", paged("get_notes", "NoteList")),
        ("", "/components/schemas/Note", object(json!({"text": text()}))),
        (
            "",
            "/components/schemas/NoteList",
            json!({"type": "object", "required": ["notes"], "properties": {"notes": list(of("Note"))}}),
        ),
        (
            "secrets",
            "/components/schemas/Hook",
            json!({"type": "object", "required": ["bounded"], "properties": {
                "bounded": {"type": "string", "format": "password", "minLength": 8, "pattern": "^[a-z]+$", "x-note": "a"},
                "nullable": {"type": "string", "format": "password", "nullable": true},
                "list": list(secret()),
                "by_name": {"type": "object", "additionalProperties": secret()},
                "named": {"allOf": [of("Pin")], "description": "The PIN."},
            }}),
        ),
        (
            "",
            "/components/schemas/Pin",
            json!({"type": "string", "format": "password", "minLength": 4}),
        ),
        (
            "text that would be a test",
            "/components/schemas/Doc",
            json!({
                "type": "object", "description": "See [x]\n\n```\nlet x = ;\n```\n\n    let y = ;\n- ```rust\nopen */ /* \r \u{202e}",
                "properties": {"a": {"type": "string", "enum": ["a*/", "b`"], "description": "*/"}},
            }),
        ),
        (
            "values of an enum with odd names",
            "/components/schemas/Sign",
            json!({
                "type": "string", "enum": ["META", "2x", "7d"], "x-enum-names": {"2x": "twice", "7d": "last 7 days"},
            }),
        ),
        (
            "a path with several names in a step",
            "/paths/~1v~1{id}.{ext}~1{type}:cancel",
            json!({"get": {
                "operationId": "cancel_version", "tags": ["Numbers"],
                "parameters": [
                    {"name": "id", "in": "path", "required": true, "schema": {"type": "integer"}},
                    {"name": "ext", "in": "path", "required": true, "schema": text()},
                    {"name": "type", "in": "path", "required": true, "style": "simple", "explode": false, "schema": of("Flag")},
                ],
                "responses": {"2XX": {"description": "Done"}, "default": json_of(&of("ApiError"))},
            }}),
        ),
    ]
}

/// What the client has of it, without its space.
const ACCEPTED: &[&str] = &[
    "pubborn:::std::option::Option<crate::Timestamp>",
    "pubseen:::std::option::Option<crate::Timestamp>",
    "pubborn:::std::option::Option<::chrono::DateTime<::chrono::offset::Utc>>",
    "pubsince:::std::option::Option<crate::Timestamp>",
    "open_enum!(CatMood,",
    "open_enum!(CatTricksItem,",
    "open_enum!(GetNotesSort,",
    "pubmood:::std::option::Option<crate::generated::types::CatMood>",
    "{at_least_one(a=\"a\",b=\"b\")},{ids=\"ids\":1,Some(9);tags=\"tags\":0,Some(2);}",
    "rename=\"a-b\"",
    "rename=\"$ref\"",
    "rename=\"@type\"",
    "pubsmall:i64,",
    "pubbig:::std::option::Option<u64>",
    "pubset:::std::vec::Vec<::std::string::String>",
    "publives:i64,",
    "pubstructTomYard{",
    "open_union!(Animal,",
    "Node(::std::boxed::Box<Node>)=\"knot\"|\"node\",",
    "open_union!(CatList,",
    "open_union::entries!(CatList,Cat,",
    "Map(::std::collections::BTreeMap<::std::string::String,::std::string::String>),",
    "List(::std::vec::Vec<::serde_json::Value>),",
    "Box<Node>",
    "<types::Noteas::std::clone::Clone>::clone",
    "pubbounded:crate::Secret,",
    "pubnullable:::std::option::Option<crate::Secret>,",
    "publist:::std::vec::Vec<crate::Secret>,",
    "pubby_name:::std::collections::BTreeMap<::std::string::String,crate::Secret>,",
    "pubnamed:::std::option::Option<Pin>,",
    "pubstructPin(pubcrate::Secret);",
    "Last7Days=",
    "Twice=",
    "encode_path(&ext.to_string())",
    "\"{}/v/{}.{}/{}:cancel\"",
];

#[test]
fn what_is_accepted_becomes_a_client() {
    let mut document = ours();
    for (_, pointer, value) in accepted() {
        assert!(document.pointer(pointer).is_none(), "{pointer} is ours");
        change(&mut document, pointer, value);
    }
    normalise::normalise(&mut document).unwrap();
    validate::validate(&document).unwrap();
    check(&document).unwrap();
    let code = prettyplease::unparse(&generated::client(&document));
    let code: String = code.split_whitespace().collect();
    let missing: Vec<_> = ACCEPTED.iter().filter(|part| !code.contains(**part)).collect();
    assert!(missing.is_empty(), "not there: {missing:#?}");
}

#[test]
fn no_value_makes_it_panic() {
    let odd =
        [json!(null), json!(1), json!("a"), json!([]), json!([[]]), json!({}), json!({"a": {}})];
    let pointers = [
        "/components",
        "/components/schemas",
        "/components/schemas/Number",
        "/components/parameters",
        "/components/schemas/Number/properties",
        "/components/schemas/LeadVariable/oneOf",
        "/components/schemas/LeadVariable/discriminator",
        "/components/schemas/MessageRequest/allOf",
        "/components/schemas/ErrorCode/enum",
        "/components/schemas/ErrorCode/x-retry",
        "/paths",
        "/paths/~1v1~1numbers",
        "/paths/~1v1~1numbers/get",
        "/paths/~1v1~1numbers/get/responses",
        "/paths/~1v1~1numbers/get/tags",
        "/paths/~1v1~1webhooks/post/callbacks",
        "/security",
        "/servers",
    ];
    for pointer in pointers {
        for value in &odd {
            let mut document = ours();
            *document.pointer_mut(pointer).unwrap() = value.clone();
            let _ = check(&document);
            let _ = normalise::normalise(&mut document);
        }
    }
}
