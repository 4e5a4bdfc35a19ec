//! Holds a document against the specification, as an independent reader does.

use anyhow::{Context, Result, anyhow, bail};
use enumset::EnumSet;
use roas::validation::{Options, Validate};
use serde_json::Value;

use crate::line::one_line;
use crate::pointer::Pointer;

/// How many findings an error names.
const MOST: usize = 5;

/// Checks a document by the version that it states.
pub fn validate(document: &Value) -> Result<()> {
    let version = document["openapi"].as_str().unwrap_or_default();
    match version.get(..4) {
        Some("3.0.") => check::<roas::v3_0::spec::Spec>(without_null_in_enums(document.clone())),
        Some("3.1.") => check::<roas::v3_1::spec::Spec>(document.clone()),
        _ => bail!("OpenAPI `{version}`: versions 3.0 and 3.1 are read"),
    }
    .with_context(|| format!("not a valid OpenAPI {version} document"))
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

/// The validator knows no null in an enum, which 3.0 wants where the schema is
/// nullable.
fn without_null_in_enums(mut value: Value) -> Value {
    match &mut value {
        Value::Object(entries) => {
            if let Some(Value::Array(values)) = entries.get_mut("enum") {
                values.retain(|value| !value.is_null());
            }
            for entry in entries.values_mut() {
                *entry = without_null_in_enums(entry.take());
            }
        }
        Value::Array(elements) => {
            for element in elements {
                *element = without_null_in_enums(element.take());
            }
        }
        _ => {}
    }
    value
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::validate;

    fn document(paths: &Value) -> Value {
        json!({"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": paths})
    }

    #[test]
    fn what_is_not_valid_is_an_error_in_one_line_with_its_place() {
        let reference = |name: &str| json!({"$ref": format!("#/components/parameters/{name}")});
        let many: Vec<Value> = (0..9).map(|index| reference(&format!("P{index}"))).collect();
        for (document, part) in [
            (document(&json!({"/a": {"get": {"responses": 1}}})), "/paths"),
            (document(&json!({"/a": {"parameters": many}})), "; and 4 more"),
            (document(&json!([])), "/paths"),
            (document(&json!({"/a": {"get": {"tags": ["\n"], "responses": "\n"}}})), "/paths"),
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
        let mut document = document(&json!({}));
        document["components"] = json!({"schemas": {"S": schema}});
        assert!(crate::json::parse(&document.to_string()).is_ok());
        validate(&document).unwrap();
        crate::convert::to_3_0(&mut document).unwrap();
        validate(&document).unwrap();
    }
}
