//! Validates the body of a request against the document.

use http::header::CONTENT_TYPE;
use serde_json::Value;

use super::document::entries;
use super::operation_id::OperationId;
use super::recorded::RecordedRequest;
use super::schema;

/// Validates the body and its media type. The error states the problem and its location.
pub fn check(operation: OperationId, request: &RecordedRequest) -> Result<(), String> {
    let is_empty = request.body.is_empty();
    let Some(body) = operation.body() else {
        return if is_empty { Ok(()) } else { Err("the operation has no body".to_owned()) };
    };
    if is_empty {
        let required = body["required"] == true;
        return if required { Err("the body is missing".to_owned()) } else { Ok(()) };
    }
    let sent = request.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let sent = essence(sent.unwrap_or_default());
    let Some((media_type, content)) =
        entries(&body["content"]).find(|(name, _)| essence(name) == sent)
    else {
        let names: Vec<&str> = entries(&body["content"]).map(|(name, _)| name).collect();
        return Err(format!("the Content-Type is not {}", names.join(" or ")));
    };
    if essence(media_type) != "application/json" {
        return Ok(());
    }
    let value: Value = serde_json::from_slice(&request.body)
        .map_err(|error| format!("the body is not JSON: {error}"))?;
    schema::check(&content["schema"], &value).map_err(|violation| format!("the body{violation}"))
}

/// The media type without parameters, in lower case.
fn essence(media_type: &str) -> String {
    media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}
