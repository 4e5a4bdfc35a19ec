// The pages link to files, which are modules here. The first definition of a link counts.
#![doc = include_str!("links.md")]
#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![cfg_attr(
    not(feature = "full"),
    allow(dead_code, unused_imports, unused_macros, reason = "the code of some tags uses it")
)]

#[cfg(test)]
extern crate self as pilot_status;

mod client;
mod credentials;
mod decode;
mod error;
#[cfg(feature = "mock")]
pub mod mock;
mod model;
mod operation;
mod pages;
mod rate_limit;
mod request;
mod response;
mod retry;
mod telemetry;
mod text;
mod time;
#[cfg(feature = "webhooks")]
pub mod webhooks;

#[allow(missing_docs, unused, clippy::all, clippy::pedantic, rustdoc::all)]
mod generated;

/// Declares the pages of the guide. Links to the files of other pages resolve to their modules.
macro_rules! pages {
    ($($(#[$attribute:meta])* $name:ident = $file:literal;)*) => {$(
        $(#[$attribute])*
        #[doc = ""]
        #[doc = include_str!("links.md")]
        #[doc = include_str!($file)]
        pub mod $name {}
    )*};
}

/// The guide: how the client behaves, and why.
pub mod guide {
    pages! {
        recipes = "../docs/recipes.md";
        troubleshooting = "../docs/troubleshooting.md";
        authentication = "../docs/authentication.md";
        requests = "../docs/requests.md";
        retries = "../docs/retries.md";
        errors = "../docs/errors.md";
        webhooks = "../docs/webhooks.md";
        #[cfg(any(feature = "mock", not(doctest)))]
        testing = "../docs/testing.md";
        tracing = "../docs/tracing.md";
        deployment = "../docs/deployment.md";
        upgrading = "../docs/upgrading.md";
        newer_servers = "../docs/newer-servers.md";
        guarantees = "../docs/guarantees.md";
        limits = "../docs/limits.md";
        /// Each operation is a method of [`Client`](crate::Client), under the heading of its tag.
        operations = "../OPERATIONS.md";
        regenerating = "../docs/regenerating.md";
    }

    /// The README in Portuguese is `README.pt-BR.md` in the repository.
    #[cfg_attr(doctest, doc = include_str!("../README.pt-BR.md"))]
    pub mod portuguese {}
}

/// Re-exported for the bytes of [`Error::body`] and [`Download`].
pub use bytes;
/// Re-exported for the dates and times of requests and [`Timestamp`], with `Utc::now`.
pub use chrono;
pub use client::ClientBuilder;
pub use credentials::Credentials;
pub use error::{Error, ErrorKind};
/// Sends requests to the API: one method for each operation, grouped by tag below.
///
/// ```no_run
/// # async fn f() -> Result<(), pilot_status::Error> {
/// use pilot_status::{Client, types::MessageRequest};
///
/// let client = Client::from_env()?; // reads PILOT_STATUS_API_KEY
/// let message = MessageRequest::builder().destination_number("+5511988887777").text("Olá!");
/// let sent = client.send_message().body(message).send().await?;
/// println!("queued as {}", sent.id);
/// # Ok(()) }
/// ```
///
/// Clones are cheap and share connections, rate-limit state and the retry budget: build one
/// client per program, and clone it into tasks. [`builder`](Client::builder) sets timeouts, the
/// retry policy and the server. [`for_number`](Client::for_number) selects one of the numbers
/// of a tenant key. [`request`](Client::request) calls operations that have no method here.
///
/// Poll calls in a Tokio runtime with I/O and time enabled. Elsewhere, Tokio panics.
///
/// [The table of operations](guide::operations) lists the key and the feature that each
/// operation requires, and the evidence for its description.
pub use generated::Client;
pub use generated::types::{ApiError, ErrorCode};
pub use generated::{builder, types};
/// Re-exported for the methods, statuses and headers of requests and responses.
pub use http;
pub use http::{Method, StatusCode};
pub use model::{DataUrl, IntoList, IntoMap, IntoOptional, Nullable, Secret, Timestamp, phone};
pub use pages::Pages;
pub use rate_limit::Pacing;
pub use request::RawRequest;
/// Re-exported for [`ClientBuilder::http_client_builder`]: the HTTP client underneath.
pub use reqwest;
pub use response::{Download, ResponseValue};
pub use retry::RetryPolicy;
/// Re-exported for the JSON values of models, such as undocumented fields.
pub use serde_json;
