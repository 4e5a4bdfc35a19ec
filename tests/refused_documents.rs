//! What the build says to a document that it cannot use: one readable line.

#[path = "../build/mod.rs"]
#[allow(dead_code)]
mod generate;

use std::fmt::Write;

use serde_json::{Value, json};

/// A change that breaks the document, and its name.
type Breakage = (&'static str, fn(&mut Value));

const BREAKAGES: &[Breakage] = &[
    ("another version", |document| document["openapi"] = json!("3.1.0")),
    ("no version", |document| remove(document, "", "openapi")),
    ("no paths", |document| remove(document, "", "paths")),
    ("a schema of no type known", |document| {
        document["components"]["schemas"]["Number"]["type"] = json!("number of sorts");
    }),
    ("no operationId", |document| remove(document, "/paths/~1v1~1numbers/get", "operationId")),
    ("an operationId in another style", |document| {
        document["paths"]["/v1/numbers"]["get"]["operationId"] = json!("getNumbers");
    }),
    ("an operationId twice", |document| {
        document["paths"]["/v1/other"] = document["paths"]["/v1/numbers"].clone();
    }),
    ("a success without a schema", |document| {
        let content = "/paths/~1v1~1numbers/get/responses/200/content/application~1json";
        remove(document, content, "schema");
    }),
    ("successes that differ", |document| {
        document["paths"]["/v1/numbers"]["get"]["responses"]["202"] =
            json!({"description": "Later"});
    }),
    ("a success that is not JSON", |document| {
        document["paths"]["/v1/numbers"]["get"]["responses"]["200"]["content"] =
            json!({"audio/ogg": {"schema": {"type": "string", "format": "binary"}}});
    }),
    ("an enum without a name", |document| {
        let number = &mut document["components"]["schemas"]["Number"];
        number["properties"]["name"] = json!({"type": "string", "enum": ["a", "b"]});
    }),
    ("values whose names collide", |document| {
        document["components"]["schemas"]["Provider"]["enum"] = json!(["META", "meta"]);
    }),
    ("a value without a name", |document| {
        document["components"]["schemas"]["Provider"]["enum"] = json!(["META", "\u{bd}"]);
    }),
    ("an enum that may be null", |document| {
        document["components"]["schemas"]["Provider"]["nullable"] = json!(true);
    }),
    ("an enum with a name of another style", |document| {
        document["components"]["schemas"]["2faState"] = json!({"type": "string", "enum": ["A"]});
    }),
    ("an operationId that is a keyword", |document| {
        document["paths"]["/v1/numbers"]["get"]["operationId"] = json!("match");
    }),
    ("an operationId that is taken", |document| {
        document["paths"]["/v1/numbers"]["get"]["operationId"] = json!("builder");
    }),
    ("no server", |document| remove(document, "", "servers")),
    ("a server in plain text", |document| {
        document["servers"][0]["url"] = json!("http://pilotstatus.com.br");
    }),
    ("no success", |document| {
        remove(document, "/paths/~1v1~1numbers/get/responses", "200");
    }),
    ("a response that is not there", |document| {
        document["paths"]["/v1/numbers"]["get"]["responses"]["200"] =
            json!({"$ref": "#/components/responses/Numbers"});
    }),
    ("a reference to nothing", |document| {
        remove(document, "/components/schemas", "Provider");
    }),
    ("a path that is a reference", |document| {
        document["paths"]["/v1/other"] = json!({"$ref": "#/paths/~1v1~1numbers"});
    }),
    ("a cookie", |document| {
        document["paths"]["/v1/numbers"]["get"]["parameters"] =
            json!([{"name": "a", "in": "cookie", "schema": {"type": "string"}}]);
    }),
    ("a secret in a query", |document| {
        document["paths"]["/v1/numbers"]["get"]["parameters"] = json!([{
            "name": "pin", "in": "query", "schema": {"type": "string", "format": "password"}
        }]);
    }),
    ("secrets in a header, by reference", |document| {
        let schemas = &mut document["components"]["schemas"];
        schemas["Pin"] = json!({"type": "string", "format": "password", "minLength": 4});
        schemas["Pins"] = json!({"type": "array", "items": {"$ref": "#/components/schemas/Pin"}});
        document["paths"]["/v1/numbers"]["parameters"] = json!([{
            "name": "x-pins", "in": "header", "schema": {"$ref": "#/components/schemas/Pins"}
        }]);
    }),
    ("a secret that is joined with more", |document| {
        let schemas = &mut document["components"]["schemas"];
        schemas["Pin"] = json!({"type": "string", "format": "password"});
        schemas["Number"]["properties"]["pin"] =
            json!({"allOf": [{"minLength": 4}, {"$ref": "#/components/schemas/Pin"}]});
    }),
    ("a path parameter that is not declared", |document| {
        let item = document["paths"]["/v1/numbers"].take();
        document["paths"] = json!({"/v1/numbers/{id}": item});
    }),
];

fn remove(document: &mut Value, pointer: &str, key: &str) {
    let object = document.pointer_mut(pointer).and_then(Value::as_object_mut).unwrap();
    assert!(object.remove(key).is_some(), "{pointer} has no {key}");
}

#[test]
fn a_document_that_cannot_be_used_gets_one_line() {
    let mut table = String::new();
    for (name, breakage) in BREAKAGES {
        let mut document = serde_json::from_str(include_str!("../openapi.json")).unwrap();
        breakage(&mut document);
        table += &line(name, &document.to_string());
    }
    table += &line("no JSON", "<html>");
    table += &line("nothing", "");
    insta::assert_snapshot!("table", table);
}

fn line(name: &str, json: &str) -> String {
    let reason = generate::generate(json).err().unwrap_or_else(|| panic!("{name}: accepted"));
    assert!(!reason.contains('\n') && !reason.is_empty(), "{name}: {reason}");
    let mut line = String::new();
    writeln!(line, "{name}: {reason}").unwrap();
    line
}
