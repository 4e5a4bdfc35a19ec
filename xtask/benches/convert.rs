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

use source::{convert, line, pointer, validate, yaml};

use std::time::Instant;

use serde_json::{Map, Value, json};

fn main() {
    for megabytes in [1, 3, 10] {
        let text = document(megabytes << 20).to_string();
        let (read, mut document) = timed(|| yaml::parse::<Value>(&text).unwrap());
        let (check, ()) = timed(|| validate::validate(&document).unwrap());
        let (convert, _) = timed(|| convert::to_3_0(&mut document).unwrap());
        let (check_again, ()) = timed(|| validate::validate(&document).unwrap());
        let (write, written) = timed(|| format!("{document:#}\n"));
        let all = read + check + convert + check_again + write;
        let block = block_style(&document);
        let (yaml, again) = timed(|| yaml::parse::<Value>(&block).unwrap());
        assert_eq!(format!("{again:#}\n"), written);
        for (step, seconds) in [
            ("read-json", read),
            ("validate-3.1", check),
            ("convert", convert),
            ("validate-3.0", check_again),
            ("write", write),
            ("regenerate", all),
            ("read-yaml", yaml),
        ] {
            println!("figure  {:<24}  {seconds:>8.3}  s", format!("{step}/{megabytes}-MB"));
        }
    }
}

fn timed<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let start = Instant::now();
    let result = work();
    (start.elapsed().as_secs_f64(), result)
}

/// A document of about so many bytes, with what tools write into 3.1.
fn document(bytes: usize) -> Value {
    let one = schema(0).to_string().len() + path(0).to_string().len();
    let (mut paths, mut schemas) = (Map::new(), Map::new());
    for index in 0..bytes / one {
        paths.insert(format!("/things{index}/{{id}}"), path(index));
        schemas.insert(format!("Thing{index}"), schema(index));
    }
    json!({
        "openapi": "3.1.0",
        "info": {"title": "Things", "version": "1"},
        "paths": paths,
        "components": {"schemas": schemas},
    })
}

fn schema(index: usize) -> Value {
    json!({
        "type": "object",
        "description": "A thing, described in a few words as tools do it.",
        "required": ["id", "kind"],
        "properties": {
            "id": {"type": "string", "format": "uuid", "examples": ["a", "b"]},
            "kind": {"const": "thing"},
            "name": {"anyOf": [{"type": "string"}, {"type": "null"}], "title": "Name"},
            "size": {"type": ["integer", "null"], "exclusiveMinimum": 0},
            "place": {"type": "array", "prefixItems": [{"type": "number"}, {"type": "number"}],
                      "minItems": 2, "maxItems": 2},
            "next": {"$ref": format!("#/components/schemas/Thing{}", index / 2), "description": "d"},
            "part": {"$ref": "#/$defs/Part"},
            "tags": {"type": "object", "patternProperties": {"^x": {"type": "string"}}},
        },
        "$defs": {"Part": {"type": "object", "properties": {"a": {"type": ["string", "integer"]}}}},
    })
}

fn path(index: usize) -> Value {
    let schema = json!({"$ref": format!("#/components/schemas/Thing{index}")});
    let content = json!({"application/json": {"schema": schema}});
    let id = json!({"name": "id", "in": "path", "required": true, "schema": {"type": "string"}});
    json!({"put": {
        "operationId": format!("put_thing_{index}"),
        "parameters": [id],
        "requestBody": {"content": content},
        "responses": {"200": {"description": "d", "content": content}},
    }})
}

/// The document as YAML is written by hand.
fn block_style(document: &Value) -> String {
    let mut text = String::new();
    write_block(document, 0, &mut text);
    text
}

fn write_block(value: &Value, indent: usize, text: &mut String) {
    let mut line = |start: String, value: &Value| {
        text.push_str(&" ".repeat(indent));
        text.push_str(&start);
        let empty = value.as_object().is_some_and(Map::is_empty)
            || value.as_array().is_some_and(Vec::is_empty);
        if empty || !(value.is_object() || value.is_array()) {
            text.extend([" ", &value.to_string(), "\n"]);
        } else {
            text.push('\n');
            write_block(value, indent + 2, text);
        }
    };
    match value {
        Value::Object(entries) => {
            entries.iter().for_each(|(key, value)| line(format!("{}:", json!(key)), value));
        }
        Value::Array(values) => values.iter().for_each(|value| line("-".to_owned(), value)),
        _ => {}
    }
}
