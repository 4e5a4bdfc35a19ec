//! Holds a document against the specification, as an independent reader does.

mod reading;

use anyhow::{Context, Result, anyhow, bail};
use enumset::EnumSet;
use roas::validation::{Options, Validate};
use serde_json::Value;

use crate::convert;
use crate::line::one_line;
use crate::pointer::Pointer;

/// How many findings an error names.
const MOST: usize = 5;

/// What the validator says of `/a/{b}` beside `/a/{c}`. The specification forbids
/// it too, but vendors write it, and each gets a method of its own all the same.
const SAME_SHAPE: &str = "collapse to the same shape";

/// Checks a document by the version that it states.
pub fn validate(document: &Value) -> Result<()> {
    let version = document["openapi"].as_str().unwrap_or_default();
    let check = match version.get(..4) {
        Some("3.0.") => check::<roas::v3_0::spec::Spec>,
        Some("3.1.") => check::<roas::v3_1::spec::Spec>,
        _ => bail!("OpenAPI `{version}`: versions 3.0 and 3.1 are read"),
    };
    with_a_large_stack(|| check(document))
        .with_context(|| format!("not a valid OpenAPI {version} document"))
}

/// The validator goes down into a document, and along its references, by
/// recursion.
fn with_a_large_stack(check: impl FnOnce() -> Result<()> + Send) -> Result<()> {
    const STACK: usize = 256 << 20;
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, check)?;
        thread.join().map_err(|_| anyhow!("the validator gave up on it"))?
    })
}

fn check<Spec: Validate + serde::de::DeserializeOwned>(document: &Value) -> Result<()> {
    // A vendor who declares no tags, or more components than it uses, or has
    // nothing to say where a text is required, has written a correct document all
    // the same. A URL may be relative, and a name of an XML namespace is none.
    let options: EnumSet<Options> = Options::IgnoreMissingTags
        | Options::IgnoreUnusedSchemas
        | Options::IgnoreUnusedParameters
        | Options::IgnoreUnusedResponses
        | Options::IgnoreUnusedExamples
        | Options::IgnoreUnusedRequestBodies
        | Options::IgnoreUnusedHeaders
        | Options::IgnoreUnusedSecuritySchemes
        | Options::IgnoreUnusedLinks
        | Options::IgnoreUnusedCallbacks
        | Options::IgnoreUnusedTags
        | Options::IgnoreUnusedServerVariables
        | Options::IgnoreUnusedPathItems
        | Options::IgnoreInvalidUrls
        | Options::IgnoreEmptyInfoTitle
        | Options::IgnoreEmptyInfoVersion
        | Options::IgnoreEmptyResponseDescription
        | Options::IgnoreEmptyExternalDocumentationUrl;
    let spec: Spec = serde_path_to_error::deserialize(reading::of(document)).map_err(|error| {
        // The conversion tells the place itself, the validator what it is in.
        convert::to_3_0(&mut document.clone()).err().unwrap_or_else(|| {
            anyhow!("{}: {}", place(error.path()), one_line(&error.inner().to_string()))
        })
    })?;
    if let Err(report) = spec.validate(options, None) {
        let mut errors = report.errors;
        errors.retain(|error| !error.message.contains(SAME_SHAPE));
        if errors.is_empty() {
            return Ok(());
        }
        let findings: Vec<String> =
            errors.iter().take(MOST).map(|error| one_line(&error.to_string())).collect();
        let more = errors.len().saturating_sub(MOST);
        let more = if more > 0 { format!("; and {more} more") } else { String::new() };
        bail!("{}{more}", findings.join("; "));
    }
    Ok(())
}

