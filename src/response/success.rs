//! Decodes successful responses, and detects responses that the API did not send.

use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, StatusCode};
use serde::de::DeserializeOwned;

use crate::credentials::Confidential;
use crate::decode::surrogates::{self, without_bom};
use crate::decode::{self, Object};
use crate::error::{Error, ServerMessage};
use crate::operation::ResponseBody;
use crate::response::body::encoding_problem;
use crate::text::one_line;

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
    let ResponseBody { fields, is_list, requires_fields, .. } = *success.documented();
    // An undocumented field may contain another list.
    let body = success.with_list().filter(|body| is_list || decode::decode::<T>(body).is_ok());
    let success = Success { body: body.as_deref().unwrap_or(success.body), ..success };
    if success.text().is_empty() {
        let empty = serde_json::from_slice(b"{}").ok();
        let empty = empty.filter(|_| !success.confidential.call.operation.is_read_only());
        return empty.ok_or_else(|| success.unreadable("its body is empty".to_owned()));
    }
    // Serde's derive would read a list as the fields of the model in order.
    if !fields.is_empty() && !is_list && success.text().starts_with(b"[") {
        return Err(success.undecoded("it is a list, not an object".to_owned()));
    }
    match decode::decode(success.body) {
        // An object with the required fields is certainly the model.
        Ok(model) if requires_fields => Ok(model),
        Ok(model) => success.other_object().map_or(Ok(model), Err),
        Err(problem) => Err(success.undecoded(problem)),
    }
}

/// Checks a body that is not decoded. It may be text such as `OK`, which some servers label as
/// HTML.
pub(crate) fn nothing(success: Success<'_>) -> Result<(), Error> {
    no_page(success)?;
    success.other_object().map_or(Ok(()), Err)
}

/// Checks a body that the caller decodes.
pub(crate) fn no_page(success: Success<'_>) -> Result<(), Error> {
    if is_page(success.body) { Err(success.not_json()) } else { Ok(()) }
}

