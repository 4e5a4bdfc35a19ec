//! The message and code in the body of an error response.

use http::StatusCode;
use serde_json::{Map, Value};

use crate::decode::from_value;
use crate::generated::types::{ApiError, ErrorCode};
use crate::text::one_line;

/// An error prints at most this many characters of a message.
const MAX_MESSAGE_CHARS: usize = 300;
const MAX_CODE_CHARS: usize = 64;

/// The error object in the body of a response.
#[derive(Clone)]
pub(crate) struct ServerMessage {
    pub(super) api_error: ApiError,
    pub(super) message: Option<String>,
    /// The message and the code as an error prints them, unless it prints neither.
    pub(super) shown: Option<String>,
}

impl ServerMessage {
    /// Parses the JSON object of a response. `shown` omits confidential text.
    pub(crate) fn new(
        object: Map<String, Value>,
        status: StatusCode,
        is_confidential: impl Fn(&[u8]) -> bool,
    ) -> Self {
        let message = message(&object, status);
        let api_error = api_error(object);
        let shown = |text: Option<&str>, limit| {
            let text = text.filter(|text| !is_confidential(text.as_bytes()))?;
            Some(one_line(text, limit).replace('"', "'")).filter(|line| !line.is_empty())
        };
        let words = shown(message.as_deref(), MAX_MESSAGE_CHARS);
        let words = words.map(|words| format!("\"{words}\""));
        let code = api_error.code.as_ref().map(ErrorCode::as_str).filter(|code| is_token(code));
        let shown = match (words, shown(code, MAX_CODE_CHARS)) {
            (Some(words), Some(code)) => Some(format!("{words} ({code})")),
            (words, code) => words.or(code),
        };
        Self { api_error, message, shown }
    }
}

/// Whether a code looks like a constant, so that it cannot be mistaken for prose.
fn is_token(code: &str) -> bool {
    code.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.:-".contains(&byte))
}

/// The message: `error`, else `message`, else `title` and `detail` (RFC 9457). A `message`
/// takes precedence over an `error` that only repeats the status.
fn message(object: &Map<String, Value>, status: StatusCode) -> Option<String> {
    let stated = object.get("statusCode").and_then(Value::as_u64);
    let stated = stated.and_then(|status| StatusCode::from_u16(u16::try_from(status).ok()?).ok());
    let repeats_status = |error: &String| {
        let reasons = [Some(status), stated].map(|status| status?.canonical_reason());
        reasons.iter().flatten().any(|reason| reason.eq_ignore_ascii_case(error.trim()))
    };
    let text = |name: &str| words(object.get(name)?, MAX_DEPTH);
    let error = text("error");
    let named = error.clone().filter(|error| !repeats_status(error));
    named.or_else(|| text("message")).or(error).or_else(|| match (text("title"), text("detail")) {
        (Some(title), Some(detail)) => Some(format!("{title}: {detail}")),
        (title, detail) => title.or(detail),
    })
}

/// How deep a message may be nested.
const MAX_DEPTH: u32 = 3;

/// The text of a string, a list, or an object. None if it is blank.
fn words(value: &Value, depth: u32) -> Option<String> {
    let deeper = depth.checked_sub(1)?;
    match value {
        Value::String(text) => (!one_line(text, 1).is_empty()).then(|| text.clone()),
        Value::Array(list) => {
            let texts: Vec<String> = list.iter().filter_map(|entry| words(entry, deeper)).collect();
            (!texts.is_empty()).then(|| texts.join("; "))
        }
        Value::Object(object) => ["message", "error", "detail", "title", "description"]
            .iter()
            .find_map(|name| words(object.get(*name)?, deeper)),
        _ => None,
    }
}

