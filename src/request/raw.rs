//! Calls by method and path, for operations and fields that the document does not describe.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderName, HeaderValue, Method};
use reqwest::Request;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::query::scalars;
use crate::credentials::number_scope::NUMBER_ID;
use crate::credentials::{Confidential, Credentials};
use crate::error::{Call, Error};
use crate::generated::Client;
use crate::operation::{API_KEY, API_KEY_ID, Operation, ResponseBody};
use crate::request::idempotency::{IDEMPOTENCY_KEY, INVALID_KEY};
use crate::request::path_template;
use crate::response::success::{self, Success};
use crate::response::{Origin, ResponseValue};

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// A request by method and path, from [`Client::request`].
///
/// If an argument is invalid, [`send`](Self::send) sends nothing and returns an error of kind
/// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) for the first one.
#[must_use = "a call does nothing until it is sent"]
pub struct RawRequest<'c> {
    client: &'c Client,
    /// Without its path.
    request: Request,
    path: String,
    values: Vec<(String, String)>,
    /// The error for the first invalid argument.
    invalid: Option<Error>,
}

impl Client {
    /// Returns a builder for a request by method and path, such as `/v1/numbers/{id}/logout`.
    /// Use it for operations that have no method here, and for fields that no model contains.
    ///
    /// Like every call of this client, the call has credentials, the number of
    /// [`for_number`](Self::for_number), retries, limits, pauses after a 429, spans and errors.
    ///
    /// - If the method and path match a documented operation of the enabled features, the call
    ///   is a call of that operation. It sends an idempotency key if the operation accepts one,
    ///   and shares the operation's pauses after a 429. Placeholders may have other names.
    /// - Any other call sends the credential. If the outcome of an attempt is unknown, GET,
    ///   HEAD, OPTIONS, PUT and DELETE are retried, and other methods only with an
    ///   [`idempotency_key`](RawRequest::idempotency_key). Operations that the document exempts
    ///   from this rule are treated as documented even if their feature is off.
    ///
    /// The path must begin with `/`, and is appended to the base URL. Errors and spans show the
    /// path as passed here, but not the values of placeholders: pass ids with
    /// [`path`](RawRequest::path).
    ///
    /// ```no_run
    /// # async fn f(client: pilot_status::Client) -> Result<(), pilot_status::Error> {
    /// use pilot_status::Method;
    ///
    /// client
    ///     .request(Method::POST, "/v1/numbers/{id}/logout")
    ///     .path("id", "num_01HZX")
    ///     .send()
    ///     .await?;
    /// # Ok(()) }
    /// ```
    pub fn request(&self, method: Method, path: impl Into<String>) -> RawRequest<'_> {
        RawRequest {
            client: self,
            request: Request::new(method, self.inner.settings.base_url.clone()),
            path: path.into(),
            values: Vec::new(),
            invalid: None,
        }
    }
}

