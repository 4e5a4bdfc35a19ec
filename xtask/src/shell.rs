//! Runs the commands of checks and benchmarks.

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use crate::console;

/// Runs commands in the workspace, each written as words without spaces.
pub struct Shell<'a> {
    pub root: &'a Path,
    /// Variables of the environment that the commands see beside ours.
    variables: Vec<(&'static str, OsString)>,
}

impl<'a> Shell<'a> {
    pub fn new(root: &'a Path) -> Self {
        Self { root, variables: Vec::new() }
    }

    /// As this one, with a variable more.
    pub fn with(&self, name: &'static str, value: impl Into<OsString>) -> Self {
        let mut variables = self.variables.clone();
        variables.push((name, value.into()));
        Self { root: self.root, variables }
    }

    /// Runs a command that has to succeed, and shows what it prints.
    pub fn run(&self, command: &str) -> Result<()> {
        let (program, arguments) = command.split_once(' ').unwrap_or((command, ""));
        self.run_program(Path::new(program), arguments)
    }

    /// As `run`, for a program that is known by its path.
    pub fn run_program(&self, program: &Path, arguments: &str) -> Result<()> {
        let name = program.file_stem().unwrap_or_default().display();
        console::print(format_args!("$ {name} {arguments}"));
        let status = self.command(program.as_os_str(), arguments).status();
        let status = status.with_context(|| format!("cannot run {name}"))?;
        ensure!(status.success(), "`{name} {arguments}` failed, {status}");
        Ok(())
    }

    /// What a command prints. What it says on stderr is shown.
    pub fn output(&self, command: &str) -> Result<String> {
        let (program, arguments) = command.split_once(' ').unwrap_or((command, ""));
        let mut child = self.command(program.as_ref(), arguments);
        let output = child.stderr(Stdio::inherit()).output();
        let output = output.with_context(|| format!("cannot run {program}"))?;
        ensure!(output.status.success(), "`{command}` failed, {}", output.status);
        Ok(String::from_utf8(output.stdout)?)
    }

    fn command(&self, program: &OsStr, arguments: &str) -> Command {
        let mut command = Command::new(program);
        command
            .args(arguments.split_whitespace())
            .current_dir(self.root)
            .env("CARGO_TERM_QUIET", "true")
            .env("RUSTFLAGS", "-D warnings")
            .env("RUSTDOCFLAGS", "-D warnings")
            .envs(self.variables.iter().map(|(name, value)| (name, value)));
        // No check has to do with an account that the environment names.
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("PILOT_STATUS_") {
                command.env_remove(name);
            }
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
        assert_eq!(error, "cannot run no-such-program");
    }

    #[test]
    fn what_a_command_prints_is_handed_on() {
        assert!(shell().output("cargo --version").unwrap().starts_with("cargo "));
    }

    #[test]
    fn warnings_are_errors_in_every_command() {
        let command = shell().command("cargo".as_ref(), "check --locked");
        let flags = command.get_envs().find(|(name, _)| *name == "RUSTFLAGS").unwrap();
        assert_eq!(flags.1, Some("-D warnings".as_ref()));
    }
}
