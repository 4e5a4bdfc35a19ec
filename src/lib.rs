// The README links to files, which are modules here. The first definition of a link wins.
#![doc = "[authentication]: guide::authentication"]
#![doc = "[errors]: guide::errors"]
#![doc = "[guarantees]: guide::guarantees"]
#![doc = "[limits]: guide::limits"]
#![doc = "[newer-servers]: guide::newer_servers"]
#![doc = "[operations]: guide::operations"]
#![doc = "[regenerating]: guide::regenerating"]
#![doc = "[requests]: guide::requests"]
#![doc = "[retries]: guide::retries"]
#![doc = "[testing]: guide::testing"]
#![doc = "[tracing]: guide::tracing"]
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

/// Guides.
pub mod guide {
    #[doc = include_str!("../docs/authentication.md")]
    pub mod authentication {}
    #[doc = include_str!("../docs/requests.md")]
    pub mod requests {}
    #[doc = include_str!("../docs/retries.md")]
    pub mod retries {}
    #[doc = include_str!("../docs/errors.md")]
    pub mod errors {}
    #[doc = include_str!("../docs/webhooks.md")]
    pub mod webhooks {}
    #[cfg(feature = "mock")]
    #[doc = include_str!("../docs/testing.md")]
    pub mod testing {}
    #[doc = include_str!("../docs/tracing.md")]
    pub mod tracing {}
    #[doc = include_str!("../docs/newer-servers.md")]
    pub mod newer_servers {}
    #[doc = include_str!("../docs/guarantees.md")]
    pub mod guarantees {}
    #[doc = include_str!("../docs/limits.md")]
    pub mod limits {}
    #[doc = include_str!("../OPERATIONS.md")]
    pub mod operations {}
    #[doc = include_str!("../docs/regenerating.md")]
    pub mod regenerating {}
}

/// For the dates and times of requests and [`Timestamp`].
pub use chrono;
pub use client::ClientBuilder;
pub use credentials::Credentials;
pub use error::{Error, ErrorKind};
pub use generated::types::{ApiError, ErrorCode};
pub use generated::{Client, builder, types};
pub use http::{Method, StatusCode};
pub use model::{DataUrl, IntoList, IntoMap, IntoOptional, Nullable, Secret, Timestamp, phone};
pub use pages::Pages;
pub use rate_limit::Pacing;
pub use request::RawRequest;
/// The HTTP client underneath, for [`ClientBuilder::http_client_builder`].
pub use reqwest;
pub use response::{Download, ResponseValue};
pub use retry::RetryPolicy;
