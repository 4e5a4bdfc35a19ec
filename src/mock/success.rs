//! The documented successful response of an operation.

use http::header::CONTENT_DISPOSITION;
use http::{HeaderValue, StatusCode};
use serde_json::Value;

use super::canned_response::{self, CannedResponse};
use super::document::{entries, resolve};
use super::operation_id::OperationId;
use super::paging;

const JSON: &str = "application/json";

/// The content of a body that is not JSON.
const BYTES: &[u8] = b"some bytes of the sandbox";

/// The successful response of an operation, with a custom body or the example.
pub fn response(
    operation: OperationId,
    custom: Option<&Value>,
    query: &[(String, String)],
) -> CannedResponse {
    let success = operation.responses().find(|(status, _)| status.starts_with('2'));
    let (status, documented) = success.unwrap_or(("200", &Value::Null));
    let status = status.parse().unwrap_or(StatusCode::OK);
    if let Some(body) = custom.or_else(|| json_examples(documented).next()) {
        let mut body = body.clone();
        paging::select_page(&mut body, query);
        return canned_response::json(status, &body);
    }
    match entries(&documented["content"]).next() {
        None => canned_response::plain(status, ""),
        Some((JSON, _)) => canned_response::error(
            StatusCode::NOT_IMPLEMENTED,
            "the document has no example of this response; set one with `respond_with`",
            None,
        ),
        Some((media_type, _)) => file(operation, documented, status, media_type),
    }
}

/// The JSON examples of a documented response.
pub fn json_examples(response: &'static Value) -> impl Iterator<Item = &'static Value> {
    let media_type = &response["content"][JSON];
    let named = entries(&media_type["examples"]).filter_map(|(_, one)| resolve(one).get("value"));
    media_type.get("example").into_iter().chain(named)
}

fn file(
    operation: OperationId,
    response: &Value,
    status: StatusCode,
    media_type: &str,
) -> CannedResponse {
    let (media_type, extension) = match media_type {
        "audio/*" => ("audio/mpeg", "mp3"),
        any if any.contains('*') => ("application/octet-stream", "bin"),
        other => (other, "bin"),
    };
    let mut file = canned_response::typed(status, media_type, BYTES);
    let is_named = entries(&response["headers"])
        .any(|(name, _)| name.eq_ignore_ascii_case(CONTENT_DISPOSITION.as_str()));
    let name = HeaderValue::try_from(format!("attachment; filename=\"{operation}.{extension}\""));
    if let (true, Ok(name)) = (is_named, name) {
        file.headers_mut().insert(CONTENT_DISPOSITION, name);
    }
    file
}