/// The place of a value as a JSON pointer.
fn place(path: &serde_path_to_error::Path) -> Pointer {
    use serde_path_to_error::Segment;

    path.iter().fold(Pointer::default(), |place, segment| match segment {
        Segment::Seq { index } => place.join(index),
        Segment::Map { key } => place.join(key),
        Segment::Enum { variant } => place.join(variant),
        Segment::Unknown => place.join("?"),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::validate;

    fn document(version: &str, schema: &Value) -> Value {
        json!({
            "openapi": version,
            "info": {"title": "T", "version": "1"},
            "servers": [{"url": "/{v}", "variables": {"v": {"default": "a"}}}],
            "paths": {"/a/{b}": {"get": {
                "parameters": [{"name": "b", "in": "path", "required": true, "schema": {}}],
                "responses": {"200": {"description": "d"}},
            }}},
            "components": {"schemas": {"S": schema, "T": {"type": "object"}}},
        })
    }

    #[test]
    fn what_both_versions_allow_is_valid() {
        let mapping = json!({"a": "T", "b": "#/components/schemas/T"});
        for schema in [
            json!({"type": "integer", "format": "uint8"}),
            json!({"type": "string", "pattern": "^(?!a)"}),
            json!({"default": "a"}),
            json!({"enum": ["a", null]}),
            json!({"type": "string", "enum": [1, "a"]}),
            json!({"xml": {"namespace": "urn:a"}}),
            json!({"$ref": "#/components/schemas/T", "description": "d"}),
            json!({"$ref": "#/paths/~1a~1%7Bb%7D/get/parameters/0/schema"}),
            json!({
                "oneOf": [{"$ref": "#/components/schemas/T"}],
                "discriminator": {"propertyName": "k", "mapping": mapping},
            }),
        ] {
            for version in ["3.0.3", "3.1.0"] {
                validate(&document(version, &schema)).unwrap();
            }
        }
    }

    #[test]
    fn a_document_with_what_vendors_write_is_valid() {
        for version in ["3.0.3", "3.1.0"] {
            let mut document = document(version, &json!({}));
            let parameter = json!({"$ref": "#/paths/~1a~1{b}/get/parameters/0"});
            document["info"] = json!({"title": "", "version": ""});
            document["servers"][0]["variables"]["v"] = json!({"default": "", "enum": ["", "a"]});
            document["tags"] = json!([{"name": ""}]);
            document["components"]["securitySchemes"] = json!({
                "a": {"type": "http", "scheme": "own", "bearerFormat": "b"},
                "b": {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": "/t", "scopes": {}}}},
            });
            // The same path twice, for all that a server sees.
            document["paths"]["/a/{c}"] = json!({"post": {
                "parameters": [{"name": "c", "in": "path", "required": true, "schema": {}}],
                "tags": [""],
                "x-code-samples": "none",
                "responses": {
                    "200": {"description": "", "links": {"next": {"operationId": "elsewhere"}}},
                    "201": {"$ref": "#/paths/~1a~1%7Bb%7D/get/responses/200", "summary": "ignored"},
                },
            }});
            document["paths"]["/b/{b}"] = json!({"parameters": [parameter]});
            validate(&document).unwrap();
        }
    }

    #[test]
    fn references_of_3_1_are_left_to_the_conversion() {
        for schema in [
            json!({"$ref": "#t"}),
            json!({"$ref": "#/components/schemas/S/$defs/t"}),
            json!({"examples": {"a": 1}, "type": "integer", "exclusiveMinimum": true}),
        ] {
            validate(&document("3.1.0", &schema)).unwrap();
        }
    }

    #[test]
    fn what_is_wrong_is_an_error() {
        for schema in [
            json!({"type": "file"}),
            json!({"$ref": "#/components/schemas/No"}),
            json!({"$ref": "#/paths/~1no"}),
            json!({"oneOf": [], "discriminator": {"propertyName": "k", "mapping": {"a": "No"}}}),
        ] {
            validate(&document("3.0.3", &schema)).unwrap_err();
        }
    }

    #[test]
    fn a_schema_that_cannot_be_read_is_named() {
        let schema = json!({"properties": {"a": {"type": "array", "items": [{}]}}});
        let error = format!("{:#}", validate(&document("3.1.0", &schema)).unwrap_err());
        assert!(error.contains("/components/schemas/S/properties/a/items"), "{error}");
    }

    #[test]
    fn a_long_chain_of_references_is_followed() {
        let mut document = document("3.0.3", &json!({}));
        for index in 0..5000 {
            let next = json!({"$ref": format!("#/components/schemas/C{}", index + 1)});
            document["components"]["schemas"][format!("C{index}")] =
                json!({"type": "object", "properties": {"next": next}});
        }
        document["components"]["schemas"]["C5000"] = json!({});
        validate(&document).unwrap();
    }

    fn paths(paths: &Value) -> Value {
        json!({"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": paths})
    }

    #[test]
    fn what_is_not_valid_is_an_error_in_one_line_with_its_place() {
        let reference = |name: &str| json!({"$ref": format!("#/components/parameters/{name}")});
        let many: Vec<Value> = (0..9).map(|index| reference(&format!("P{index}"))).collect();
        for (document, part) in [
            (paths(&json!({"/a": {"get": {"responses": 1}}})), "/paths"),
            (paths(&json!({"/a": {"parameters": many}})), "; and 4 more"),
            (paths(&json!([])), "/paths"),
            (paths(&json!({"/a": {"get": {"tags": ["\n"], "responses": "\n"}}})), "/paths"),
            (json!({"openapi": "3.2.0"}), "`3.2.0`"),
            (json!([]), "``"),
        ] {
            let error = format!("{:#}", validate(&document).expect_err(part));
            assert!(error.contains(part) && !error.contains('\n'), "{error}");
        }
    }

    #[test]
    fn the_deepest_document_that_is_read_is_checked() {
        let mut schema = json!({});
        for _ in 0..29 {
            schema = json!({"properties": {"a": schema}});
        }
        let mut document = paths(&json!({}));
        document["components"] = json!({"schemas": {"S": schema}});
        assert!(crate::yaml::parse::<Value>(&document.to_string()).is_ok());
        validate(&document).unwrap();
        crate::convert::to_3_0(&mut document).unwrap();
        validate(&document).unwrap();
    }
}
