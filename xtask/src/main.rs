//! What a maintainer of pilot-status runs: `cargo xtask --help`.

// They panic where nobody reads; `console` does not.
#![warn(clippy::print_stdout, clippy::print_stderr)]

mod bench;
mod ci;
mod console;
mod convert;
mod coverage;
mod diff;
mod draft;
mod files;
mod folder;
mod fragments;
#[path = "../../build/mod.rs"]
#[allow(dead_code)]
mod generate;
mod generated;
mod line;
mod lock;
mod merge;
mod names;
mod node;
mod normalise;
mod packed;
mod places;
mod pointer;
mod profile;
mod reconcile;
mod regen;
mod shell;
mod snapshots;
mod source;
mod steps;
mod surface;
mod upkeep;
mod upstream;
mod validate;
mod vanished;
mod yaml;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;

/// Tasks of the maintainers of pilot-status
#[derive(Parser)]
#[command(name = "cargo xtask")]
enum Task {
    /// Run the checks that a change has to pass, and say what each is for
    ///
    /// Exits with 0 when none fails, also where a step is NOT RUN for want of a tool; with 1 when
    /// one fails, with 2 when the call is wrong. The tests have a command of their own, in README.md.
    Ci(ci::Options),
    /// Accept the public items of the client as they are
    ///
    /// Writes tests/snapshots/public_api.txt, with which `cargo xtask ci api` compares
    /// them. Exits with 0, with 1 when they cannot be listed.
    Api,
    /// Measure what the client costs those who use it, and hold that against budgets
    ///
    /// Writes BENCHMARKS.md. Exits with 0 when all budgets are kept, with 1 when one
    /// is passed, with 2 when the call is wrong.
    Bench(bench::Options),
    /// Write openapi.json from what we describe, held against what the vendor published,
    /// and accept the snapshots of what is generated from it
    ///
    /// The sources lie under xtask/spec. Exits with 0 when all is fresh, with 1
    /// when something is stale or refused, with 2 when the call is wrong.
    Regen(regen::Options),
    /// Kill the workers of the outbox and break what the service sends, at random
    ///
    /// Takes the options of `outbox chaos`, such as `--database postgres --seed 7`. Exits with
    /// 0 when every message was sent once, with 1 when not.
    Chaos {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        options: Vec<String>,
    },
    /// Print what changed between two OpenAPI documents, and what that means
    ///
    /// Exits with 0, with 1 when one cannot be read, with 2 when the call is
    /// wrong.
    Diff {
        /// The document before: a file or a folder, as regen reads
        old: PathBuf,
        /// The document after
        new: PathBuf,
    },
}

fn main() -> ExitCode {
    let root = root();
    let outcome = match Task::parse() {
        Task::Ci(options) => ci::run(&root, &options),
        Task::Api => ci::api::accept(&root),
        Task::Bench(options) => bench::run(&root, &options),
        Task::Regen(options) => regen::run(&root, &folder::target_folder(&root), &options),
        Task::Chaos { options } => shell::Shell::new(&root)
            .run(&format!("cargo run --locked --package outbox -- chaos {}", options.join(" "))),
        Task::Diff { old, new } => diff::run(&root, &old, &new).map(console::print),
    };
    let Err(error) = outcome else { return ExitCode::SUCCESS };
    console::report(format_args!("error: {error:#}"));
    ExitCode::FAILURE
}

/// The workspace, which is the one that Cargo runs this for.
fn root() -> PathBuf {
    let package = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    package.parent().map_or_else(|| package.clone(), Path::to_owned)
}
