//! The documented success of an operation.

use http::StatusCode;
use http::header::CONTENT_DISPOSITION;
use serde_json::Value;

use super::canned_response::CannedResponse;
use super::document::{Document, Operation, entries, resolve};
use super::paging;

const JSON: &str = "application/json";

/// The content of a body that is not JSON.
const BYTES: &[u8] = b"some bytes of the sandbox";

/// The success of an operation, with a custom body or the example.
pub fn response(
    operation: &Operation,
    custom: Option<&Value>,
    query: &[(String, String)],
) -> CannedResponse {
    let success = operation.responses.iter().find(|(status, _)| status.starts_with('2'));
    let (status, documented) = success.copied().unwrap_or(("200", &Value::Null));
    let status = status.parse().unwrap_or(StatusCode::OK);
    if let Some(body) = custom.or_else(|| json_examples(documented).next()) {
        let mut body = body.clone();
        paging::select_page(&mut body, operation, query);
        return CannedResponse::json(status, &body);
    }
    match entries(&documented["content"]).next() {
        None => CannedResponse::empty(status),
        Some((JSON, _)) => CannedResponse::error(
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
    let named = entries(&media_type["examples"])
        .filter_map(|(_, one)| resolve(Document::get().root, one).get("value"));
    media_type.get("example").into_iter().chain(named)
}

fn file(
    operation: &Operation,
    response: &'static Value,
    status: StatusCode,
    media_type: &'static str,
) -> CannedResponse {
    let (media_type, extension) = match media_type {
        "audio/*" => ("audio/mpeg", "mp3"),
        "image/*" => ("image/png", "png"),
        any if any.contains('*') => ("application/octet-stream", "bin"),
        other => (other, "bin"),
    };
    let file = CannedResponse::bytes(status, media_type, BYTES);
    let is_named = entries(&response["headers"])
        .any(|(name, _)| name.eq_ignore_ascii_case(CONTENT_DISPOSITION.as_str()));
    if is_named {
        let name = format!("attachment; filename=\"{}.{extension}\"", operation.id);
        file.with_header(CONTENT_DISPOSITION, name)
    } else {
        file
    }
}
