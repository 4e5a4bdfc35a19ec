//! Converts an OpenAPI 3.1 document to 3.0.3.
//!
//! What 3.0 can say is said exactly. What only narrows what is valid, and so
//! changes no type, is dropped and listed. Anything else is an error that names
//! its place. A 3.0 document passes through unchanged.

mod document;
mod schema;

use anyhow::{Result, anyhow, bail};
use serde_json::Value;

use crate::pointer::Pointer;

/// The version that the generator reads.
const TARGET: &str = "3.0.3";

/// Converts `document` in place and returns a line for each thing dropped.
pub fn to_3_0(document: &mut Value) -> Result<Vec<String>> {
    let version = document["openapi"].as_str().unwrap_or_default();
    if version.starts_with("3.0.") {
        return Ok(Vec::new());
    }
    if !version.starts_with("3.1.") {
        bail!("cannot convert OpenAPI `{version}`: versions 3.0 and 3.1 are read");
    }
    let mut dropped = Dropped::default();
    document::convert(document, &mut dropped)?;
    document["openapi"] = TARGET.into();
    Ok(dropped.0)
}

/// What 3.0 cannot say and no type depends on.
#[derive(Default)]
struct Dropped(Vec<String>);

impl Dropped {
    fn note(&mut self, at: &Pointer, keyword: &str) {
        self.0.push(at.join(keyword).to_string());
    }
}

