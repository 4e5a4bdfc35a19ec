//! Asks RustSec's database for known faults of the crates in Cargo.lock.

use anyhow::Result;

use super::Outcome;
use crate::shell::Shell;

pub fn check(shell: &Shell) -> Result<Outcome> {
    if shell.output("cargo deny --version").is_err() {
        let reason = "`cargo install --locked cargo-deny` makes it possible";
        return Ok(Outcome::NotRun(reason.to_owned()));
    }
    // What was fetched earlier does not know the faults of today.
    if shell.run("cargo deny fetch db").is_err() {
        return Ok(Outcome::NotRun("the database could not be fetched".to_owned()));
    }
    // `deny.toml` says what is a fault.
    shell.run("cargo deny --locked --offline check advisories")?;
    Ok(Outcome::Passed)
}
