//! The documented success of an operation.

use http::StatusCode;
use http::header::CONTENT_DISPOSITION;
use serde_json::Value;

use super::answer::Answer;
use super::document::{Document, Operation, entries, resolve};
use super::paging;

const JSON: &str = "application/json";

/// What a body that is no JSON holds.
const BYTES: &[u8] = b"some bytes of the sandbox";

/// The success of an operation, with the body that it was told or else the example.
pub fn answer(operation: &Operation, told: Option<&Value>, query: &[(String, String)]) -> Answer {
    let success = operation.responses.iter().find(|(status, _)| status.starts_with('2'));
    let (status, response) = success.copied().unwrap_or(("200", &Value::Null));
    let status = status.parse().unwrap_or(StatusCode::OK);
    if let Some(body) = told.or_else(|| json_example(response)) {
        let mut body = body.clone();
        paging::turn(&mut body, operation, query);
        return Answer::json(status, &body);
    }
    match entries(&response["content"]).next() {
        None => Answer::empty(status),
        Some((JSON, _)) => Answer::error(
            StatusCode::NOT_IMPLEMENTED,
            "the document has no example of this answer: give the sandbox one",
            None,
        ),
        Some((media_type, _)) => file(operation, response, status, media_type),
    }
}

/// The first example of a response in JSON.
pub fn json_example(response: &'static Value) -> Option<&'static Value> {
    json_examples(response).next()
}

/// The examples of a response in JSON.
pub fn json_examples(response: &'static Value) -> impl Iterator<Item = &'static Value> {
    let media_type = &response["content"][JSON];
    let several = entries(&media_type["examples"])
        .filter_map(|(_, one)| resolve(Document::get().root, one).get("value"));
    media_type.get("example").into_iter().chain(several)
}

fn file(
    operation: &Operation,
    response: &'static Value,
    status: StatusCode,
    media_type: &'static str,
) -> Answer {
    let (media_type, ending) = match media_type {
        "audio/*" => ("audio/mpeg", "mp3"),
        "image/*" => ("image/png", "png"),
        any if any.contains('*') => ("application/octet-stream", "bin"),
        other => (other, "bin"),
    };
    let answer = Answer::bytes(status, media_type, BYTES);
    let is_named = entries(&response["headers"])
        .any(|(name, _)| name.eq_ignore_ascii_case(CONTENT_DISPOSITION.as_str()));
    if is_named {
        let name = format!("attachment; filename=\"{}.{ending}\"", operation.id);
        answer.with(CONTENT_DISPOSITION, name)
    } else {
        answer
    }
}
