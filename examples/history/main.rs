//! Writes all messages of a number to stdout, the newest first, each as a line of JSON.
//!
//! ```text
//! PILOT_STATUS_API_KEY=ps_... cargo run --example history [-- NUMBER_ID]
//! ```
//!
//! A tenant key needs the id of one of its numbers, as `list_numbers` gives it. Without
//! a key in the environment it talks to a server of its own.

#[path = "../account/mod.rs"]
mod account;

use std::error::Error;
use std::io::{ErrorKind, Write};
use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    account::end(run().await)
}

async fn run() -> Result<(), Box<dyn Error>> {
    let (mut client, _sandbox) = account::client().await?;
    if let Some(id) = std::env::args().nth(1) {
        client = client.for_number(id);
    }
    let mut messages = client.list_message_history().page_size(100).stream();
    while let Some(message) = messages.next().await {
        let line = serde_json::to_string(&message?)?;
        match writeln!(std::io::stdout(), "{line}") {
            // Whoever reads has seen enough.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => return Ok(()),
            written => written?,
        }
    }
    Ok(())
}
