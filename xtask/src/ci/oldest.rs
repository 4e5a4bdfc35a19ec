//! Builds the client with the oldest Rust that Cargo.toml promises.

use anyhow::Result;

use super::Outcome;
use crate::manifest::Manifest;
use crate::shell::Shell;

pub fn check(shell: &Shell) -> Result<Outcome> {
    let toolchain = toolchain(&Manifest::read(shell)?.rust_version.unwrap_or_default());
    if shell.output(&format!("rustup run {toolchain} cargo --version")).is_err() {
        let reason = format!("`rustup toolchain install {toolchain}` makes it possible");
        return Ok(Outcome::NotRun(reason));
    }
    shell.run(&format!("rustup run {toolchain} cargo check --locked --package pilot-status"))?;
    Ok(Outcome::Passed)
}

/// The toolchain of a version, which Cargo.toml gives without a zero at the end.
fn toolchain(version: &str) -> String {
    if version.matches('.').count() == 2 { version.to_owned() } else { format!("{version}.0") }
}

#[cfg(test)]
mod tests {
    use super::toolchain;

    #[test]
    fn a_toolchain_has_three_numbers() {
        assert_eq!((toolchain("1.95"), toolchain("1.95.1")), ("1.95.0".into(), "1.95.1".into()));
    }
}