/// An error at a place in the document.
fn refuse(at: &Pointer, reason: &str) -> anyhow::Error {
    anyhow!("cannot convert {at} to OpenAPI 3.0: {reason}")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::to_3_0;

    /// A 3.1 document with one schema.
    fn document(schema: &Value) -> Value {
        json!({
            "openapi": "3.1.0",
            "info": {"title": "T", "version": "1"},
            "paths": {},
            "components": {"schemas": {"S": schema, "T": {}}},
        })
    }

    fn convert(schema: &Value) -> anyhow::Result<(Value, Vec<String>)> {
        let mut document = document(schema);
        let dropped = to_3_0(&mut document)?;
        crate::validate::validate(&document)?;
        Ok((document["components"]["schemas"]["S"].take(), dropped))
    }

    #[test]
    fn what_3_0_can_say_is_said_exactly() {
        let reference = json!({"$ref": "#/components/schemas/T"});
        let table = [
            (json!({"type": ["string", "null"]}), json!({"type": "string", "nullable": true})),
            (json!({"type": ["string"]}), json!({"type": "string"})),
            (
                json!({"type": ["integer", "array", "null"], "items": {"const": 1}}),
                json!({
                    "anyOf": [{"type": "integer"}, {"type": "array", "items": {"enum": [1]}}],
                    "nullable": true
                }),
            ),
            (json!({"type": "array"}), json!({"type": "array", "items": {}})),
            (
                json!({"description": "d", "oneOf": [reference, {"type": "null"}]}),
                json!({"description": "d", "allOf": [reference], "nullable": true}),
            ),
            (
                json!({"anyOf": [{"type": "string", "minLength": 1}, {"type": "null"}]}),
                json!({"type": "string", "minLength": 1, "nullable": true}),
            ),
            (
                json!({"anyOf": [{"type": "string"}, {"type": "integer"}, {"type": "null"}]}),
                json!({"anyOf": [{"type": "string"}, {"type": "integer"}], "nullable": true}),
            ),
            (
                json!({"$ref": "#/components/schemas/T", "description": "d"}),
                json!({"allOf": [reference], "description": "d"}),
            ),
            (reference.clone(), reference.clone()),
            (
                json!({"allOf": [{"title": "X"}], "oneOf": [reference, {"type": "null"}]}),
                json!({"allOf": [reference, {"title": "X"}], "nullable": true}),
            ),
            (
                json!({
                    "oneOf": [{"title": "X"}, {"type": "null"}],
                    "anyOf": [{"title": "Y"}, {"type": "null"}],
                }),
                json!({"title": "X", "allOf": [{"title": "Y"}], "nullable": true}),
            ),
            (json!({"const": "a"}), json!({"enum": ["a"]})),
            (
                json!({"type": ["string", "null"], "enum": ["a", null]}),
                json!({"type": "string", "enum": ["a", null], "nullable": true}),
            ),
            (
                json!({"type": "string", "examples": ["a"]}),
                json!({"type": "string", "example": "a"}),
            ),
            (
                json!({"type": "integer", "exclusiveMinimum": 0}),
                json!({"type": "integer", "minimum": 0, "exclusiveMinimum": true}),
            ),
            (
                json!({"type": "integer", "minimum": 5, "exclusiveMinimum": 0, "exclusiveMaximum": 9}),
                json!({"type": "integer", "minimum": 5, "maximum": 9, "exclusiveMaximum": true}),
            ),
            (
                json!({"type": "string", "contentEncoding": "base64"}),
                json!({"type": "string", "format": "byte"}),
            ),
            (
                json!({"type": "string", "contentMediaType": "application/octet-stream"}),
                json!({"type": "string", "format": "binary"}),
            ),
            (
                json!({"type": "object", "properties": {"a": true}, "additionalProperties": false}),
                json!({"type": "object", "properties": {"a": {}}, "additionalProperties": false}),
            ),
            (json!({"not": false}), json!({"not": {"not": {}}})),
            (json!({"x-any": {"const": 1}}), json!({"x-any": {"const": 1}})),
            (
                json!({"example": {"const": 1}, "default": {"type": ["a"]}}),
                json!({"example": {"const": 1}, "default": {"type": ["a"]}}),
            ),
        ];
        for (from, to) in table {
            let (converted, dropped) =
                convert(&from).unwrap_or_else(|error| panic!("{from}: {error:#}"));
            assert_eq!((converted, dropped), (to, vec![]), "{from}");
        }
    }

    #[test]
    fn what_only_narrows_is_dropped_and_listed() {
        let (schema, dropped) = convert(&json!({
            "type": "object",
            "properties": {"a": {"type": "string", "$comment": "c", "examples": ["a", "b"]}},
            "dependentRequired": {"a": ["b"]},
        }))
        .unwrap();
        assert_eq!(
            schema,
            json!({"type": "object", "properties": {"a": {"type": "string", "example": "a"}}})
        );
        let schema = "/components/schemas/S";
        let expected = ["dependentRequired", "properties/a/$comment", "properties/a/examples"];
        assert_eq!(dropped, expected.map(|place| format!("{schema}/{place}")));
    }

    #[test]
    fn what_3_0_cannot_say_is_an_error_with_its_place() {
        let schemas = [
            (json!({"type": "null"}), "type"),
            (json!({"type": ["null"]}), "type"),
            (json!({"allOf": [{"type": "null"}]}), "allOf/0/type"),
            (json!({"anyOf": [{"type": "null"}]}), "anyOf"),
            (json!({"not": {"type": "null"}}), "not/type"),
            (
                json!({"properties": {"a/b": {"patternProperties": {}}}}),
                "properties/a~1b/patternProperties",
            ),
            (json!({"items": {"allOf": [{}, {"$defs": {}}]}}), "items/allOf/1/$defs"),
            (json!({"contentEncoding": "base32"}), "contentEncoding"),
            (json!({"anyOf": {}}), "anyOf"),
            (json!({"items": 1}), "items"),
            (json!([]), ""),
        ];
        for (schema, place) in schemas {
            let error = to_3_0(&mut document(&schema)).expect_err(&schema.to_string()).to_string();
            let pointer = format!("/components/schemas/S/{place}");
            assert!(error.contains(pointer.trim_end_matches('/')), "{schema}: {error}");
        }
        let documents = [
            ("/webhooks", json!({}), "/webhooks"),
            ("/components", json!({"pathItems": {}}), "/components/pathItems"),
            (
                "/components",
                json!({"securitySchemes": {"a": {"type": "mutualTLS"}}}),
                "/components/securitySchemes/a/type",
            ),
            ("/paths", json!({"/a": {"$ref": "#/b"}}), "/paths/~1a/$ref"),
            ("/paths", json!({"/a": {"get": {"responses": []}}, "/b": 1}), "/paths/~1b"),
            ("/openapi", json!("2.0"), "2.0"),
        ];
        for (place, value, part) in documents {
            let mut document = document(&json!({}));
            document[&place[1..]] = value;
            let error = to_3_0(&mut document).expect_err(part).to_string();
            assert!(error.contains(part), "{error}");
        }
    }

    #[test]
    fn schemas_are_found_wherever_they_stand() {
        let from = json!({"type": ["string", "null"]});
        let to = json!({"type": "string", "nullable": true});
        let build = |version: &str, schema: &Value| {
            let media = json!({"application/json": {"schema": schema}});
            let parameter = json!({"name": "a", "in": "query", "schema": schema});
            let operation = json!({
                "parameters": [parameter],
                "requestBody": {"content": media},
                "responses": {"200": {
                    "description": "d",
                    "headers": {"h": {"schema": schema}},
                    "content": media,
                }},
                "callbacks": {"c": {"{$request.body#/a}": {"post": {
                    "requestBody": {"content": media},
                    "responses": {"200": {"description": "d"}},
                }}}},
            });
            json!({
                "openapi": version,
                "info": {"title": "T", "version": "1"},
                "paths": {"/a": {"parameters": [parameter], "post": operation}},
                "components": {
                    "schemas": {"S": schema},
                    "parameters": {"P": parameter},
                    "headers": {"H": {"schema": schema}},
                    "requestBodies": {"B": {"content": media}},
                    "responses": {"R": {"description": "d", "content": media}},
                },
            })
        };
        let mut document = build("3.1.0", &from);
        to_3_0(&mut document).unwrap();
        assert_eq!(document, build("3.0.3", &to));
    }

    #[test]
    fn a_converted_document_is_not_converted_again() {
        let mut once = document(&json!({"type": ["string", "null"], "exclusiveMinimum": 1}));
        to_3_0(&mut once).unwrap();
        let mut twice = once.clone();
        to_3_0(&mut twice).unwrap();
        assert_eq!(once, twice);
    }

    #[test]
    fn words_that_3_0_has_no_place_for_become_extensions() {
        let mut document = document(&json!({}));
        document["info"]["summary"] = json!("s");
        document["info"]["license"] = json!({"name": "MIT", "identifier": "MIT"});
        to_3_0(&mut document).unwrap();
        assert_eq!(document["info"]["x-summary"], "s");
        assert_eq!(document["info"]["license"], json!({"name": "MIT", "x-identifier": "MIT"}));
    }
}
