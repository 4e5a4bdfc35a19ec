//! Loopback servers for cases that `pilot_status::mock::Sandbox` does not cover, as it speaks
//! valid HTTP and expects documented credentials: bytes that are not HTTP, truncated responses,
//! counted connections, echoed keys.

pub mod calls;
pub mod echo;
pub mod process;
pub mod script;
mod server;

use std::fmt::Write;
use std::time::{Duration, Instant};

use pilot_status::Error;
use serde_json::Value;

pub use self::server::{Server, ServerResponse};

/// The API key that the tests send.
pub const KEY: &str = "ps_marked_0123456789";

/// Returns the document's example of a response, by status.
pub fn example(status: u16) -> Value {
    let document: Value = serde_json::from_str(include_str!("../../../openapi.json")).unwrap();
    let responses = &document["paths"]["/v1/numbers"]["get"]["responses"];
    responses[status.to_string()]["content"]["application/json"]["example"].clone()
}

/// Formats an error and its sources in every way.
pub fn shown(error: &Error) -> String {
    let mut shown = format!("{error} {error:?} {error:#?}");
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        write!(shown, " {cause} {cause:?} {cause:#?}").unwrap();
        source = cause.source();
    }
    shown
}

/// Waits up to ten seconds for a condition to hold.
pub async fn eventually(what: &str, is_so: impl Fn() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < Duration::from_secs(10), "timed out waiting until {what}");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// Advances the time of a single-threaded runtime, second by second. Only spawned tasks are
/// polled meanwhile.
pub async fn pass(seconds: u32) {
    tokio::time::pause();
    for _ in 0..seconds {
        tokio::time::advance(Duration::from_secs(1)).await;
    }
    tokio::time::resume();
}
