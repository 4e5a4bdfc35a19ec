//! Leaves one media type to the body of a request.

use serde_json::{Value, json};

use super::media::{self, BYTES, FORM, JSON, TEXT};

/// Adapts the body of an operation, and says what its `Content-Type` has to be
/// where it is not the generator's.
pub fn adapt(operation: &mut Value) -> Result<Option<String>, String> {
    let Some(body) = operation.get("requestBody") else {
        return Ok(None);
    };
    let content = body.get("content").cloned().unwrap_or_default();
    let Some((usual, media_type, schema)) = choose(&content)? else {
        operation.as_object_mut().and_then(|operation| operation.remove("requestBody"));
        return Ok(None);
    };
    operation["requestBody"]["content"] = json!({ usual: { "schema": schema } });
    Ok(media::unusual(media_type, usual))
}

/// The media type as the generator knows it, as it is, and the schema.
fn choose(content: &Value) -> Result<Option<(&'static str, &str, Value)>, String> {
    let schema =
        |media_type: &Value| media_type.get("schema").filter(|schema| schema.is_object()).cloned();
    if let Some((name, media_type)) = media::json(content) {
        return Ok(Some((JSON, name, schema(media_type).unwrap_or_else(|| json!({})))));
    }
    let types = || content.as_object().into_iter().flatten();
    let Some((first, _)) = types().next() else {
        return Ok(None);
    };
    if let Some((name, media_type)) = types().find(|(name, _)| media::essence(name) == FORM) {
        let any = || json!({"type": "object", "additionalProperties": {"type": "string"}});
        return Ok(Some((FORM, name, schema(media_type).unwrap_or_else(any))));
    }
    let single = |name: &&String| !media::essence(name).starts_with("multipart/");
    let Some(name) = types().map(|(name, _)| name).find(single) else {
        return Err(format!("its body is {first}, which is not supported"));
    };
    Ok(Some(if media::essence(name).starts_with("text/") {
        (TEXT, name, json!({"type": "string"}))
    } else {
        (BYTES, name, json!({"type": "string", "format": "binary"}))
    }))
}
