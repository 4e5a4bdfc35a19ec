//! `cargo xtask ci`: the checks that a change has to pass, each with what it guards.

mod advisories;
pub mod api;
mod docs;
mod duplicates;
mod examples;
mod features;
mod licences;
mod lowest;
mod oldest;
mod outbox;
mod outside;
mod package;
mod spelling;

use std::path::Path;
use std::time::Instant;

use anyhow::{Result, bail, ensure};
use clap::{Args, ValueEnum};

use crate::regen::{self, Freshness};
use crate::scratch::target_folder;
use crate::shell::Shell;
use crate::{bench, console};

#[derive(Args, Clone, Debug, Default)]
pub struct Options {
    /// Run these steps only, in this order
    #[arg(value_name = "STEP")]
    steps: Vec<Step>,

    /// List the steps, run none
    #[arg(long)]
    list: bool,
}

/// How a check ended that did not fail.
pub enum Outcome {
    Passed,
    /// What it would take to run it.
    NotRun(String),
}

/// What is checked and what that guards, the quick ones first. The tests are none of them:
/// README.md has their command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Step {
    /// The code has one form
    Fmt,
    /// What people read has no misspelt words
    Spelling,
    /// Every crate that is built, for whatever platform, may be used
    Licences,
    /// No crate has a fault that is known to RustSec
    Advisories,
    /// The client brings no crate twice without a reason
    Duplicates,
    /// Neither compiler nor clippy warns of anything, with every feature and with none
    Clippy,
    /// The documentation builds, here and as docs.rs does it, and its links lead somewhere
    Docs,
    /// No public item comes, goes or changes unnoticed
    Api,
    /// The programs that users copy run without an account
    Examples,
    /// Every feature builds without the others, and some pairs
    Features,
    /// The client is built from no more packages and generated lines than it may
    Budgets,
    /// Either library for TLS builds without the other
    Tls,
    /// The oldest Rust that Cargo.toml promises builds the client
    Oldest,
    /// The crate to publish has what it needs, nothing else, and builds alone
    Package,
    /// The lowest versions that Cargo.toml allows build the client
    Lowest,
    /// All that is made of what we describe is as regen makes it
    Regen,
    /// The outbox sends every message once, whatever is killed, broken or restarted
    Outbox,
    /// Tools of others find no fault in the sandbox, nor in any request of the client
    Outside,
}

impl Step {
    /// The commands that have to succeed, of words without spaces.
    fn commands(self) -> &'static [&'static str] {
        match self {
            Self::Fmt => &["cargo fmt --all --check"],
            Self::Clippy => &[
                "cargo clippy --locked --workspace --all-targets",
                "cargo clippy --locked --package pilot-status --lib --no-default-features",
            ],
            Self::Tls => &[
                "cargo check --locked --package pilot-status --lib --no-default-features \
                 --features rustls",
                "cargo check --locked --package pilot-status --lib --no-default-features \
                 --features native-tls",
                "cargo test --locked --package pilot-status --lib --no-default-features \
                 --features full,mock tls",
                "cargo test --locked --package pilot-status --lib --no-default-features \
                 --features full,mock,rustls-no-provider tls",
            ],
            _ => &[],
        }
    }

    fn check(self, shell: &Shell) -> Result<Outcome> {
        self.commands().iter().try_for_each(|command| shell.run(command))?;
        match self {
            Self::Fmt | Self::Clippy | Self::Tls => {}
            Self::Spelling => return spelling::check(shell),
            Self::Advisories => return advisories::check(shell),
            Self::Api => return api::check(shell),
            Self::Oldest => return oldest::check(shell),
            Self::Outbox => return outbox::check(shell),
            Self::Outside => return outside::check(shell),
            Self::Licences => licences::check(shell)?,
            Self::Duplicates => duplicates::check(shell)?,
            Self::Docs => docs::check(shell)?,
            Self::Examples => examples::check(shell)?,
            Self::Features => features::check(shell)?,
            Self::Budgets => bench::check_counts(shell)?,
            Self::Package => package::check(shell)?,
            Self::Lowest => lowest::check(shell)?,
            Self::Regen => {
                let options = regen::Options { check: true, ..Default::default() };
                let found = regen::run(shell.root, &target_folder(shell.root), &options)?;
                if let Freshness::Stale(difference) = found {
                    bail!(
                        "{difference}stale: run `cargo xtask regen`, read the diff, and commit it"
                    );
                }
            }
        }
        Ok(Outcome::Passed)
    }
}

/// Runs the steps that were chosen, or all. A step that fails stops no other one.
pub fn run(root: &Path, options: &Options) -> Result<()> {
    let steps = match options.steps.as_slice() {
        [] => Step::value_variants(),
        chosen => chosen,
    };
    let mut results = Vec::new();
    for step in steps {
        let (name, guards) = console::words(step);
        if options.list {
            console::print(format_args!("{name:<12}{guards}"));
            continue;
        }
        console::print(format_args!("\n== {name}: {guards}"));
        let began = Instant::now();
        let outcome = step.check(&Shell::new(root));
        if let Err(error) = &outcome {
            console::report(format_args!("error: {error:#}"));
        }
        results.push((name, began.elapsed().as_secs(), outcome));
    }
    if options.list {
        return Ok(());
    }
    console::print("\n== the steps");
    for (name, seconds, outcome) in &results {
        console::print(format_args!("{name:<12}{seconds:>5} s  {}", told(outcome)));
    }
    results.retain(|(.., outcome)| outcome.is_err());
    let failed: Vec<String> = results.into_iter().map(|(name, ..)| name).collect();
    ensure!(
        failed.is_empty(),
        "failed: {0}; run them again with `cargo xtask ci {0}`",
        failed.join(" ")
    );
    Ok(())
}

/// The end of a check in a few words.
fn told(outcome: &Result<Outcome>) -> String {
    match outcome {
        Ok(Outcome::Passed) => "passed".to_owned(),
        Ok(Outcome::NotRun(reason)) => format!("NOT RUN: {reason}"),
        Err(_) => "FAILED".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;
    use clap::{Parser, ValueEnum};

    use super::{Options, Outcome, Step, told};

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        options: Options,
    }

    #[test]
    fn steps_run_in_the_order_that_was_asked_for() {
        let line = Line::try_parse_from(["ci", "tls", "fmt"]).unwrap();
        assert_eq!(line.options.steps, [Step::Tls, Step::Fmt]);
    }

    #[test]
    fn a_step_that_does_not_exist_is_a_wrong_call() {
        let error = Line::try_parse_from(["ci", "fmt", "lint"]).err().unwrap();
        assert_eq!(error.exit_code(), 2);
        assert!(error.to_string().contains("duplicates"), "{error}");
    }

    #[test]
    fn what_was_not_run_does_not_count_as_passed() {
        let outcomes =
            [Ok(Outcome::Passed), Ok(Outcome::NotRun("no rustup".into())), Err(anyhow!("wrong"))];
        assert_eq!(outcomes.map(|one| told(&one)), ["passed", "NOT RUN: no rustup", "FAILED"]);
    }

    #[test]
    fn commands_build_what_the_lock_file_says() {
        let commands = Step::value_variants().iter().flat_map(|step| step.commands());
        for command in commands.filter(|command| !command.starts_with("cargo fmt ")) {
            assert!(command.contains(" --locked"), "{command}");
        }
    }
}
