//! Calls by method and path, for operations and fields that the document does not describe.

use std::fmt;

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use reqwest::{Request, Url};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::pipeline;
use super::query::scalars;
use crate::credentials::number_scope::NUMBER_ID;
use crate::credentials::{Confidential, Credentials};
use crate::error::{Error, ErrorKind};
use crate::generated::Client;
use crate::operation::{API_KEY, API_KEY_ID, Operation, ResponseBody};
use crate::request::idempotency::{self, IDEMPOTENCY_KEY};
use crate::request::path_template::PathTemplate;
use crate::response::ResponseValue;
use crate::response::origin::Origin;
use crate::response::success::{self, Success};

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// A request by method and path, from [`Client::request`].
///
/// The first mistake in what it is given is returned by [`send`](Self::send), as
/// [`ErrorKind::InvalidRequest`], and nothing is sent.
#[must_use = "a call does nothing until it is sent"]
pub struct RawRequest<'c> {
    client: &'c Client,
    method: Method,
    path: String,
    values: Vec<(String, String)>,
    query: Vec<(String, String)>,
    headers: HeaderMap,
    body: Option<Vec<u8>>,
    /// The first mistake of the caller.
    mistake: Option<Error>,
}

impl Client {
    /// Begins a call by method and path, such as `/v1/numbers/{id}/logout`: for an operation
    /// that has no method here, or for a field that no model has.
    ///
    /// The call has what every call of this client has: credentials, the number of
    /// [`for_number`](Self::for_number), retries, limits, pauses after a 429, spans and
    /// errors.
    ///
    /// - If method and path are those of a documented operation of the enabled features, the
    ///   call is one of that operation: it sends an idempotency key where the operation takes
    ///   one, and shares its pauses after a 429. Placeholders may have other names.
    /// - Any other call sends the credential. After a failure whose outcome is unknown it is
    ///   retried by its method: GET, HEAD, OPTIONS, PUT and DELETE are, others only under an
    ///   [`idempotency_key`](RawRequest::idempotency_key).
    ///
    /// The path begins with `/` and belongs to the server of the client. Errors and spans
    /// show it as it is given here, and the values of placeholders nowhere: pass ids with
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
            method,
            path: path.into(),
            values: Vec::new(),
            query: Vec::new(),
            headers: HeaderMap::new(),
            body: None,
            mistake: None,
        }
    }
}

impl RawRequest<'_> {
    /// Sets the value of the placeholder `{name}` in the path. It goes out encoded, as one
    /// segment. A value that is empty or leads to another path, such as `..`, is refused.
    pub fn path(mut self, name: impl Into<String>, value: impl fmt::Display) -> Self {
        self.values.push((name.into(), value.to_string()));
        self
    }

    /// Adds a parameter to the query: text, a number, a boolean, an enum of
    /// [`types`](crate::types) or a date. A list adds the parameter once for each entry, and
    /// `None` adds nothing.
    pub fn query(mut self, name: impl Into<String>, value: impl Serialize) -> Self {
        let name = name.into();
        match serde_json::to_value(value).ok().and_then(scalars) {
            Some(values) => {
                self.query.extend(values.into_iter().map(|value| (name.clone(), value)));
                self
            }
            None => self.refuse(
                "the value of a query parameter has to be text, a number, a boolean or a list \
                 of these",
            ),
        }
    }

    /// Sends a body of JSON, with `Content-Type: application/json` unless
    /// [`header`](Self::header) sets another.
    pub fn json(mut self, body: &(impl Serialize + ?Sized)) -> Self {
        match serde_json::to_vec(body) {
            Ok(body) => {
                self.body = Some(body);
                self
            }
            // The cause may quote a value.
            Err(_) => {
                self.refuse("its body cannot be written as JSON; the keys of a map have to be text")
            }
        }
    }

    /// Sets a header, in place of one with that name. `Accept` is `application/json` unless
    /// it is set here.
    ///
    /// Refused are headers that carry credentials or belong to the connection, any header
    /// whose value holds the credential of the client, and those that have a method of their
    /// own: `Idempotency-Key` ([`idempotency_key`](Self::idempotency_key)) and
    /// `x-whatsapp-number-id` ([`Client::for_number`]).
    pub fn header(mut self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        let credentials = &self.client.inner.settings.credentials;
        match header(name.as_ref(), value.as_ref(), credentials) {
            Ok((name, value)) => {
                self.headers.insert(name, value);
                self
            }
            Err(reason) => self.refuse(reason),
        }
    }

    /// Sets the `Idempotency-Key`: 1 to 255 visible ASCII characters.
    ///
    /// Every attempt carries it, so the call is retried as one that is safe to repeat, a POST
    /// too. Set it only where the operation heeds it.
    pub fn idempotency_key(mut self, key: impl AsRef<str>) -> Self {
        match HeaderValue::from_str(key.as_ref()) {
            Ok(key) => drop(self.headers.insert(IDEMPOTENCY_KEY, key)),
            Err(_) => drop(self.mistake.get_or_insert_with(idempotency::refusal)),
        }
        self
    }

    /// Makes the call. A success returns the body as it arrived, and
    /// [`json`](ResponseValue::json) decodes it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Decode`] if a success has a page of HTML or XML, as proxies send them,
    /// unless a header `Accept` was set.
    ///
    /// [`ErrorKind::InvalidRequest`] before anything is sent, if the path is not one that
    /// begins with `/`, a placeholder has no value or an unusable one, or a setter was given
    /// what it refuses. Otherwise as every call.
    pub async fn send(self) -> Result<ResponseValue<Bytes>, Error> {
        let client = self.client;
        let template = PathTemplate::parse(&self.path)?;
        let operation = Operation::at(self.method.clone(), &self.path);
        // Who asks for another media type knows what comes.
        let takes_pages = self.headers.contains_key(ACCEPT);
        let credentials = &client.inner.settings.credentials;
        let holds_key = credentials.appears_in(&self.path)
            || self
                .query
                .iter()
                .any(|(name, value)| credentials.appears_in(name) || credentials.appears_in(value));
        let filled = match self.mistake {
            Some(mistake) => Err(mistake),
            // Errors, spans and the logs of proxies would show it.
            None if holds_key => {
                return Err(refusal(
                    "its path or query holds the credential of the client; take it out, or pass an \
                 id in the path with `path`",
                ));
            }
            None => template.fill(&self.values),
        };
        let request = filled.and_then(|path| {
            let url = url(&client.baseurl, &path, &self.query)?;
            request(self.method, url, self.headers, self.body)
        });
        match request {
            Ok(request) => pipeline::bytes(client, request, operation, takes_pages).await,
            Err(error) => Err(error.in_operation(operation).under(client.path_prefix())),
        }
    }

    fn refuse(mut self, reason: impl Into<String>) -> Self {
        self.mistake.get_or_insert_with(|| refusal(reason));
        self
    }
}

