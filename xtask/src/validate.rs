//! Holds a document against the specification, as an independent reader does.

use anyhow::{Context, Result, anyhow, bail};
use enumset::EnumSet;
use roas::validation::{Options, Validate};
use serde_json::{Map, Value};

use crate::line::one_line;
use crate::pointer::Pointer;

/// How many findings an error names.
const MOST: usize = 5;

/// Checks a document by the version that it states.
pub fn validate(document: &Value) -> Result<()> {
    let version = document["openapi"].as_str().unwrap_or_default();
    let check = match version.get(..4) {
        Some("3.0.") => check::<roas::v3_0::spec::Spec>,
        Some("3.1.") => check::<roas::v3_1::spec::Spec>,
        _ => bail!("OpenAPI `{version}`: versions 3.0 and 3.1 are read"),
    };
    let document = as_the_validator_reads(document.clone());
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

fn check<Spec: Validate + serde::de::DeserializeOwned>(document: Value) -> Result<()> {
    // A vendor who declares no tags, or more components than it uses, has
    // written a correct document all the same.
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
        | Options::IgnoreUnusedPathItems;
    let spec: Spec = serde_path_to_error::deserialize(document).map_err(|error| {
        anyhow!("{}: {}", place(error.path()), one_line(&error.inner().to_string()))
    })?;
    if let Err(report) = spec.validate(options, None) {
        let findings: Vec<String> =
            report.errors.iter().take(MOST).map(|error| one_line(&error.to_string())).collect();
        let more = report.errors.len().saturating_sub(MOST);
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

/// A document without what both versions allow and the validator refuses.
fn as_the_validator_reads(mut document: Value) -> Value {
    leave_out_what_it_refuses(&mut document);
    document
}

fn leave_out_what_it_refuses(value: &mut Value) {
    match value {
        Value::Object(object) => {
            leave_out_null_in_enum(object);
            leave_out_details(object);
            shorten_mapping(object);
            // The default of a server variable is no schema's, and stays.
            let is_server = object.contains_key("url");
            for (key, value) in object {
                if !(is_server && key == "variables") {
                    leave_out_what_it_refuses(value);
                }
            }
        }
        Value::Array(elements) => elements.iter_mut().for_each(leave_out_what_it_refuses),
        _ => {}
    }
}

/// 3.0 wants null in the enum of a nullable schema.
fn leave_out_null_in_enum(object: &mut Map<String, Value>) {
    if let Some(Value::Array(values)) = object.get_mut("enum") {
        values.retain(|value| !value.is_null());
    }
}

/// The validator takes a default without a type for an object, knows four
/// formats of numbers, and reads patterns, which are ECMAScript, as Rust does.
fn leave_out_details(object: &mut Map<String, Value>) {
    if object.get("default").is_some_and(|default| !default.is_object()) {
        object.remove("default");
    }
    if object.get("pattern").is_some_and(Value::is_string) {
        object.remove("pattern");
    }
    let is_number = |kind: &Value| kind == "integer" || kind == "number";
    if object.get("type").is_some_and(is_number)
        && object.get("format").is_some_and(Value::is_string)
    {
        object.remove("format");
    }
}

/// The validator takes every value of a mapping for a name, where it may be a
/// reference too.
fn shorten_mapping(object: &mut Map<String, Value>) {
    let mapping = object.get_mut("discriminator").and_then(|it| it.get_mut("mapping"));
    for value in mapping.and_then(Value::as_object_mut).into_iter().flat_map(Map::values_mut) {
        let name = value.as_str().and_then(|value| value.strip_prefix("#/components/schemas/"));
        if let Some(name) = name.map(str::to_owned) {
            *value = name.into();
        }
    }
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
            "paths": {},
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
    fn what_is_wrong_is_an_error() {
        for schema in [
            json!({"type": "file"}),
            json!({"$ref": "#/components/schemas/No"}),
            json!({"oneOf": [], "discriminator": {"propertyName": "k", "mapping": {"a": "No"}}}),
        ] {
            validate(&document("3.0.3", &schema)).unwrap_err();
        }
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
        for _ in 0..58 {
            schema = json!({"properties": {"a": schema}});
        }
        let mut document = paths(&json!({}));
        document["components"] = json!({"schemas": {"S": schema}});
        assert!(crate::json::parse(&document.to_string()).is_ok());
        validate(&document).unwrap();
        crate::convert::to_3_0(&mut document).unwrap();
        validate(&document).unwrap();
    }
}
