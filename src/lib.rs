// The README links to files, which are modules here. What comes first counts.
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

mod attempts;
mod auth;
mod base_url;
mod body;
mod call;
mod client;
mod coercion;
mod collections;
mod data_url;
mod deadline;
mod decode;
mod download;
mod environment;
mod error;
mod error_response;
mod idempotency;
mod json_path;
#[cfg(feature = "mock")]
pub mod mock;
mod nullable;
mod number_scope;
mod open_enum;
mod open_union;
mod operation;
mod optional;
mod overrides;
mod pacing;
mod pages;
mod path_guard;
mod path_template;
pub mod phone;
mod proxy_variables;
mod quotes;
mod raw_request;
mod replayable_request;
mod response;
mod retry;
mod rules;
mod secret;
mod slots;
mod success;
mod surrogates;
mod telemetry;
mod text;
mod timestamp;
mod undocumented;
mod upload;
#[cfg(feature = "webhooks")]
pub mod webhooks;

#[allow(missing_docs, unused, clippy::all, clippy::pedantic, rustdoc::all)]
mod generated;

/// Pages on what the client does, and why.
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

pub use auth::Credentials;
/// The dates and times of requests, and what [`Timestamp`] gives.
pub use chrono;
pub use client::ClientBuilder;
pub use collections::{IntoList, IntoMap};
pub use data_url::DataUrl;
pub use download::Download;
pub use error::{Error, ErrorKind};
pub use generated::types::{ApiError, ErrorCode};
pub use generated::{Client, builder, types};
pub use http::{Method, StatusCode};
pub use nullable::Nullable;
pub use optional::IntoOptional;
pub use pacing::Pacing;
pub use pages::Pages;
pub use raw_request::RawRequest;
/// The HTTP client underneath, for [`ClientBuilder::http_client_builder`].
pub use reqwest;
pub use response::ResponseValue;
pub use retry::RetryPolicy;
pub use secret::Secret;
pub use timestamp::Timestamp;
