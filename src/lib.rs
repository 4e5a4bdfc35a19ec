// The pages link to files, which are modules here. The first definition of a link counts.
#![doc = "[authentication]: guide::authentication"]
#![doc = "[deployment]: guide::deployment"]
#![doc = "[errors]: guide::errors"]
#![doc = "[guarantees]: guide::guarantees"]
#![doc = "[limits]: guide::limits"]
#![doc = "[newer-servers]: guide::newer_servers"]
#![doc = "[operations]: guide::operations"]
#![doc = "[portuguese]: guide::portuguese"]
#![doc = "[recipes]: guide::recipes"]
#![doc = "[regenerating]: guide::regenerating"]
#![doc = "[requests]: guide::requests"]
#![doc = "[retries]: guide::retries"]
#![doc = "[testing]: guide::testing"]
#![doc = "[tracing]: guide::tracing"]
#![doc = "[troubleshooting]: guide::troubleshooting"]
#![doc = "[upgrading]: guide::upgrading"]
#![doc = "[webhooks]: guide::webhooks"]
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

/// Declares a page of the guide. Its links to the files of other pages lead to their modules.
macro_rules! page {
    ($(#[$attribute:meta])* $name:ident, $file:literal) => {
        $(#[$attribute])*
        #[doc = "[authentication]: crate::guide::authentication"]
        #[doc = "[deployment]: crate::guide::deployment"]
        #[doc = "[errors]: crate::guide::errors"]
        #[doc = "[guarantees]: crate::guide::guarantees"]
        #[doc = "[limits]: crate::guide::limits"]
        #[doc = "[newer-servers]: crate::guide::newer_servers"]
        #[doc = "[operations]: crate::guide::operations"]
        #[doc = "[recipes]: crate::guide::recipes"]
        #[doc = "[regenerating]: crate::guide::regenerating"]
        #[doc = "[requests]: crate::guide::requests"]
        #[doc = "[retries]: crate::guide::retries"]
        #[doc = "[testing]: crate::guide::testing"]
        #[doc = "[tracing]: crate::guide::tracing"]
        #[doc = "[troubleshooting]: crate::guide::troubleshooting"]
        #[doc = "[upgrading]: crate::guide::upgrading"]
        #[doc = "[webhooks]: crate::guide::webhooks"]
        #[doc = include_str!($file)]
        pub mod $name {}
    };
}

/// Pages on what the client does, and why.
pub mod guide {
    page!(recipes, "../docs/recipes.md");
    page!(troubleshooting, "../docs/troubleshooting.md");
    page!(authentication, "../docs/authentication.md");
    page!(requests, "../docs/requests.md");
    page!(retries, "../docs/retries.md");
    page!(errors, "../docs/errors.md");
    page!(webhooks, "../docs/webhooks.md");
    page!(
        #[cfg(feature = "mock")]
        testing,
        "../docs/testing.md"
    );
    page!(tracing, "../docs/tracing.md");
    page!(deployment, "../docs/deployment.md");
    page!(upgrading, "../docs/upgrading.md");
    page!(newer_servers, "../docs/newer-servers.md");
    page!(guarantees, "../docs/guarantees.md");
    page!(limits, "../docs/limits.md");
    page!(operations, "../OPERATIONS.md");
    page!(regenerating, "../docs/regenerating.md");

    /// The README in Portuguese is `README.pt-BR.md` in the repository.
    #[cfg_attr(doctest, doc = include_str!("../README.pt-BR.md"))]
    pub mod portuguese {}
}

/// For the bytes of [`Error::body`] and [`Download`].
pub use bytes;
/// For the dates and times of requests and [`Timestamp`], with `Utc::now`.
pub use chrono;
pub use client::ClientBuilder;
pub use credentials::Credentials;
pub use error::{Error, ErrorKind};
pub use generated::types::{ApiError, ErrorCode};
pub use generated::{Client, builder, types};
/// For the methods, statuses and headers of requests and responses.
pub use http;
pub use http::{Method, StatusCode};
pub use model::{DataUrl, IntoList, IntoMap, IntoOptional, Nullable, Secret, Timestamp, phone};
pub use pages::Pages;
pub use rate_limit::Pacing;
pub use request::RawRequest;
/// The HTTP client underneath, for [`ClientBuilder::http_client_builder`].
pub use reqwest;
pub use response::{Download, ResponseValue};
pub use retry::RetryPolicy;
/// For the JSON values of models, such as undocumented fields.
pub use serde_json;
