//! Decodes successful responses, and detects responses that the API did not send.

use std::collections::BTreeMap;

use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, StatusCode};
use serde::de::{DeserializeOwned, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::credentials::Confidential;
use crate::decode;
use crate::decode::surrogates::{self, without_bom};
use crate::error::{Error, ServerMessage};
use crate::operation::ResponseBody;
use crate::response::body::encoding_problem;

/// A response with a success status.
#[derive(Clone, Copy)]
pub(crate) struct Success<'a> {
    pub(crate) status: StatusCode,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a [u8],
    pub(crate) confidential: Confidential<'a>,
}

/// Decodes the body. An object may wrap a list.
///
/// An empty body is an empty model, if the operation writes and the model has no required
/// fields.
pub(crate) fn model<T: DeserializeOwned>(success: Success<'_>) -> Result<T, Error> {
    let ResponseBody { fields, is_list, envelopes, requires_fields, .. } = *success.documented();
    let (mut body, mut seen) = (None, None);
    if !envelopes.is_empty() {
        // An undocumented field may contain another list.
        let outer = success.seen();
        body = success.with_list(&outer);
        body = body.filter(|body| is_list || decode::decode::<T>(body).is_ok());
        seen = body.is_none().then_some(outer);
    }
    let success = Success { body: body.as_deref().unwrap_or(success.body), ..success };
    // Inspects the body only if its model does not settle the outcome.
    let seen = || seen.unwrap_or_else(|| success.seen());
    if success.text().is_empty() {
        let empty = serde_json::from_slice(b"{}").ok();
        let empty = empty.filter(|_| !success.confidential.call.operation.is_read_only());
        return empty.ok_or_else(|| success.unreadable("its body is empty".to_owned()));
    }
    // Serde's derive would read a list as the fields of the model in order.
    let is_other_list = !fields.is_empty() && !is_list && success.text().starts_with(b"[");
    let decoded = if is_other_list {
        Err("it is a list, not an object".to_owned())
    } else {
        decode::decode(success.body)
    };
    match decoded {
        // An object with the required fields is certainly the model.
        Ok(model) if requires_fields => Ok(model),
        Ok(model) => success.other_object(&seen()).map_or(Ok(model), Err),
        Err(problem) => Err(success.undecoded(problem, &seen())),
    }
}

/// Checks a body that is not decoded. It may be text such as `OK`, which some servers label as
/// HTML.
pub(crate) fn nothing(success: Success<'_>) -> Result<(), Error> {
    if success.text().starts_with(b"<") {
        return Err(success.not_json());
    }
    success.other_object(&success.seen()).map_or(Ok(()), Err)
}

/// Checks a body that the caller decodes.
pub(crate) fn no_page(success: Success<'_>) -> Result<(), Error> {
    if is_page(success.headers, success.body) { Err(success.not_json()) } else { Ok(()) }
}

/// Checks that the headers announce a file. Otherwise checks the body for an error.
pub(crate) fn file(success: Success<'_>) -> Result<(), Error> {
    if !is_page_or_json(success.headers) {
        return Ok(());
    }
    Err(success.other_object(&success.seen()).unwrap_or_else(|| {
        let media_type = media_type(success.headers).unwrap_or("JSON");
        success.foreign(format!("its body is {media_type}, not a file"))
    }))
}

