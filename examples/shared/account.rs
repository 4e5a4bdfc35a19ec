//! The account that the examples use.

use std::error::Error;

use pilot_status::Client;
use pilot_status::mock::Sandbox;

/// Returns a client for the account in the environment, or for a sandbox that stops with
/// the program.
pub async fn client() -> Result<(Client, Option<Sandbox>), Box<dyn Error>> {
    let is_set = |name| std::env::var(name).is_ok_and(|value| !value.trim().is_empty());
    if is_set("PILOT_STATUS_API_KEY") || is_set("PILOT_STATUS_API_KEY_ID") {
        return Ok((Client::from_env()?, None));
    }
    let sandbox = Sandbox::start().await?;
    eprintln!("no PILOT_STATUS_API_KEY is set: using a sandbox at {}", sandbox.url());
    Ok((sandbox.client(), Some(sandbox)))
}

/// Replaces control characters, so that a server cannot control the terminal.
#[allow(dead_code, reason = "not every example prints such text")]
pub fn printable(text: &str) -> String {
    text.replace(char::is_control, "\u{fffd}")
}