/// Checks that the head announces a file. Otherwise checks the body for an error.
pub(crate) fn file(success: Success<'_>) -> Result<(), Error> {
    if is_file(success.status, success.headers) {
        return Ok(());
    }
    if success.text().is_empty() {
        return Err(success.unreadable("its body is empty".to_owned()));
    }
    Err(success.other_object().unwrap_or_else(|| {
        let media_type = media_type(success.headers).unwrap_or_else(|| "JSON".to_owned());
        let other = || format!("its body is {media_type}, not a file");
        success.foreign(encoding_problem(success.headers).unwrap_or_else(other))
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
    fn with_list(self) -> Option<Vec<u8>> {
        let response = self.documented();
        if response.envelopes.is_empty() {
            return None;
        }
        let mut replaced = None;
        let mut object = object(self.text(), &mut replaced);
        let has_list =
            response.list.and_then(|list| object.get(list)).is_some_and(|it| it.get() != "null");
        if has_list || is_error(&object) {
            return None;
        }
        let find = |start: char| {
            let mut names = response.envelopes.iter().copied();
            names.find(|name| object.get(*name).is_some_and(|value| value.get().starts_with(start)))
        };
        let found = object.remove(find('[').or_else(|| find('n'))?)?;
        let list = if found.get() == "null" { serde_json::from_slice(b"[]").ok()? } else { found };
        if resembles_error(&object) && list.get().trim_matches(['[', ']']).trim().is_empty() {
            return None;
        }
        if response.is_list {
            return Some(list.get().as_bytes().to_vec());
        }
        object.insert(response.list?.to_owned(), list);
        serde_json::to_vec(&object).ok()
    }

    /// The error for a JSON object that does not report the success of the operation.
    fn other_object(self) -> Option<Error> {
        let response = self.documented();
        let mut replaced = None;
        let object = object(self.text(), &mut replaced);
        let is_expected = response.fields.iter().any(|field| object.contains_key(*field));
        let states_error = is_error(&object) && !(response.is_union && is_expected);
        if states_error || (resembles_error(&object) && !is_expected) {
            // Without the message, if it is nested too deeply.
            let object = surrogates::from_slice(self.body).unwrap_or_default();
            let message =
                ServerMessage::new(object, self.status, |text| self.confidential.appears_in(text));
            let error = Error::of_status(self.status).with_detail("its body is an error");
            return Some(error.with_server_message(message));
        }
        let takes_any = response.is_union || response.fields.is_empty();
        let is_other = !object.is_empty() && !is_expected && !takes_any;
        is_other.then(|| self.foreign("its body has none of the expected fields".to_owned()))
    }

    /// The error for a body that cannot be decoded.
    fn undecoded(self, problem: String) -> Error {
        if let Some(error) = self.other_object() {
            return error;
        }
        let is_json = self.text().starts_with(b"{") || self.text().starts_with(b"[");
        if !is_json || encoding_problem(self.headers).is_some() {
            return self.not_json();
        }
        let fields = self.documented().fields;
        let text = String::from_utf8_lossy(self.body);
        // The body may be truncated.
        if fields.is_empty() || fields.iter().any(|field| text.contains(&format!("\"{field}\":"))) {
            self.unreadable(problem)
        } else {
            self.foreign(problem)
        }
    }

    fn not_json(self) -> Error {
        self.foreign(match (encoding_problem(self.headers), media_type(self.headers)) {
            (Some(problem), _) => problem,
            (None, Some(media_type)) => format!("its body is {media_type}, not JSON"),
            (None, None) if is_page(self.body) => "its body is HTML or XML, not JSON".to_owned(),
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

/// Whether a body is HTML or XML. The headers may be wrong.
pub(crate) fn is_page(body: &[u8]) -> bool {
    without_bom(body).trim_ascii_start().starts_with(b"<")
}

/// Whether the head of a response announces a usable file, and not an error, a page for a
/// browser, JSON, an unrequested encoding or no body.
pub(crate) fn is_file(status: StatusCode, headers: &HeaderMap) -> bool {
    let value = headers.get(CONTENT_TYPE).map_or(&b""[..], HeaderValue::as_bytes);
    let value = value.trim_ascii_start().to_ascii_lowercase();
    let others = ["text/html", "application/xhtml", "application/json", "application/problem"];
    (status.is_success() && status != StatusCode::NO_CONTENT)
        && encoding_problem(headers).is_none()
        && !others.iter().any(|media_type| value.starts_with(media_type.as_bytes()))
}

/// The media type without parameters, unless it is JSON.
fn media_type(headers: &HeaderMap) -> Option<String> {
    const MAX_LENGTH: usize = 100;
    let value = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    let media_type = one_line(value.split(';').next()?, MAX_LENGTH);
    (media_type.contains('/') && !media_type.ends_with("json")).then_some(media_type)
}

/// The fields of a text: none if it is not an object. They are parts of `replaced` if the text is
/// not Unicode.
fn object<'t>(text: &'t [u8], replaced: &'t mut Option<Vec<u8>>) -> Object<'t> {
    if !text.starts_with(b"{") {
        return Object::new();
    }
    serde_json::from_slice(text).unwrap_or_else(|_| {
        *replaced = surrogates::replaced(text);
        serde_json::from_slice(replaced.as_deref().unwrap_or_default()).unwrap_or_default()
    })
}

/// Whether `error` or `errors` is neither blank nor a number.
fn is_error(object: &Object<'_>) -> bool {
    const BLANK: [&str; 5] = ["null", "false", "\"\"", "[]", "{}"];
    let mut errors = ["error", "errors"].iter().filter_map(|name| object.get(*name));
    errors.any(|error| {
        let text = error.get();
        !BLANK.contains(&text) && !text.starts_with(|c: char| c == '-' || c.is_ascii_digit())
    })
}

/// Whether the object has the fields of an error other than `error`.
fn resembles_error(object: &Object<'_>) -> bool {
    let forms = [["code", "message"], ["title", "detail"]];
    forms.iter().any(|form| form.iter().all(|field| object.contains_key(*field)))
}
