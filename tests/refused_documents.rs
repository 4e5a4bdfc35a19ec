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
    ("a response that is not there", |document| {
        document["paths"]["/v1/numbers"]["get"]["responses"]["200"] =
            json!({"$ref": "#/components/responses/Numbers"});
    }),
    ("a reference to nothing", |document| {
        remove(document, "/components/schemas", "Provider");
    }),
    ("a secret that is joined with more", |document| {
        let schemas = &mut document["components"]["schemas"];
        schemas["Pin"] = json!({"type": "string", "format": "password"});
        schemas["Number"]["properties"]["pin"] =
            json!({"allOf": [{"minLength": 4}, {"$ref": "#/components/schemas/Pin"}]});
    }),
    ("a part of another document", |document| {
        document["components"]["schemas"]["Number"] = json!({"$ref": "number.yaml#/Number"});
    }),
    ("a path that leads to itself", |document| {
        document["paths"]["/v1/other"] = json!({"$ref": "#/paths/~1v1~1other"});
    }),
    ("the character that marks names", |document| {
        document["info"]["title"] = json!("a\u{1e}1");
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
    let reason =
        generate::generate(json, &|_| true).err().unwrap_or_else(|| panic!("{name}: accepted"));
    assert!(!reason.contains('\n') && !reason.is_empty(), "{name}: {reason}");
    let mut line = String::new();
    writeln!(line, "{name}: {reason}").unwrap();
    line
}
