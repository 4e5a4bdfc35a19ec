//! Runs the sandbox for a program in any language: while a command runs, or until Ctrl-C.
//!
//! ```text
//! cargo run --example sandbox_server [-- COMMAND [ARGUMENT...]]
//! ```
//!
//! The command gets the URL of the server in `PILOT_STATUS_BASE_URL`, and an accepted API key
//! in `PILOT_STATUS_API_KEY`.

use std::error::Error;
use std::process::ExitCode;

use pilot_status::mock::Sandbox;
use tokio::process::Command;

const HELP: &str = "usage: sandbox_server [COMMAND [ARGUMENT...]]

Runs the sandbox while a command runs, or until Ctrl-C. The command finds the URL of the server in
PILOT_STATUS_BASE_URL, and an accepted API key in PILOT_STATUS_API_KEY.";

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
    let mut arguments = std::env::args_os().skip(1);
    let program = arguments.next();
    if program.as_ref().is_some_and(|program| program == "-h" || program == "--help") {
        println!("{HELP}");
        return Ok(ExitCode::SUCCESS);
    }
    let sandbox = Sandbox::start().await?;
    let Some(program) = program else {
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
