//! What a maintainer of pilot-status runs: `cargo xtask --help`.

mod convert;
mod folder;
mod infer;
mod overlay;
mod pointer;
mod regen;
mod snapshots;
mod upstream;
mod validate;
mod yaml;

use std::path::Path;
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
}

fn main() -> ExitCode {
    let Task::Regen { check } = Arguments::parse().task;
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
