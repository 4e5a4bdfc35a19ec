//! Tasks of the maintainers of pilot-status: see `cargo xtask --help`.

// They panic if the pipe is closed. `console` does not.
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
mod line;
mod lock;
mod names;
mod normalise;
mod packed;
mod places;
mod profile;
mod reconcile;
mod regen;
mod shell;
mod snapshots;
mod source;
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
    /// Run the checks that a change has to pass, and print the purpose of each
    ///
    /// Exits with 0 if no step fails, with 1 if one fails, with 2 if the call is wrong. A step
    /// whose tool is missing is NOT RUN, which is no failure. Run the tests with `cargo test`.
    Ci(ci::Options),
    /// Accept the current public items of the client
    ///
    /// Writes tests/snapshots/public_api.txt, which `cargo xtask ci api` compares with the
    /// client. Exits with 0, or with 1 if the items cannot be listed.
    Api,
    /// Measure the costs of the client for its users, and compare them with the budgets
    ///
    /// Writes BENCHMARKS.md. Exits with 0 if all budgets are kept, with 1 if one is exceeded,
    /// with 2 if the call is wrong.
    Bench(bench::Options),
    /// Write openapi.json from our description, compare that with the vendor's pages, and
    /// accept the snapshots of the generated code
    ///
    /// The sources are under xtask/spec. Exits with 0 if all is fresh, with 1 if something is
    /// stale or refused, with 2 if the call is wrong.
    Regen(regen::Options),
    /// Kill the workers of the outbox and break responses of the service, at random
    ///
    /// Takes the options of `outbox chaos`, such as `--database postgres --seed 7`. Exits with
    /// 0 if every message was sent exactly once, else with 1.
    Chaos {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        options: Vec<String>,
    },
    /// Print the changes between two OpenAPI documents, and their consequences
    ///
    /// Exits with 0, with 1 if a document cannot be read, with 2 if the call is wrong.
    Diff {
        /// The earlier document: a file or a folder, as for regen
        old: PathBuf,
        /// The later document
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
        Task::Chaos { options } => shell::run(
            shell::command(&root, "cargo run --locked --package outbox -- chaos").args(options),
        ),
        Task::Diff { old, new } => diff::run(&root, &old, &new).map(console::print),
    };
    let Err(error) = outcome else { return ExitCode::SUCCESS };
    console::report(format_args!("error: {error:#}"));
    ExitCode::FAILURE
}

/// The root of the workspace for which Cargo runs this program.
fn root() -> PathBuf {
    let package = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    package.parent().map_or_else(|| package.clone(), Path::to_owned)
}
