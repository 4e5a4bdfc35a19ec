//! How long a document takes from its text to the text of `openapi.json`.
//! `cargo xtask bench convert` holds that against a budget.

#[path = "../src"]
#[allow(dead_code, unused_imports, reason = "a part of each module is used, and no test")]
mod source {
    pub mod convert;
    pub mod line;
    pub mod pointer;
    pub mod validate;
    pub mod yaml;
}

use std::time::Instant;

use serde_json::{Value, json};
use source::{convert, line, pointer, validate, yaml};

fn main() {
    for megabytes in [1, 10] {
        let text = document(megabytes << 20).to_string();
        let start = Instant::now();
        let mut document: Value = yaml::parse(&text).unwrap();
        validate::validate(&document).unwrap();
        convert::to_3_0(&mut document).unwrap();
        validate::validate(&document).unwrap();
        assert!(format!("{document:#}\n").len() > text.len());
        let seconds = start.elapsed().as_secs_f64();
        println!("figure  regenerate/{megabytes}-MB  {seconds:>8.3}  s");
    }
}

/// A document of about so many bytes, with what tools write into 3.1.
fn document(bytes: usize) -> Value {
    let mut document = json!({
        "openapi": "3.1.0",
        "info": {"title": "Things", "version": "1"},
        "paths": {},
        "components": {"schemas": {}},
    });
    for index in 0..bytes / 1000 {
        let reference = json!({"$ref": format!("#/components/schemas/Thing{index}")});
        let content = json!({"application/json": {"schema": reference}});
        document["paths"][format!("/things{index}/{{id}}")]["put"] = json!({
            "operationId": format!("put_thing_{index}"),
            "parameters": [
                {"name": "id", "in": "path", "required": true, "schema": {"type": "string"}},
            ],
            "requestBody": {"content": content},
            "responses": {"200": {"description": "d", "content": content}},
        });
        document["components"]["schemas"][format!("Thing{index}")] = json!({
            "type": "object",
            "description": "A thing, described in a few words as tools do it.",
            "required": ["id", "kind"],
            "properties": {
                "id": {"type": "string", "format": "uuid", "examples": ["a", "b"]},
                "kind": {"const": "thing"},
                "name": {"anyOf": [{"type": "string"}, {"type": "null"}], "title": "Name"},
                "size": {"type": ["integer", "null"], "exclusiveMinimum": 0},
                "next": {"oneOf": [reference, {"type": "null"}]},
                "last": {"description": "d", "$ref": reference["$ref"]},
            },
        });
    }
    document
}
