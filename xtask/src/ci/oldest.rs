//! Builds the client with the oldest Rust that Cargo.toml promises.

use anyhow::Result;

use super::Outcome;
use crate::manifest::Manifest;
use crate::shell::Shell;

pub fn check(shell: &Shell) -> Result<Outcome> {
    let toolchain = toolchain(&Manifest::read(shell)?.rust_version);
    let installed = shell.output("rustup toolchain list").unwrap_or_default();
    if !has(&installed, &toolchain) {
        let reason = format!("`rustup toolchain install {toolchain}` makes it possible");
        return Ok(Outcome::NotRun(reason));
    }
    shell.run(&format!("rustup run {toolchain} cargo check --locked"))?;
    Ok(Outcome::Passed)
}

/// The toolchain of a version, which Cargo.toml gives without a zero at the end.
fn toolchain(version: &str) -> String {
    if version.matches('.').count() == 2 { version.to_owned() } else { format!("{version}.0") }
}

/// Whether rustup lists a toolchain, for whatever host.
fn has(installed: &str, toolchain: &str) -> bool {
    let mut hosts = installed.lines().filter_map(|line| line.strip_prefix(toolchain));
    hosts.any(|host| host.starts_with('-'))
}

#[cfg(test)]
mod tests {
    use super::{has, toolchain};

    #[test]
    fn a_toolchain_has_three_numbers() {
        assert_eq!((toolchain("1.95"), toolchain("1.95.1")), ("1.95.0".into(), "1.95.1".into()));
    }

    #[test]
    fn a_toolchain_is_found_by_its_whole_version() {
        let installed = "stable-x86_64-apple-darwin (default)\n1.95.0-x86_64-apple-darwin\n";
        assert!(has(installed, "1.95.0"));
        assert!(!has(installed, "1.95.00") && !has(installed, "1.95") && !has("", "1.95.0"));
    }
}
