#![doc = include_str!("../README.md")]

#[cfg(test)]
extern crate self as pilot_status;

mod attempts;
mod auth;
mod base_url;
mod body;
mod call;
mod client;
mod decode;
mod draft;
mod error;
mod open_enum;
mod operation;
mod pacing;
mod path_guard;
mod refusal;
mod retry;
mod secret;
mod telemetry;

/// What `build.rs` made of `openapi.json`.
#[allow(missing_docs, unused, clippy::all, clippy::pedantic, rustdoc::all)]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/client.rs"));
}

pub use auth::Credentials;
pub use client::ClientBuilder;
pub use error::{Error, ErrorKind};
pub use generated::{Client, ResponseValue, builder, types};
pub use http::StatusCode;
pub use pacing::Pacing;
/// The HTTP client underneath, for [`ClientBuilder::http_client_builder`].
pub use reqwest;
pub use retry::RetryPolicy;
pub use secret::Secret;
