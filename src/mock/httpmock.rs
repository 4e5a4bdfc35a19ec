//! Typed helpers for servers of [httpmock](https://docs.rs/httpmock): a method for each
//! operation, whose `when` takes its parameters and whose `then` takes its answer.
//!
//! ```
//! use pilot_status::mock::httpmock::{MockServer, MockServerExt};
//! use pilot_status::{Client, Credentials, types};
//! use serde_json::json;
//!
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let server = MockServer::start_async().await;
//! let answer: types::Template = serde_json::from_value(json!({
//!     "id": "tpl_1", "name": "welcome", "category": "MARKETING"
//! }))?;
//! let mock = server.get_template(|when, then| {
//!     when.id("tpl_1");
//!     then.success(200, &answer);
//! });
//!
//! let key = Credentials::api_key("ps_test");
//! let client = Client::builder(key).base_url(server.base_url()).build()?;
//! assert_eq!(client.get_template().id("tpl_1").send().await?.into_inner(), answer);
//! mock.assert();
//! # Ok(()) }
//! ```
//!
//! What these types do not allow is reached through `into_inner()`, which gives what
//! httpmock itself works with. An error, for one:
//!
//! ```
//! # use pilot_status::mock::httpmock::{MockServer, MockServerExt};
//! # let server = MockServer::start();
//! server.list_numbers(|_, then| {
//!     then.into_inner().status(402).body(r#"{"error": "Pay first"}"#);
//! });
//! ```

pub use ::httpmock::{Mock, MockServer, Then, When};

pub use self::generated::{MockServerExt, operations};

/// What `build.rs` made of `openapi.json`.
#[allow(missing_docs, unused, clippy::all, clippy::pedantic, rustdoc::all)]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/mocks.rs"));
}
