//! Replaces the crate of this name: the generated code compiles unchanged against this module,
//! which passes requests to the hand-written layer and returns its responses.
//!
//! Only the generated code implements these traits. They are private, so callers cannot reach the
//! HTTP client through them.

#![warn(unused, clippy::all, clippy::pedantic)]
#![allow(
    dead_code,
    unused_imports,
    clippy::needless_pass_by_value,
    reason = "the generated code determines the interface"
)]

use std::borrow::Cow;
use std::future::{Ready, ready};
use std::pin::Pin;

use http::header::InvalidHeaderValue;
use reqwest::Request;
use serde::de::DeserializeOwned;

use super::Client;
use crate::Download;
use crate::error::Call;
use crate::operation::Operation;
use crate::request::Succeeded;
pub(super) use crate::request::path_guard::encode_path;
pub(super) use crate::request::query::QueryParam;
pub use crate::{Download as ByteStream, Error, ResponseValue};

pub struct OperationInfo {
    pub operation_id: &'static str,
}

pub trait ClientInfo<Inner> {
    fn api_version() -> &'static str;
    fn baseurl(&self) -> &str;
    fn client(&self) -> &reqwest::Client;
    fn inner(&self) -> &Inner;
}

pub trait ClientHooks<Inner> {}

pub trait RequestBuilderExt {}

/// In the replaced crate, the function belongs to [`ClientHooks`].
impl Client {
    pub(super) fn exec(
        &self,
        request: Request,
        info: &OperationInfo,
    ) -> Pin<Box<dyn Future<Output = Result<Succeeded<'_>, Error>> + Send + '_>> {
        // Boxed, so that the attempts do not enlarge the future of every operation.
        Box::pin(self.call(request, info.operation_id))
    }
}

impl<T: DeserializeOwned> ResponseValue<T> {
    pub(super) fn from_response(response: Succeeded<'_>) -> Ready<Result<Self, Error>> {
        ready(response.into_value())
    }
}

impl ResponseValue<()> {
    pub(super) fn empty(response: Succeeded<'_>) -> Self {
        response.with(())
    }
}

impl ResponseValue<Download> {
    pub(super) fn stream(response: Succeeded<'_>) -> Self {
        response.into_download()
    }
}

impl Error {
    /// Returns a function that turns the reason into an error of this call. The build step
    /// replaces the generator's `InvalidRequest` with it.
    pub(super) fn in_call(operation_id: &'static str) -> impl Fn(String) -> Self {
        move |reason| {
            let error = Self::invalid_request(&reason);
            match Operation::find(operation_id) {
                Some(operation) => error.with_call(Call::bare(Cow::Borrowed(operation), "")),
                None => error,
            }
        }
    }

    /// The reason why a header parameter is refused.
    pub(super) fn invalid_header(_: InvalidHeaderValue) -> String {
        "the idempotency key or another header parameter contains a character that is not \
         valid in headers, such as a line break; remove it"
            .to_owned()
    }

    #[allow(non_snake_case, reason = "the generated code takes it for a variant")]
    pub(super) fn UnexpectedResponse(response: Succeeded<'_>) -> Self {
        Self::of_status(response.status())
    }
}

impl From<InvalidHeaderValue> for Error {
    fn from(error: InvalidHeaderValue) -> Self {
        Self::invalid_request(&Self::invalid_header(error))
    }
}
