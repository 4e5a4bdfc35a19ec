//! Validates a document against the specification, as far as the generator reads it.

use anyhow::{Result, anyhow};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::convert;
use crate::convert::grammar::Kind;
use crate::line::one_line;
use crate::places::Node;

/// Checks the structure, the references and the fields of an OpenAPI 3.0 document.
pub fn validate(document: &Value) -> Result<()> {
    let parts = convert::parts(document)?;
    let Err(error) = read::<openapiv3::OpenAPI>(&Node::root(document, ())) else {
        return Ok(());
    };
    // The error of an outer part does not name the inner part that is wrong.
    let inner = parts.iter().rev().filter(|(_, part)| part.get("$ref").is_none());
    let mut inner = inner.filter_map(|(kind, part)| {
        match kind {
            Kind::Schema => read::<openapiv3::Schema>(part),
            Kind::Parameter => read::<openapiv3::Parameter>(part),
            Kind::Header => read::<openapiv3::Header>(part),
            Kind::RequestBody => read::<openapiv3::RequestBody>(part),
            Kind::Response => read::<openapiv3::Response>(part),
            Kind::Example => read::<openapiv3::Example>(part),
            Kind::SecurityScheme => read::<openapiv3::SecurityScheme>(part),
            Kind::PathItem => read::<openapiv3::PathItem>(part),
            _ => Ok(()),
        }
        .err()
    });
    Err(inner.next().unwrap_or(error))
}

fn read<Part: DeserializeOwned>(part: &Node) -> Result<()> {
    use serde_path_to_error::Segment;

    let read: Result<Part, _> = serde_path_to_error::deserialize(part.value);
    read.map(drop).map_err(|error| {
        let place = error.path().iter().fold(part.at.clone(), |at, segment| match segment {
            Segment::Seq { index } => at.join(index),
            Segment::Map { key } => at.join(key),
            Segment::Enum { variant } => at.join(variant),
            Segment::Unknown => at,
        });
        anyhow!("{place}: {}", one_line(&error.inner().to_string()))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::validate;

    fn document(schema: &Value) -> Value {
        json!({
            "openapi": "3.0.3",
            "info": {"title": "T", "version": "1"},
            "servers": [{"url": "/{v}", "variables": {"v": {"default": "a"}}}],
            "paths": {"/a/{b}": {"get": {
                "parameters": [{"name": "b", "in": "path", "required": true, "schema": {}}],
                "responses": {"200": {"description": "d"}},
            }}},
            "components": {
                "schemas": {"S": schema, "T": {"type": "object"}},
                "securitySchemes": {"a": {"type": "http", "scheme": "bearer"}},
            },
        })
    }

    #[test]
    fn schemas_that_the_specification_allows_are_valid() {
        let mapping = json!({"a": "T", "b": "#/components/schemas/T"});
        for schema in [
            json!({"type": "integer", "format": "uint8"}),
            json!({"type": "string", "pattern": "^(?!a)"}),
            json!({"default": "a"}),
            json!({"enum": ["a", null]}),
            json!({"type": "string", "enum": [1, "a"]}),
            json!({"xml": {"namespace": "urn:a"}}),
            json!({"$ref": "#/components/schemas/T", "description": "d"}),
            json!({
                "oneOf": [{"$ref": "#/components/schemas/T"}],
                "discriminator": {"propertyName": "k", "mapping": mapping},
            }),
        ] {
            validate(&document(&schema)).unwrap();
        }
    }

    #[test]
    fn common_oddities_of_vendors_are_valid() {
        let mut document = document(&json!({}));
        document["info"] = json!({"title": "", "version": ""});
        document["servers"][0]["variables"]["v"] = json!({"default": "", "enum": ["", "a"]});
        document["tags"] = json!([{"name": ""}]);
        document["components"]["securitySchemes"] = json!({
            "a": {"type": "http", "scheme": "own", "bearerFormat": "b"},
            "b": {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": "/t", "scopes": {}}}},
        });
        document["components"]["responses"] = json!({"R": {"description": ""}});
        // To a server, this path equals the other one.
        document["paths"]["/a/{c}"] = json!({"post": {
            "parameters": [{"name": "c", "in": "path", "required": true, "schema": {}}],
            "tags": [""],
            "x-code-samples": "none",
            "responses": {
                "200": {"description": "", "links": {"next": {"operationId": "elsewhere"}}},
                "201": {"$ref": "#/components/responses/R", "summary": "ignored"},
            },
        }});
        validate(&document).unwrap();
    }

    #[test]
    fn an_error_has_one_line_and_begins_with_the_place() {
        let get = "/paths/~1a~1{b}/get";
        for (pointer, value, error) in [
            ("", json!([]), "/openapi: version `` is not supported"),
            ("/openapi", json!("3.2.0"), "/openapi: version `3.2.0` is not supported"),
            ("/info", json!({"title": "T"}), "/info: missing field `version`"),
            ("/paths", json!([]), "/paths: is no object"),
            (&format!("{get}/responses"), json!("\n"), "/get/responses: is no object"),
            (&format!("{get}/responses"), json!(1), "/get/responses: is no object"),
            (&format!("{get}/responses/200"), json!({}), "/responses/200: missing field `desc"),
            (&format!("{get}/parameters"), json!({}), "/get/parameters: is no list"),
            (&format!("{get}/parameters/0/in"), json!("body"), "/0/in: unknown variant `body`"),
            (&format!("{get}/parameters/0/name"), json!(1), "/get/parameters/0: invalid type"),
            (get, json!({"tags": ["\n", 1], "responses": {}}), "/get/tags/1: invalid type"),
            ("/servers/0", json!({}), "/servers/0: missing field `url`"),
            (
                "/components/securitySchemes/a",
                json!({"type": "mutualTLS"}),
                "/components/securitySchemes/a/type: unknown variant `mutualTLS`",
            ),
            ("/components/schemas/S", json!({"$ref": "#/No"}), "/S/$ref: \"#/No\" is no Schema"),
            ("/components/schemas/S", json!({"items": [{}]}), "/S/items: is no object"),
            ("/components/schemas/S", json!({"type": 1}), "/components/schemas/S: invalid type"),
        ] {
            let mut document = document(&json!({}));
            *document.pointer_mut(pointer).unwrap() = value;
            let found = format!("{:#}", validate(&document).unwrap_err());
            assert!(found.starts_with('/'), "{found}");
            assert!(found.contains(error) && !found.contains('\n'), "{found}");
        }
    }

    #[test]
    fn a_document_of_the_maximum_depth_is_valid() {
        let mut schema = json!({});
        for _ in 0..29 {
            schema = json!({"properties": {"a": schema}});
        }
        let mut document = document(&schema);
        document["openapi"] = json!("3.1.0");
        assert!(crate::yaml::parse::<Value>(&document.to_string()).is_ok());
        crate::convert::to_3_0(&mut document).unwrap();
        validate(&document).unwrap();
    }
}