/// Keeps fields of undocumented types in `extra`.
fn api_error(mut object: Map<String, Value>) -> ApiError {
    let error = object.get("error").and_then(Value::as_str).map(str::to_owned);
    let nested = object.get("error").and_then(|error| error.get("code"));
    let code = object.get("code").into_iter().chain(nested).find_map(|code| from_value(code).ok());
    object.retain(|name, value| !(value.is_string() && matches!(name.as_str(), "error" | "code")));
    ApiError { error, code, extra: object }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use serde_json::json;

    use super::*;
    use crate::credentials::{Confidential, Credentials};
    use crate::error::CallInfo;
    use crate::operation::Operation;

    impl From<ApiError> for ServerMessage {
        fn from(api_error: ApiError) -> Self {
            Self { message: api_error.error.clone(), api_error, shown: None }
        }
    }

    fn read(object: Value, status: u16) -> ServerMessage {
        let credentials = Credentials::api_key("ps_0123456789");
        let call = CallInfo {
            operation: Cow::Owned(Operation::odd()),
            path_prefix: String::new(),
            idempotency_key: Some(http::HeaderValue::from_static("order-42")),
            tokens: vec!["rp_0123456789".to_owned()],
        };
        let confidential = Confidential { credentials: &credentials, call: &call };
        let Value::Object(object) = object else { panic!("{object} is not an object") };
        ServerMessage::new(object, StatusCode::from_u16(status).unwrap(), |text| {
            confidential.appears_in(text)
        })
    }

    #[test]
    fn the_message_is_found_in_every_form_that_servers_use() {
        for (object, message) in [
            (json!({"error": "No number"}), Some("No number")),
            (json!({"error": "No number", "message": "other"}), Some("No number")),
            (json!({"message": "No number"}), Some("No number")),
            (json!({"error": "", "message": "No number"}), Some("No number")),
            (json!({"error": 7, "message": "No number"}), Some("No number")),
            (json!({"error": {"message": "No number", "code": "X"}}), Some("No number")),
            (
                json!({"statusCode": 400, "message": ["a is short", "b is long"], "error": "Bad Request"}),
                Some("a is short; b is long"),
            ),
            (json!({"error": "Bad Request"}), Some("Bad Request")),
            (json!({"title": "Rejected", "detail": "a is short"}), Some("Rejected: a is short")),
            (json!({"title": "Rejected"}), Some("Rejected")),
            (json!({"detail": "a is short"}), Some("a is short")),
            (json!({"error": null, "code": null}), None),
            (json!({"message": [1, {}]}), None),
            (json!({}), None),
        ] {
            assert_eq!(read(object.clone(), 400).message.as_deref(), message, "{object}");
        }
    }

    #[test]
    fn the_shown_text_is_one_safe_line() {
        let long = "é".repeat(1000);
        for (object, shown) in [
            (
                json!({"error": "No number", "code": "NUMBER_NOT_FOUND"}),
                "\"No number\" (NUMBER_NOT_FOUND)".to_owned(),
            ),
            (
                json!({"error": "No number", "code": "BRAND_NEW"}),
                "\"No number\" (BRAND_NEW)".to_owned(),
            ),
            (json!({"error": {"message": "No", "code": "NESTED"}}), "\"No\" (NESTED)".to_owned()),
            (json!({"error": {"code": "NESTED"}, "code": null}), "NESTED".to_owned()),
            (json!({"code": "BRAND_NEW"}), "BRAND_NEW".to_owned()),
            (json!({"error": "a\r\n\u{1b}[31mb\u{202e}c"}), "\"a [31mbc\"".to_owned()),
            (json!({"error": long}), format!("\"{}…\"", "é".repeat(299))),
            (json!({"error": " \n "}), String::new()),
        ] {
            assert_eq!(read(object.clone(), 400).shown.unwrap_or_default(), shown, "{object}");
        }
    }

    #[test]
    fn text_that_contains_a_key_is_not_shown() {
        for text in [
            "ps_0123456789",
            "the key PS_0123456789 is revoked",
            "ps_\u{0}0123456789",
            "ps%5F0123456789",
            "ps_01234 56789",
            "ps_\u{200b}0123456789",
            "another request has order-42",
            "Cannot GET /v1/remote-pairing/rp_0123456789",
        ] {
            let message = read(json!({"error": text, "code": text}), 401);
            assert_eq!(message.shown, None, "{text}");
            assert_eq!(message.message.as_deref(), Some(text));
        }
        let shown = read(json!({"error": "ps_0123456789", "code": "REVOKED"}), 401).shown;
        assert_eq!(shown.as_deref(), Some("REVOKED"));
    }
}
