//! Servers on loopback for what `pilot_status::mock::Sandbox` cannot do, since it speaks
//! HTTP as it should and takes the credentials of the document: bytes that are no HTTP,
//! answers that break off, connections to count, keys that come back.

pub mod calls;
pub mod echo;
pub mod process;
pub mod script;
mod server;

use std::fmt::Write;
use std::time::{Duration, Instant};

use pilot_status::Error;
use serde_json::Value;

pub use self::server::{Answer, Server};

/// The key that the tests send.
pub const KEY: &str = "ps_marked_0123456789";

/// An example of the document, by the status of its answer.
pub fn example(status: u16) -> Value {
    let document: Value = serde_json::from_str(include_str!("../../../openapi.json")).unwrap();
    let responses = &document["paths"]["/v1/numbers"]["get"]["responses"];
    responses[status.to_string()]["content"]["application/json"]["example"].clone()
}

/// All that an error and what caused it print.
pub fn shown(error: &Error) -> String {
    let mut shown = format!("{error} {error:?} {error:#?}");
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        write!(shown, " {cause} {cause:?} {cause:#?}").unwrap();
        source = cause.source();
    }
    shown
}

/// Waits until something is so, which is to be soon.
pub async fn eventually(what: &str, is_so: impl Fn() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < Duration::from_secs(10), "it is not so that {what}");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// Lets so many seconds pass at once for a runtime of one thread. What is not a task of its
/// own is not polled meanwhile.
pub async fn pass(seconds: u32) {
    tokio::time::pause();
    for _ in 0..seconds {
        tokio::time::advance(Duration::from_secs(1)).await;
    }
    tokio::time::resume();
}
