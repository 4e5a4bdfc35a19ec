//! Runs the commands of checks and benchmarks.

use std::borrow::BorrowMut;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use crate::console;

/// The beginnings of the names of variables that would change a check. With a target, Cargo writes
/// to other folders; the encoded flags replace ours; and a command is not verbose and quiet.
const SETTINGS: [&str; 5] =
    ["PILOT_STATUS_", "INSTA_", "CARGO_BUILD_TARGET", "CARGO_ENCODED_", "CARGO_TERM_VERBOSE"];

/// Builds a command to run in a folder, from words without spaces.
pub fn command(folder: &Path, words: &str) -> Command {
    let mut words = words.split_whitespace();
    let mut command = match words.next().unwrap_or_default() {
        // The Cargo that runs this program.
        "cargo" => Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())),
        "xtask" => Command::new(std::env::current_exe().unwrap_or_else(|_| "xtask".into())),
        program => Command::new(program),
    };
    command
        .args(words)
        .current_dir(folder)
        .env("CARGO_TERM_QUIET", "true")
        .env("RUSTFLAGS", "-D warnings")
        .env("RUSTDOCFLAGS", "-D warnings");
    // No check depends on an account or on settings in the environment.
    for (name, _) in std::env::vars_os() {
        if SETTINGS.iter().any(|setting| name.to_string_lossy().starts_with(setting)) {
            command.env_remove(&name);
        }
    }
    command
}

/// Runs a command, shows its output, and fails unless the command succeeds.
pub fn run(mut command: impl BorrowMut<Command>) -> Result<()> {
    let command = command.borrow_mut();
    let words = words(command);
    console::print(format_args!("$ {words}"));
    let status = command.status().with_context(|| format!("cannot run {words}"))?;
    ensure!(status.success(), "`{words}` failed, {status}");
    Ok(())
}

/// Returns the stdout of a command. Its stderr is shown.
pub fn output(mut command: impl BorrowMut<Command>) -> Result<String> {
    let command = command.borrow_mut().stderr(Stdio::inherit()).env("CARGO_TERM_COLOR", "never");
    let words = words(command);
    let output = command.output().with_context(|| format!("cannot run {words}"))?;
    ensure!(output.status.success(), "`{words}` failed, {}", output.status);
    Ok(String::from_utf8(output.stdout)?)
}

/// The name of a program and its arguments.
fn words(command: &Command) -> String {
    let name = Path::new(command.get_program()).file_stem().into_iter();
    let words = name.chain(command.get_args()).map(|word| word.to_string_lossy());
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{output, run};

    fn command(words: &str) -> std::process::Command {
        super::command(Path::new(env!("CARGO_MANIFEST_DIR")), words)
    }

    #[test]
    fn an_error_names_the_failed_command() {
        let error = run(command("cargo no-such-command")).unwrap_err().to_string();
        assert!(error.starts_with("`cargo no-such-command` failed, "), "{error}");
        let error = output(command("no-such-program -x")).unwrap_err().to_string();
        assert_eq!(error, "cannot run no-such-program -x");
    }

    #[test]
    fn the_stdout_of_a_command_is_returned() {
        assert!(output(command("cargo --version")).unwrap().starts_with("cargo "));
    }

    #[test]
    fn every_command_denies_warnings() {
        let command = command("cargo check --locked");
        let flags = command.get_envs().find(|(name, _)| *name == "RUSTFLAGS").unwrap();
        assert_eq!(flags.1, Some("-D warnings".as_ref()));
    }

    #[test]
    fn settings_of_the_caller_do_not_reach_a_check() {
        const SET: [&str; 3] =
            ["CARGO_BUILD_TARGET", "CARGO_ENCODED_RUSTFLAGS", "CARGO_TERM_VERBOSE"];
        if SET.iter().all(|name| std::env::var_os(name).is_some()) {
            let command = command("cargo --version");
            for name in SET {
                let removed = command.get_envs().any(|one| one == (name.as_ref(), None));
                assert!(removed, "{name}");
            }
            return;
        }
        let again = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "shell::tests::settings_of_the_caller_do_not_reach_a_check"])
            .envs(SET.map(|name| (name, "")))
            .output()
            .unwrap();
        let output = String::from_utf8_lossy(&again.stdout);
        assert!(again.status.success() && output.contains("1 passed"), "{output}");
    }

    #[cfg(unix)]
    #[test]
    fn cargo_writes_no_colours_into_an_output_that_is_read() {
        let mut command = command("printenv CARGO_TERM_COLOR");
        assert_eq!(output(command.env("CARGO_TERM_COLOR", "always")).unwrap(), "never\n");
    }
}
