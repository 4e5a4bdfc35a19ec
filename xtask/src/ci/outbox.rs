//! Runs the outbox: its tests, its demo, and the workers that are killed.

use anyhow::Result;

use super::Outcome;
use crate::console;
use crate::shell::Shell;

pub fn check(shell: &Shell) -> Result<Outcome> {
    let outbox = "cargo run --locked --package outbox --";
    shell.run("cargo test --locked --package outbox")?;
    shell.run(&format!("{outbox} demo --messages 50"))?;
    shell.run(&format!("{outbox} chaos --database sqlite"))?;
    let printed = shell.output(&format!("{outbox} chaos --database postgres"))?;
    console::print(printed.trim());
    Ok(printed
        .trim()
        .strip_prefix("NOT RUN: ")
        .map_or(Outcome::Passed, |reason| Outcome::NotRun(reason.to_owned())))
}