impl RawRequest<'_> {
    /// Sets the value of the placeholder `{name}` in the path. The value is encoded as one
    /// segment. A value that is empty or leads to another path, such as `..`, is refused.
    pub fn path(mut self, name: impl Into<String>, value: impl fmt::Display) -> Self {
        self.values.push((name.into(), value.to_string()));
        self
    }

    /// Adds a query parameter: text, a number, a boolean, an enum of [`types`](crate::types) or
    /// a date. A list adds the parameter once for each entry. `None` adds nothing.
    pub fn query(mut self, name: impl Into<String>, value: impl Serialize) -> Self {
        let name = name.into();
        match serde_json::to_value(value).ok().and_then(scalars) {
            Some(values) => {
                for value in values {
                    self.request.url_mut().query_pairs_mut().append_pair(&name, &value);
                }
            }
            None => self.refuse(
                "the value of a query parameter must be text, a number, a boolean or a list of \
                 these",
            ),
        }
        self
    }

    /// Sets a JSON body, with `Content-Type: application/json` unless [`header`](Self::header)
    /// sets another.
    pub fn json(mut self, body: &(impl Serialize + ?Sized)) -> Self {
        match serde_json::to_vec(body) {
            Ok(body) => *self.request.body_mut() = Some(body.into()),
            // The cause may quote a value.
            Err(_) => self.refuse("its body cannot be serialized as JSON; map keys must be text"),
        }
        self
    }

    /// Sets a header and replaces any previous value. The default of `Accept` is
    /// `application/json`.
    ///
    /// Refuses headers for credentials or the connection, headers that contain the client's
    /// credential, and headers with a method of their own: `Idempotency-Key`
    /// ([`idempotency_key`](Self::idempotency_key)) and `x-whatsapp-number-id`
    /// ([`Client::for_number`]).
    pub fn header(mut self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        let credentials = &self.client.inner.settings.credentials;
        match header(name.as_ref(), value.as_ref(), credentials) {
            Ok((name, value)) => drop(self.request.headers_mut().insert(name, value)),
            Err(reason) => self.refuse(reason),
        }
        self
    }

    /// Sets the `Idempotency-Key`: 1 to 255 characters, visible ASCII or spaces inside.
    ///
    /// With a key, the client treats every call as safe to repeat, including POST. Set it only
    /// if the operation supports it.
    pub fn idempotency_key(mut self, key: impl AsRef<str>) -> Self {
        match HeaderValue::from_str(key.as_ref()) {
            Ok(key) => drop(self.request.headers_mut().insert(IDEMPOTENCY_KEY, key)),
            Err(_) => self.refuse(INVALID_KEY),
        }
        self
    }

    /// Makes the call and returns the body of a success, which [`json`](ResponseValue::json)
    /// decodes.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest), before anything is sent, if
    /// the path does not begin with `/`, if a placeholder has no value or an unusable one, or if a
    /// setter refused its argument.
    ///
    /// [`ErrorKind::Decode`](crate::ErrorKind::Decode) if the body of a success is HTML or XML,
    /// such as proxies send, unless you set the header `Accept`.
    ///
    /// Other errors are the same as for every call.
    pub async fn send(self) -> Result<ResponseValue<Bytes>, Error> {
        if self.shows_credential() {
            return Err(Error::refused(
                "its path or query holds the credential of the client; remove it, or pass an id \
                 in the path with `path`",
            ));
        }
        path_template::check(&self.path)?;
        let client = self.client;
        let (operation, path) = self.target();
        let operation = undecoded(operation);
        // A caller that sets `Accept` may expect a page.
        let takes_pages = self.request.headers().contains_key(ACCEPT);
        let in_call =
            |error: Error| error.with_call(Call::bare(operation.clone(), client.path_prefix()));
        let mut request = self.build(path).map_err(in_call)?;
        let succeeded = client.execute(&mut request, operation).await?;
        succeeded.read(|success| if takes_pages { Ok(()) } else { success::no_page(success) })?;
        let credentials = client.inner.settings.credentials.clone();
        let origin = Origin { call: succeeded.call.clone(), credentials };
        let body = succeeded.body.clone();
        let mut response = succeeded.with(body);
        response.origin = Some(Box::new(origin));
        Ok(response)
    }

    /// Whether errors, spans and the logs of proxies would show the credential.
    fn shows_credential(&self) -> bool {
        let parameters = self.request.url().query_pairs().flat_map(|(name, value)| [name, value]);
        let mut texts = parameters.chain([Cow::Borrowed(&*self.path)]);
        texts.any(|text| self.client.inner.settings.credentials.appears_in(text.as_bytes()))
    }

    /// The operation of the template, or else of the path with its values, and that path. The path
    /// of a documented operation does not end with a slash.
    fn target(&self) -> (Operation, Result<String, Error>) {
        let filled = path_template::fill(&self.path, &self.values);
        let without_slash = |path: &str| path.strip_suffix('/').unwrap_or(path).to_owned();
        let path = without_slash(filled.as_ref().unwrap_or(&self.path));
        let method = self.request.method();
        let found = Operation::at(method, &without_slash(&self.path));
        match found.or_else(|| Operation::at(method, &path)) {
            Some(operation) => (operation.clone(), filled.map(|_| path)),
            None => (Operation::undocumented(method.clone(), &self.path), filled),
        }
    }

    fn build(self, path: Result<String, Error>) -> Result<Request, Error> {
        let Self { client, mut request, invalid, .. } = self;
        if let Some(error) = invalid {
            return Err(error);
        }
        if matches!(*request.method(), Method::CONNECT | Method::TRACE) {
            // CONNECT addresses a proxy, and TRACE makes the server echo the key.
            return Err(Error::refused("CONNECT and TRACE are not supported; use another method"));
        }
        request.url_mut().set_path(&format!("{}{}", client.path_prefix(), path?));
        request.headers_mut().entry(ACCEPT).or_insert(JSON);
        if request.body().is_some() {
            request.headers_mut().entry(CONTENT_TYPE).or_insert(JSON);
        }
        Ok(request)
    }

    fn refuse(&mut self, reason: impl Into<Cow<'static, str>>) {
        self.invalid.get_or_insert_with(|| Error::refused(reason));
    }
}