impl fmt::Debug for RawRequest<'_> {
    /// Without path, query, headers and body, which may hold anything.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawRequest").field("method", &self.method).finish_non_exhaustive()
    }
}

impl ResponseValue<Bytes> {
    /// Decodes the body as JSON.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Decode`] if the body is not JSON or not a `T`. The error names the
    /// place, and keeps the body, the status and the headers. Where the body is an error
    /// object, it has the message too: a `T` without a required field takes that for a value.
    /// An empty body is an empty object, unless the call only reads.
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
        let called = self.origin.as_deref().map(Origin::operation);
        // The type decides, whatever the document says of the operation.
        let operation = Operation {
            response: ResponseBody { requires_fields: true, ..ResponseBody::ANY },
            ..called.cloned().unwrap_or_else(|| Operation::undocumented(Method::GET, "/"))
        };
        let success = Success { operation: &operation, headers: self.headers(), body: self };
        success::model(success).map_err(|problem| match &self.origin {
            Some(origin) => origin.error(problem, self),
            // A value of the caller's own has no secrets of a call.
            None => problem
                .into_error(
                    self.status(),
                    Confidential { credentials: &Credentials::api_key(""), idempotency_key: None },
                )
                .with_headers(self.headers().clone())
                .with_body(Bytes::clone(self)),
        })
    }
}

/// A header of the caller, or why it is not sent.
fn header(
    name: &str,
    value: &str,
    credentials: &Credentials,
) -> Result<(HeaderName, HeaderValue), String> {
    if credentials.appears_in(name) || credentials.appears_in(value) {
        return Err("a header holds the credential of the client, which sends it itself; take it \
                    out"
        .to_owned());
    }
    let name = HeaderName::from_bytes(name.as_bytes())
        .map_err(|_| "the name of a header is empty or has a character that none can have")?;
    if let Some(reason) = reserved(name.as_str()) {
        return Err(format!("the header `{name}` {reason}"));
    }
    let mut value = HeaderValue::from_str(value).map_err(|_| {
        format!(
            "`{name}` has a character that no header can carry, such as a line break; take it out"
        )
    })?;
    value.set_sensitive(true);
    Ok((name, value))
}

/// Why a caller does not set a header.
fn reserved(name: &str) -> Option<&'static str> {
    match name {
        API_KEY | API_KEY_ID | "authorization" => {
            Some("carries credentials; build the client with `Credentials` instead")
        }
        NUMBER_ID => Some("names a number; call `for_number` on the client instead"),
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
        | "upgrade" => Some("belongs to the connection, and the client sets it; leave it out"),
        _ => None,
    }
}

fn url(base_url: &str, path: &str, query: &[(String, String)]) -> Result<Url, Error> {
    let mut url =
        Url::parse(&format!("{base_url}{path}")).map_err(|_| refusal("the path makes no URL"))?;
    if !query.is_empty() {
        url.query_pairs_mut().extend_pairs(query);
    }
    Ok(url)
}

fn request(
    method: Method,
    url: Url,
    mut headers: HeaderMap,
    body: Option<Vec<u8>>,
) -> Result<Request, Error> {
    if matches!(method, Method::CONNECT | Method::TRACE) {
        // One asks a proxy, and the other has the server echo the key.
        return Err(refusal("CONNECT and TRACE call no operation; use another method"));
    }
    headers.entry(ACCEPT).or_insert(JSON);
    if body.is_some() {
        headers.entry(CONTENT_TYPE).or_insert(JSON);
    }
    let mut request = Request::new(method, url);
    *request.headers_mut() = headers;
    *request.body_mut() = body.map(Into::into);
    Ok(request)
}

fn refusal(reason: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidRequest).detail(reason.into())
}
