//! Serves the API document to a program in any language: for one command, or until ctrl-C.
//!
//! ```text
//! cargo run --example sandbox_server [-- COMMAND [ARGUMENT...]]
//! ```
//!
//! The command finds the server in `PILOT_STATUS_BASE_URL`, and the key that it accepts in
//! `PILOT_STATUS_API_KEY`.

use std::error::Error;
use std::process::ExitCode;

use pilot_status::mock::Sandbox;
use tokio::process::Command;

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<ExitCode, Box<dyn Error>> {
    let sandbox = Sandbox::start().await?;
    let mut arguments = std::env::args_os().skip(1);
    let Some(program) = arguments.next() else {
        eprintln!("PILOT_STATUS_BASE_URL={}", sandbox.url());
        eprintln!("PILOT_STATUS_API_KEY={}", Sandbox::API_KEY);
        tokio::signal::ctrl_c().await?;
        return Ok(ExitCode::SUCCESS);
    };
    let status = Command::new(&program)
        .args(arguments)
        .env("PILOT_STATUS_BASE_URL", sandbox.url())
        .env("PILOT_STATUS_API_KEY", Sandbox::API_KEY)
        .env_remove("PILOT_STATUS_API_KEY_ID")
        .kill_on_drop(true)
        .status()
        .await
        .map_err(|error| format!("cannot run {}: {error}", program.display()))?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
