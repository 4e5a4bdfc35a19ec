//! Runs the commands of checks and benchmarks.

use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use crate::console;

/// Runs commands in the workspace, each written as words without spaces.
pub struct Shell<'a> {
    pub root: &'a Path,
    /// Environment variables that are set for the commands, or removed.
    variables: Vec<(&'a str, Option<OsString>)>,
}

impl<'a> Shell<'a> {
    pub fn new(root: &'a Path) -> Self {
        Self { root, variables: Vec::new() }
    }

    /// Sets an environment variable.
    pub fn with(mut self, name: &'a str, value: impl Into<OsString>) -> Self {
        self.variables.push((name, Some(value.into())));
        self
    }

    /// Removes an environment variable.
    pub fn without(mut self, name: &'a str) -> Self {
        self.variables.push((name, None));
        self
    }

    /// Runs a command, shows its output, and fails unless the command succeeds.
    pub fn run(&self, command: &str) -> Result<()> {
        console::print(format_args!("$ {command}"));
        let status = self.command(command).status();
        let status = status.with_context(|| format!("cannot run {command}"))?;
        ensure!(status.success(), "`{command}` failed, {status}");
        Ok(())
    }

    /// Returns the stdout of a command. Its stderr is shown.
    pub fn output(&self, command: &str) -> Result<String> {
        let output = self.command(command).stderr(Stdio::inherit()).output();
        let output = output.with_context(|| format!("cannot run {command}"))?;
        ensure!(output.status.success(), "`{command}` failed, {}", output.status);
        Ok(String::from_utf8(output.stdout)?)
    }

    /// Builds a command with its environment.
    pub fn command(&self, words: &str) -> Command {
        let mut words = words.split_whitespace();
        let mut command = match words.next().unwrap_or_default() {
            // The Cargo that runs this program.
            "cargo" => Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())),
            "xtask" => Command::new(std::env::current_exe().unwrap_or_else(|_| "xtask".into())),
            program => Command::new(program),
        };
        command
            .args(words)
            .current_dir(self.root)
            .env("CARGO_TERM_QUIET", "true")
            .env("RUSTFLAGS", "-D warnings")
            .env("RUSTDOCFLAGS", "-D warnings");
        // No check depends on an account or on settings in the environment.
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("PILOT_STATUS_") || text.starts_with("INSTA_") {
                command.env_remove(&name);
            }
        }
        for (name, value) in &self.variables {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        command
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::Shell;

    fn shell() -> Shell<'static> {
        Shell::new(Path::new(env!("CARGO_MANIFEST_DIR")))
    }

    #[test]
    fn an_error_names_the_failed_command() {
        let error = shell().run("cargo no-such-command").unwrap_err().to_string();
        assert!(error.starts_with("`cargo no-such-command` failed, "), "{error}");
        let error = shell().output("no-such-program -x").unwrap_err().to_string();
        assert_eq!(error, "cannot run no-such-program -x");
    }

    #[test]
    fn the_stdout_of_a_command_is_returned() {
        assert!(shell().output("cargo --version").unwrap().starts_with("cargo "));
    }

    #[test]
    fn every_command_denies_warnings() {
        let command = shell().command("cargo check --locked");
        let flags = command.get_envs().find(|(name, _)| *name == "RUSTFLAGS").unwrap();
        assert_eq!(flags.1, Some("-D warnings".as_ref()));
    }
}
