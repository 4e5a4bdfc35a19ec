//! Strings that no log should show: those with `format: password`. In a model
//! each is a `crate::Secret`, of which nothing prints the value.

use serde_json::{Map, Value};

/// Leaves of the schema of each secret what the generator knows it by, and
/// refuses a secret that would be shown.
pub fn adapt(document: &mut Value) -> Result<(), String> {
    refuse(document, "", document)?;
    simplify(document);
    Ok(())
}

/// A secret that is joined with more becomes a string that prints itself.
fn refuse(document: &Value, place: &str, part: &Value) -> Result<(), String> {
    if let Some(parts) = part["allOf"].as_array()
        && parts.len() > 1
        && parts.iter().any(|part| holds_secret(document, part))
    {
        return Err(format!(
            "{place}: an allOf joins a secret with more; make it one schema in an overlay"
        ));
    }
    match part {
        Value::Object(entries) => entries
            .iter()
            .try_for_each(|(key, entry)| refuse(document, &format!("{place}/{key}"), entry)),
        Value::Array(elements) => {
            elements.iter().try_for_each(|element| refuse(document, place, element))
        }
        _ => Ok(()),
    }
}

/// Whether a schema is that of a secret, of one by reference, or of a list of such.
fn holds_secret<'a>(document: &'a Value, mut schema: &'a Value) -> bool {
    const DEEPEST: usize = 4;
    for _ in 0..DEEPEST {
        let reference = schema["$ref"].as_str().and_then(|reference| reference.strip_prefix('#'));
        schema = match (reference, schema.get("items")) {
            (Some(pointer), _) => document.pointer(pointer).unwrap_or(&Value::Null),
            (None, Some(items)) => items,
            (None, None) => break,
        };
    }
    schema.as_object().is_some_and(is_secret)
}

fn is_secret(schema: &Map<String, Value>) -> bool {
    let is = |key, value: &str| schema.get(key).is_some_and(|found| found == value);
    is("type", "string") && is("format", "password")
}

/// A secret with bounds would become a type that prints what it holds. Whether
/// it keeps them is for the server to say.
fn simplify(part: &mut Value) {
    match part {
        Value::Object(entries) => {
            if is_secret(entries) {
                entries.retain(|key, _| {
                    !matches!(key.as_str(), "minLength" | "maxLength" | "pattern")
                        && !key.starts_with("x-")
                });
            }
            entries.values_mut().for_each(simplify);
        }
        Value::Array(elements) => elements.iter_mut().for_each(simplify),
        _ => {}
    }
}
