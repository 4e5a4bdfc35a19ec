//! Runs the commands of checks and benchmarks.

use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use crate::console;

/// Runs commands in the workspace, each written as words without spaces.
pub struct Shell<'a> {
    pub root: &'a Path,
    /// Variables of the environment that the commands see beside ours, or do not see.
    variables: Vec<(&'a str, Option<OsString>)>,
}

impl<'a> Shell<'a> {
    pub fn new(root: &'a Path) -> Self {
        Self { root, variables: Vec::new() }
    }

    /// As this one, with a variable more.
    pub fn with(mut self, name: &'a str, value: impl Into<OsString>) -> Self {
        self.variables.push((name, Some(value.into())));
        self
    }

    /// As this one, without a variable.
    pub fn without(mut self, name: &'a str) -> Self {
        self.variables.push((name, None));
        self
    }

    /// Runs a command that has to succeed, and shows what it prints.
    pub fn run(&self, command: &str) -> Result<()> {
        console::print(format_args!("$ {command}"));
        let status = self.command(command).status();
        let status = status.with_context(|| format!("cannot run {command}"))?;
        ensure!(status.success(), "`{command}` failed, {status}");
        Ok(())
    }

    /// What a command prints. What it says on stderr is shown.
    pub fn output(&self, command: &str) -> Result<String> {
        let output = self.command(command).stderr(Stdio::inherit()).output();
        let output = output.with_context(|| format!("cannot run {command}"))?;
        ensure!(output.status.success(), "`{command}` failed, {}", output.status);
        Ok(String::from_utf8(output.stdout)?)
    }

    /// A command with all that it sees of the environment.
    pub fn command(&self, words: &str) -> Command {
        let mut words = words.split_whitespace();
        let mut command = match words.next().unwrap_or_default() {
            // The one that runs this.
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
        // No check has to do with an account or with settings that the environment names.
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
    fn a_command_that_fails_is_named() {
        let error = shell().run("cargo no-such-command").unwrap_err().to_string();
        assert!(error.starts_with("`cargo no-such-command` failed, "), "{error}");
        let error = shell().output("no-such-program -x").unwrap_err().to_string();
        assert_eq!(error, "cannot run no-such-program -x");
    }

    #[test]
    fn what_a_command_prints_is_handed_on() {
        assert!(shell().output("cargo --version").unwrap().starts_with("cargo "));
    }

    #[test]
    fn warnings_are_errors_in_every_command() {
        let command = shell().command("cargo check --locked");
        let flags = command.get_envs().find(|(name, _)| *name == "RUSTFLAGS").unwrap();
        assert_eq!(flags.1, Some("-D warnings".as_ref()));
    }
}
