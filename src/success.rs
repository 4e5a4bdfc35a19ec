//! Successful responses become models, unless they are not the API's.

use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue};
use serde::de::{DeserializeOwned, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::{Map, Value};

use crate::auth::Confidential;
use crate::decode;
use crate::error::{Error, ServerMessage};
use crate::operation::Operation;
use crate::surrogates::{self, without_bom};

/// Fields that the API's error object has in common with some models.
const ERROR_FIELDS: [&str; 3] = ["error", "code", "message"];

const EMPTY: &str = "its body is empty";

/// Why the body of a success is no model.
pub(crate) enum Problem {
    /// The API reported success, but its response cannot be read.
    Unreadable(String),
    /// The response is not the API's report of a success: a page of a proxy, another
    /// API's object.
    Foreign(String),
    /// The response is the API's error object.
    ErrorObject(Map<String, Value>),
}

/// A response with a success status.
#[derive(Clone, Copy)]
pub(crate) struct Success<'a> {
    pub(crate) operation: &'static Operation,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a [u8],
}

/// The model in the body.
///
/// Of an operation that writes, an empty body is an empty model, if the model requires
/// nothing.
pub(crate) fn model<T: DeserializeOwned>(success: Success<'_>) -> Result<T, Problem> {
    if success.is_blank() && !success.operation.is_read_only() {
        let empty = [b"{}", b"[]"].into_iter().find_map(|empty| serde_json::from_slice(empty).ok());
        return empty.ok_or_else(|| Problem::Unreadable(EMPTY.to_owned()));
    }
    match surrogates::from_slice(success.body) {
        Ok(model) => success.foreign().map_or(Ok(model), Err),
        Err(error) => Err(success.foreign().unwrap_or_else(|| success.problem(&error))),
    }
}

/// Checks the body of an operation whose success has no content of interest.
pub(crate) fn nothing(success: Success<'_>) -> Result<(), Problem> {
    let problem = if success.is_html() { Some(success.not_json()) } else { success.foreign() };
    problem.map_or(Ok(()), Err)
}

/// Checks the head of a file.
pub(crate) fn file(success: Success<'_>) -> Result<(), Problem> {
    if is_html(success.headers) { Err(success.not_json()) } else { Ok(()) }
}

impl Success<'_> {
    fn text(&self) -> &[u8] {
        without_bom(self.body).trim_ascii_start()
    }

    fn is_blank(self) -> bool {
        self.text().is_empty()
    }

    /// Whether the body is a page for a browser. Headers may say so of JSON.
    fn is_html(self) -> bool {
        match self.text().first() {
            Some(b'<') => true,
            Some(b'{' | b'[') | None => false,
            Some(_) => is_html(self.headers),
        }
    }

    /// Whether the body is an object that does not report the success of the operation.
    fn foreign(self) -> Option<Problem> {
        if self.text().first() != Some(&b'{') {
            return None;
        }
        let response = &self.operation.response;
        let decoder = &mut serde_json::Deserializer::from_slice(self.text());
        match decoder.deserialize_map(Expected(response.fields)).ok()? {
            Object::Error => surrogates::from_slice(self.body).ok().map(Problem::ErrorObject),
            Object::Other if !response.is_union && !response.fields.is_empty() => {
                Some(Problem::Foreign("its body has none of the expected fields".to_owned()))
            }
            Object::Expected | Object::Other => None,
        }
    }

    fn problem(self, error: &serde_json::Error) -> Problem {
        if self.is_blank() {
            Problem::Unreadable(EMPTY.to_owned())
        } else if self.is_html() || (error.is_syntax() && error.column() <= 1) {
            self.not_json()
        } else {
            Problem::Unreadable(decode::problem(self.body, error))
        }
    }

    fn not_json(self) -> Problem {
        let encoding = self.headers.get(CONTENT_ENCODING).and_then(|value| value.to_str().ok());
        if let Some(known @ ("gzip" | "x-gzip" | "deflate" | "br" | "zstd")) = encoding {
            return Problem::Foreign(format!("its body is encoded as {known}, unasked for"));
        }
        Problem::Foreign(match media_type(self.headers) {
            Some(media_type) => format!("its body is {media_type}, not JSON"),
            None if self.is_html() => "its body is HTML, not JSON".to_owned(),
            None => "its body is not JSON".to_owned(),
        })
    }
}

impl Problem {
    /// The error for a response with this problem.
    pub(crate) fn into_error(
        self,
        status: http::StatusCode,
        confidential: Confidential<'_>,
    ) -> Error {
        let error = Error::of_status(status);
        match self {
            Self::Unreadable(detail) => error.detail(detail).after_success(),
            Self::Foreign(detail) if confidential.appears_in(&detail) => {
                error.detail("its body is not JSON")
            }
            Self::Foreign(detail) => error.detail(detail),
            Self::ErrorObject(object) => error
                .detail("its body is an error")
                .said(ServerMessage::new(object, status, confidential)),
        }
    }
}

/// Whether headers announce a page for a browser.
pub(crate) fn is_html(headers: &HeaderMap) -> bool {
    let media_type = headers.get(CONTENT_TYPE).map_or(&b""[..], HeaderValue::as_bytes);
    let media_type = media_type.trim_ascii_start().to_ascii_lowercase();
    media_type.starts_with(b"text/html") || media_type.starts_with(b"application/xhtml")
}

/// The media type, without parameters, if it has the form of one and is not JSON.
fn media_type(headers: &HeaderMap) -> Option<&str> {
    const LONGEST: usize = 100;
    let value = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    let media_type = value.split(';').next()?.trim();
    let (kind, subtype) = media_type.split_once('/')?;
    let is_token = |text: &str| {
        !text.is_empty()
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+.-".contains(&byte))
    };
    let is_valid = media_type.len() <= LONGEST && is_token(kind) && is_token(subtype);
    (is_valid && !subtype.ends_with("json")).then_some(media_type)
}

/// What the fields of an object show of it.
enum Object {
    /// It has a field of the model, or none at all.
    Expected,
    /// It is the API's error object: it has an `error` that says something, and no field of
    /// the model but those that errors have too.
    Error,
    Other,
}

/// Looks at an object until it has one of these fields.
struct Expected(&'static [&'static str]);

impl<'de> Visitor<'de> for Expected {
    type Value = Object;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Object, A::Error> {
        let (mut seen, mut is_error) = (Object::Expected, false);
        let mut has_shared_field = false;
        while let Some(name) = object.next_key::<String>()? {
            if self.0.contains(&name.as_str()) {
                if !ERROR_FIELDS.contains(&name.as_str()) {
                    return Ok(Object::Expected);
                }
                has_shared_field = true;
            }
            if name == "error" {
                is_error |= says_something(&object.next_value()?);
            } else {
                object.next_value::<IgnoredAny>()?;
            }
            seen = Object::Other;
        }
        Ok(match seen {
            _ if is_error => Object::Error,
            _ if has_shared_field => Object::Expected,
            seen => seen,
        })
    }
}

fn says_something(error: &Value) -> bool {
    match error {
        Value::String(text) => !text.is_empty(),
        Value::Object(object) => !object.is_empty(),
        _ => false,
    }
}