impl Success<'_> {
    /// The documented body.
    fn documented(&self) -> &ResponseBody {
        &self.confidential.call.operation.response
    }

    fn text(&self) -> &[u8] {
        without_bom(self.body).trim_ascii_start()
    }

    /// The body with its list in the documented place, if an undocumented field contains it.
    fn with_list(self, seen: &Seen) -> Option<Vec<u8>> {
        let response = self.documented();
        let has_list = response.list.is_some() && seen.missing_list.is_none();
        if !seen.has_fields || seen.has_error || has_list {
            return None;
        }
        // Keeps the spelling of numbers.
        let mut object: BTreeMap<String, Box<RawValue>> = surrogates::from_slice(self.body).ok()?;
        let find = |start: char| {
            let mut names = response.envelopes.iter().copied();
            names.find(|name| object.get(*name).is_some_and(|value| value.get().starts_with(start)))
        };
        let found = object.remove(find('[').or_else(|| find('n'))?)?;
        let list = Some(found.get()).filter(|list| list.starts_with('[')).unwrap_or("[]");
        if seen.resembles_error() && list.trim_matches(['[', ']']).trim().is_empty() {
            return None;
        }
        if response.is_list {
            return Some(list.as_bytes().to_vec());
        }
        object.insert(response.list?.to_owned(), RawValue::from_string(list.to_owned()).ok()?);
        serde_json::to_vec(&object).ok()
    }

    /// The error for a JSON object that does not report the success of the operation.
    fn other_object(self, seen: &Seen) -> Option<Error> {
        let response = self.documented();
        let is_error = seen.has_error && !(response.is_union && seen.is_expected);
        if is_error || (seen.resembles_error() && !seen.is_expected) {
            let Ok(object) = surrogates::from_slice(self.body) else {
                return Some(self.foreign("its body is a truncated error".to_owned()));
            };
            let message =
                ServerMessage::new(object, self.status, |text| self.confidential.appears_in(text));
            let error = Error::of_status(self.status).with_detail("its body is an error");
            return Some(error.with_server_message(message));
        }
        let takes_any = response.is_union || response.fields.is_empty();
        let is_other = seen.has_fields && !seen.is_expected && !takes_any;
        is_other.then(|| self.foreign("its body has none of the expected fields".to_owned()))
    }

    /// Inspects the fields of the body, if it is an object.
    fn seen(self) -> Seen {
        let ResponseBody { fields, list, .. } = *self.documented();
        let mut seen = Seen { expected: fields, missing_list: list, ..Seen::default() };
        let mut inspect =
            |text: &[u8]| serde_json::Deserializer::from_slice(text).deserialize_map(&mut seen);
        if self.text().starts_with(b"{") && inspect(self.text()).is_err() {
            _ = surrogates::replaced(self.text()).map(|text| inspect(&text));
        }
        seen
    }

    /// The error for a body that cannot be decoded.
    fn undecoded(self, problem: String, seen: &Seen) -> Error {
        if let Some(error) = self.other_object(seen) {
            return error;
        }
        let is_json = self.text().starts_with(b"{") || self.text().starts_with(b"[");
        if !is_json || encoding_problem(self.headers).is_some() {
            return self.not_json();
        }
        if seen.is_expected || self.documented().fields.is_empty() {
            self.unreadable(problem)
        } else {
            self.foreign(problem)
        }
    }

    fn not_json(self) -> Error {
        self.foreign(match (encoding_problem(self.headers), media_type(self.headers)) {
            (Some(problem), _) => problem,
            (None, Some(media_type)) => format!("its body is {media_type}, not JSON"),
            (None, None) if self.text().starts_with(b"<") => {
                "its body is HTML or XML, not JSON".to_owned()
            }
            (None, None) => "its body is neither a JSON object nor a list".to_owned(),
        })
    }

    /// The error for a response of the API that reports success, but cannot be decoded.
    fn unreadable(self, problem: String) -> Error {
        Error::of_status(self.status).with_detail(problem).with_reported_success()
    }

    /// The error for a response that the API did not send: it is from a proxy or another API.
    fn foreign(self, problem: String) -> Error {
        let is_shown = !self.confidential.appears_in(problem.as_bytes());
        let detail = if is_shown { problem } else { "its body is not JSON".to_owned() };
        Error::of_status(self.status).with_detail(detail)
    }
}

/// Whether a body is a page for a browser. The headers alone may be wrong.
pub(crate) fn is_page(headers: &HeaderMap, body: &[u8]) -> bool {
    match without_bom(body).trim_ascii_start().first() {
        Some(b'<') => true,
        Some(b'{' | b'[') | None => false,
        Some(_) => announces(headers, &["text/html", "application/xhtml"]),
    }
}

/// Whether headers announce a page for a browser or JSON, and thus not a file.
pub(crate) fn is_page_or_json(headers: &HeaderMap) -> bool {
    announces(
        headers,
        &["text/html", "application/xhtml", "application/json", "application/problem"],
    )
}

fn announces(headers: &HeaderMap, media_types: &[&str]) -> bool {
    let value = headers.get(CONTENT_TYPE).map_or(&b""[..], HeaderValue::as_bytes);
    let value = value.trim_ascii_start().to_ascii_lowercase();
    media_types.iter().any(|media_type| value.starts_with(media_type.as_bytes()))
}

/// The media type without parameters, if it is valid and not JSON.
fn media_type(headers: &HeaderMap) -> Option<&str> {
    const MAX_LENGTH: usize = 100;
    let value = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    let media_type = value.split(';').next()?.trim();
    let (kind, subtype) = media_type.split_once('/')?;
    let is_token = |text: &str| {
        !text.is_empty()
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+.-".contains(&byte))
    };
    let is_valid = media_type.len() <= MAX_LENGTH && is_token(kind) && is_token(subtype);
    (is_valid && !subtype.ends_with("json")).then_some(media_type)
}

/// The fields of an object.
#[derive(Default)]
struct Seen {
    /// The fields of the model.
    expected: &'static [&'static str],
    /// The field of the model with its list, until it is found.
    missing_list: Option<&'static str>,
    has_fields: bool,
    /// Whether one of them is a field of the model.
    is_expected: bool,
    /// Whether `error` or `errors` is not empty.
    has_error: bool,
    /// The fields of other forms of errors.
    others: Vec<&'static str>,
}

impl Seen {
    /// Whether the object has the fields of an error other than `error`.
    fn resembles_error(&self) -> bool {
        [["code", "message"], ["title", "detail"]]
            .iter()
            .any(|form| form.iter().all(|field| self.others.contains(field)))
    }
}

impl<'de> Visitor<'de> for &mut Seen {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<(), A::Error> {
        const OTHERS: [&str; 4] = ["code", "message", "title", "detail"];
        while let Some(name) = object.next_key::<String>()? {
            self.has_fields = true;
            self.is_expected |= self.expected.contains(&name.as_str());
            self.others.extend(OTHERS.iter().find(|other| **other == name));
            if name == "error" || name == "errors" {
                self.has_error |= is_error(&object.next_value()?);
            } else if self.missing_list == Some(&name) {
                let list: Option<IgnoredAny> = object.next_value()?;
                self.missing_list = self.missing_list.filter(|_| list.is_none());
            } else {
                object.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

fn is_error(error: &Value) -> bool {
    let blank = [Value::Null, json!(false), json!(""), json!([]), json!({})];
    !error.is_number() && !blank.contains(error)
}
