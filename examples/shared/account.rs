//! The account that the examples work on, and how they end.

use std::error::Error;
use std::process::ExitCode;

use pilot_status::Client;
use pilot_status::mock::Sandbox;

/// The client of the account, or of a server that ends with the program.
pub async fn client() -> Result<(Client, Option<Sandbox>), Box<dyn Error>> {
    let is_set = |name| std::env::var(name).is_ok_and(|value| !value.trim().is_empty());
    if is_set("PILOT_STATUS_API_KEY") || is_set("PILOT_STATUS_API_KEY_ID") {
        return Ok((Client::from_env()?, None));
    }
    let sandbox = Sandbox::start().await?;
    eprintln!(
        "no PILOT_STATUS_API_KEY is set: asking a server of this program at {}",
        sandbox.url()
    );
    Ok((sandbox.client(), Some(sandbox)))
}

/// What a server sends must not steer the terminal.
#[allow(dead_code, reason = "not every example shows such text")]
pub fn printable(text: &str) -> String {
    text.replace(char::is_control, "\u{fffd}")
}

/// Says on one line what went wrong, if anything did.
pub fn end(result: Result<(), Box<dyn Error>>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
