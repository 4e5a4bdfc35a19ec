//! Looks for misspelt words, by codespell: a package manager has it in a second, where a
//! checker written in Rust would have to be built first.

use anyhow::Result;

use super::Outcome;
use crate::shell::Shell;

pub fn check(shell: &Shell) -> Result<Outcome> {
    if shell.output("codespell --version").is_err() {
        let reason = "`apt-get install codespell` or `pip install codespell` makes it possible";
        return Ok(Outcome::NotRun(reason.to_owned()));
    }
    // `.codespellrc` says what is read.
    shell.run("codespell")?;
    Ok(Outcome::Passed)
}
