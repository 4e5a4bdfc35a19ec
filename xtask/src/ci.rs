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
mod package;
mod spdx;
mod spelling;

use std::path::Path;
use std::time::Instant;

use anyhow::{Result, bail};
use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser};

use crate::shell::Shell;
use crate::{bench, console};

#[derive(Args, Clone, Debug, Default)]
pub struct Options {
    /// Run these steps only, in this order
    #[arg(value_name = "STEP", value_parser = names())]
    steps: Vec<String>,

    /// List the steps, run none
    #[arg(long)]
    list: bool,
}

/// A check, and why there is one.
struct Step {
    name: &'static str,
    guards: &'static str,
    check: Check,
}

/// How a check is made.
enum Check {
    /// By commands that succeed, of words without spaces.
    Commands(&'static [&'static str]),
    /// By more than that.
    Function(fn(&Shell) -> Result<()>),
    /// By what not every machine has.
    Optional(fn(&Shell) -> Result<Outcome>),
}

use Check::{Commands, Function, Optional};

/// How a check ended that did not fail.
pub enum Outcome {
    Passed,
    /// What it would take to run it.
    NotRun(String),
}

/// All steps, the quick ones first. The tests are none of them: README.md has their
/// command.
const STEPS: &[Step] = &[
    Step {
        name: "fmt",
        guards: "the code has one form",
        check: Commands(&["cargo fmt --all --check"]),
    },
    Step {
        name: "spelling",
        guards: "what people read has no misspelt words",
        check: Optional(spelling::check),
    },
    Step {
        name: "licences",
        guards: "every crate that is built, for whatever platform, may be used",
        check: Function(licences::check),
    },
    Step {
        name: "advisories",
        guards: "no crate has a fault that is known to RustSec",
        check: Optional(advisories::check),
    },
    Step {
        name: "duplicates",
        guards: "the client brings no crate twice without a reason",
        check: Function(duplicates::check),
    },
    Step {
        name: "clippy",
        guards: "neither compiler nor clippy warns of anything, with every feature and with none",
        check: Commands(&[
            "cargo clippy --locked --workspace --all-targets --features schemars,tracing,mock",
            "cargo clippy --locked --lib --no-default-features",
        ]),
    },
    Step {
        name: "docs",
        guards: "the documentation builds, here and as docs.rs does it, and its links lead somewhere",
        check: Function(docs::check),
    },
    Step {
        name: "api",
        guards: "no public item comes, goes or changes unnoticed",
        check: Optional(api::check),
    },
    Step {
        name: "examples",
        guards: "the programs that users copy run without an account",
        check: Function(examples::check),
    },
    Step {
        name: "features",
        guards: "every feature builds without the others, and some pairs",
        check: Function(features::check),
    },
    Step {
        name: "budgets",
        guards: "the client is built from no more packages and generated lines than it may",
        check: Function(bench::check_counts),
    },
    Step {
        name: "tls",
        guards: "either library for TLS builds without the other",
        check: Commands(&[
            "cargo check --locked --lib --no-default-features --features rustls",
            "cargo check --locked --lib --no-default-features --features native-tls",
        ]),
    },
    Step {
        name: "oldest",
        guards: "the oldest Rust that Cargo.toml promises builds the client",
        check: Optional(oldest::check),
    },
    Step {
        name: "package",
        guards: "the crate to publish has what it needs, nothing else, and builds alone",
        check: Function(package::check),
    },
    Step {
        name: "lowest",
        guards: "the lowest versions that Cargo.toml allows build the client",
        check: Function(lowest::check),
    },
    Step {
        name: "regen",
        guards: "openapi.json, OPERATIONS.md and the snapshots are what their sources make",
        check: Function(regen),
    },
];

