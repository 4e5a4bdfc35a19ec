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
        // A test checks that the document has no other file.
        Some(_) => {
            let mut audio = canned_response::typed(status, "audio/mpeg", BYTES);
            let name =
                HeaderValue::from_static("attachment; filename=\"get_activation_audio.mp3\"");
            audio.headers_mut().insert(CONTENT_DISPOSITION, name);
            audio
        }
    }
}

/// The JSON examples of a documented response.
pub fn json_examples(response: &'static Value) -> impl Iterator<Item = &'static Value> {
    let media_type = &response["content"][JSON];
    let named = entries(&media_type["examples"]).filter_map(|(_, one)| resolve(one).get("value"));
    media_type.get("example").into_iter().chain(named)
}
