//! Holds a document against the specification, as an independent reader does.

use anyhow::{Context, Result, anyhow, bail};
use enumset::EnumSet;
use roas::validation::{Options, Validate};
use serde_json::Value;

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
    let spec: Spec = serde_path_to_error::deserialize(document)
        .map_err(|error| anyhow!("{}: {}", error.path(), error.inner()))?;
    if let Err(report) = spec.validate(options, None) {
        let findings: Vec<String> = report.errors.iter().map(ToString::to_string).collect();
        bail!("{}", findings.join("; "));
    }
    Ok(())
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
