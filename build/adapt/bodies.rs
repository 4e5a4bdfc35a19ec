//! Leaves one media type to the body of a request: JSON.

use serde_json::{Value, json};

use super::media::{self, JSON};

/// Adapts the body of an operation.
pub fn adapt(operation: &mut Value) -> Result<(), String> {
    let Some(body) = operation.get("requestBody") else {
        return Ok(());
    };
    let content = body.get("content").cloned().unwrap_or_default();
    let json = media::json(&content).filter(|(name, _)| media::unusual(name, JSON).is_none());
    if let Some((_, media_type)) = json {
        let schema = media_type.get("schema").filter(|schema| schema.is_object()).cloned();
        let schema = schema.unwrap_or_else(|| json!({}));
        operation["requestBody"]["content"] = json!({ JSON: { "schema": schema } });
        return Ok(());
    }
    if let Some(first) = content.as_object().and_then(|types| types.keys().next()) {
        return Err(format!("its body is {first}, which is not supported"));
    }
    operation.as_object_mut().and_then(|operation| operation.remove("requestBody"));
    Ok(())
}
