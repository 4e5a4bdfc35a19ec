//! What a maintainer of pilot-status runs: `cargo xtask --help`.

mod convert;
mod diff;
mod folder;
mod overlay;
mod pointer;
mod regen;
mod snapshots;
mod upstream;
mod validate;
mod yaml;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use regen::Freshness;

/// Tasks of the maintainers of pilot-status
#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Write openapi.json from what the vendor published and our overlays, and
    /// accept the snapshots of what is generated from it
    ///
    /// The sources lie under xtask/spec. Exits with 0 when all is fresh, with 1
    /// when something is stale or refused, with 2 when the call is wrong.
    Regen {
        /// Write nothing; print what is stale and exit with 1 if anything is
        #[arg(long)]
        check: bool,
    },
    /// Print what changed between two OpenAPI documents, and what that means
    ///
    /// Exits with 0, with 1 when a file cannot be read, with 2 when the call is
    /// wrong.
    Diff {
        /// The document before, in JSON or YAML
        old: PathBuf,
        /// The document after
        new: PathBuf,
    },
}

fn main() -> ExitCode {
    match Arguments::parse().task {
        Task::Regen { check } => regen(check),
        Task::Diff { old, new } => diff(&old, &new),
    }
}

fn diff(old: &Path, new: &Path) -> ExitCode {
    match upstream::read(old).and_then(|old| Ok((old, upstream::read(new)?))) {
        Ok((old, new)) => {
            println!("{}", diff::report(&old, &new));
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn regen(check: bool) -> ExitCode {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the workspace");
    let target = snapshots::target_folder(root);
    let outcome = if check {
        regen::check(root, &target)
    } else {
        regen::write(root, &target).map(|()| Freshness::Fresh)
    };
    match outcome {
        Ok(Freshness::Fresh) => ExitCode::SUCCESS,
        Ok(Freshness::Stale(difference)) => {
            println!("{difference}");
            eprintln!("stale: run `cargo xtask regen`, read the diff, and commit it");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
