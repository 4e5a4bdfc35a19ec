//! Writes all messages of a number to stdout, the newest first, each as a line of JSON.
//!
//! ```text
//! PILOT_STATUS_API_KEY=ps_... cargo run --example history [-- NUMBER_ID]
//! ```
//!
//! A tenant key needs the id of one of its numbers, as `list_numbers` prints it. Without an API
//! key in the environment, it uses a sandbox.

#[path = "../shared/account.rs"]
mod account;
#[path = "../shared/program.rs"]
mod program;

use std::error::Error;
use std::io::{ErrorKind, Write};
use std::process::ExitCode;

const HELP: &str = "usage: history [NUMBER_ID]

Writes all messages of a number to stdout, the newest first, each as a line of JSON. A tenant key
needs the id of one of its numbers, as list_numbers prints it.";

#[tokio::main]
async fn main() -> ExitCode {
    program::run(HELP, run).await
}

async fn run(arguments: Vec<String>) -> Result<(), Box<dyn Error>> {
    let (mut client, _sandbox) = match arguments.as_slice() {
        [] | [_] => account::client().await?,
        _ => return Err(program::usage(HELP)),
    };
    if let Some(id) = arguments.first() {
        client = client.for_number(id);
    }
    let mut messages = client.list_message_history().page_size(100).stream();
    while let Some(message) = messages.next().await {
        let line = serde_json::to_string(&message?)?;
        match writeln!(std::io::stdout(), "{line}") {
            // The reader closed the pipe.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => return Ok(()),
            written => written?,
        }
    }
    Ok(())
}