/// Runs the steps that were chosen, or all. A step that fails stops no other one.
pub fn run(root: &Path, options: &Options) -> Result<()> {
    if options.list {
        table().for_each(console::print);
        return Ok(());
    }
    let shell = Shell::new(root);
    let mut results = Vec::new();
    for step in chosen(&options.steps) {
        console::print(format_args!("\n== {}: {}", step.name, step.guards));
        let began = Instant::now();
        let outcome = step.check.make(&shell);
        if let Err(error) = &outcome {
            console::report(format_args!("error: {error:#}"));
        }
        results.push((step.name, began.elapsed().as_secs(), outcome));
    }
    console::print("\n== the steps");
    for (name, seconds, outcome) in &results {
        console::print(format_args!("{name:<12}{seconds:>5} s  {}", told(outcome)));
    }
    let failed: Vec<&str> =
        results.iter().filter(|(.., outcome)| outcome.is_err()).map(|(name, ..)| *name).collect();
    if !failed.is_empty() {
        bail!("failed: {0}; again by `cargo xtask ci {0}`", failed.join(" "));
    }
    Ok(())
}

impl Check {
    fn make(&self, shell: &Shell) -> Result<Outcome> {
        match self {
            Commands(commands) => commands.iter().try_for_each(|command| shell.run(command))?,
            Function(function) => function(shell)?,
            Optional(function) => return function(shell),
        }
        Ok(Outcome::Passed)
    }
}

/// The end of a check in a few words.
fn told(outcome: &Result<Outcome>) -> String {
    match outcome {
        Ok(Outcome::Passed) => "passed".to_owned(),
        Ok(Outcome::NotRun(reason)) => format!("NOT RUN: {reason}"),
        Err(_) => "FAILED".to_owned(),
    }
}

/// As its own program, since it takes ctrl-C for itself.
fn regen(shell: &Shell) -> Result<()> {
    shell.run_program(&std::env::current_exe()?, "regen --check")
}

fn chosen(names: &[String]) -> Vec<&'static Step> {
    if names.is_empty() {
        return STEPS.iter().collect();
    }
    names.iter().filter_map(|name| STEPS.iter().find(|step| step.name == name)).collect()
}

/// The names of the steps, for the command line and its help.
fn names() -> PossibleValuesParser {
    STEPS.iter().map(|step| PossibleValue::new(step.name).help(step.guards)).into()
}

/// A line for each step.
fn table() -> impl Iterator<Item = String> {
    STEPS.iter().map(|step| format!("{:<12}{}", step.name, step.guards))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use anyhow::anyhow;
    use clap::Parser;

    use super::{Check, Options, Outcome, STEPS, chosen, table, told};

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        options: Options,
    }

    fn chosen_by(words: &[&str]) -> Result<Vec<&'static str>, clap::Error> {
        let line = Line::try_parse_from([&["ci"], words].concat())?;
        Ok(chosen(&line.options.steps).iter().map(|step| step.name).collect())
    }

    #[test]
    fn steps_run_in_the_order_that_was_asked_for_and_all_where_none_was() {
        assert_eq!(chosen_by(&["tls", "fmt"]).unwrap(), ["tls", "fmt"]);
        assert_eq!(chosen_by(&[]).unwrap().len(), STEPS.len());
    }

    #[test]
    fn a_step_that_does_not_exist_is_a_wrong_call() {
        let error = chosen_by(&["fmt", "lint"]).unwrap_err();
        assert_eq!(error.exit_code(), 2);
        assert!(error.to_string().contains("duplicates"), "{error}");
    }

    #[test]
    fn the_list_has_a_line_for_each_step_and_no_name_twice() {
        let lines: Vec<String> = table().collect();
        let names: BTreeSet<&str> =
            lines.iter().filter_map(|line| line.split(' ').next()).collect();
        assert_eq!((names.len(), lines.len()), (STEPS.len(), STEPS.len()));
    }

    #[test]
    fn what_was_not_run_does_not_count_as_passed() {
        let outcomes =
            [Ok(Outcome::Passed), Ok(Outcome::NotRun("no rustup".into())), Err(anyhow!("wrong"))];
        assert_eq!(outcomes.map(|one| told(&one)), ["passed", "NOT RUN: no rustup", "FAILED"]);
    }

    #[test]
    fn commands_build_what_the_lock_file_says() {
        for step in STEPS {
            let Check::Commands(commands) = step.check else { continue };
            for command in commands.iter().filter(|command| !command.starts_with("cargo fmt ")) {
                assert!(command.contains(" --locked"), "{command}");
            }
        }
    }
}