impl fmt::Debug for RawRequest<'_> {
    /// Omits path, query, headers and body, which may contain secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawRequest").field("method", self.request.method()).finish_non_exhaustive()
    }
}

impl ResponseValue<Bytes> {
    /// Decodes the body as JSON.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Decode`](crate::ErrorKind::Decode) if the body is not JSON or does not
    /// match `T`. The error contains the JSON path, the body, the status and the headers, and
    /// the message of an error object. A `T` without required fields matches an error object
    /// too. An empty body counts as an empty object, unless the call only reads.
    ///
    /// ```no_run
    /// # async fn f(client: pilot_status::Client) -> Result<(), pilot_status::Error> {
    /// use pilot_status::{Method, types};
    ///
    /// let response = client.request(Method::GET, "/v1/numbers").send().await?;
    /// let numbers: Vec<types::Number> = response.json()?;
    /// # Ok(()) }
    /// ```
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        let mut constructed = None;
        let Origin { call, credentials } = self.origin.as_deref().unwrap_or_else(|| {
            // A response that the caller constructed has no call, and thus no secrets.
            let operation = undecoded(Operation::undocumented(Method::GET, "/"));
            let credentials = Credentials::api_key("");
            constructed.insert(Origin { call: Call::bare(operation, ""), credentials })
        });
        let (status, headers) = (self.status(), self.headers());
        let confidential = Confidential { credentials, call };
        success::model(Success { status, headers, body: self, confidential }).map_err(|error| {
            let error = error.with_response(status, headers.clone(), Some(Bytes::clone(self)));
            if self.origin.is_some() { error.with_call(call.clone()) } else { error }
        })
    }
}

/// The operation of a call whose response the caller decodes: the caller's type decides, not
/// the documented model.
fn undecoded(operation: Operation) -> Cow<'static, Operation> {
    let is_file = operation.response.is_file;
    let response = ResponseBody { requires_fields: true, is_file, ..ResponseBody::default() };
    Cow::Owned(Operation { response, ..operation })
}

/// Validates a header of the caller. The error is the reason why it is refused.
fn header(
    name: &str,
    value: &str,
    credentials: &Credentials,
) -> Result<(HeaderName, HeaderValue), String> {
    if credentials.appears_in(name) || credentials.appears_in(value) {
        return Err("a header holds the credential of the client, which adds it to every \
                    request; remove it"
            .to_owned());
    }
    let name = HeaderName::from_bytes(name.as_bytes())
        .map_err(|_| "the name of a header is empty or contains an invalid character")?;
    if let Some(reason) = reserved(name.as_str()) {
        return Err(format!("the header `{name}` {reason}"));
    }
    let mut value = HeaderValue::from_str(value).map_err(|_| {
        format!(
            "`{name}` contains a character that is not valid in headers, such as a line break; \
             remove it"
        )
    })?;
    value.set_sensitive(true);
    Ok((name, value))
}

/// Why a caller cannot set a header.
fn reserved(name: &str) -> Option<&'static str> {
    match name {
        API_KEY | API_KEY_ID | "authorization" => {
            Some("carries credentials; build the client with `Credentials` instead")
        }
        NUMBER_ID => Some("selects a number; call `for_number` on the client instead"),
        "idempotency-key" => Some("is set with `idempotency_key`"),
        "connection"
        | "content-length"
        | "host"
        | "keep-alive"
        | "proxy-authenticate"
        | "proxy-authorization"
        | "proxy-connection"
        | "te"
        | "trailer"
        | "transfer-encoding"
        | "upgrade" => Some("belongs to the connection and is set by the client; remove it"),
        _ => None,
    }
}
