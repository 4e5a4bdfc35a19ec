//! `cargo xtask bench`: what the client costs those who use it, held against budgets.

mod budgets;
mod builds;
mod figure;
mod lines;
mod machine;
mod packages;
mod programs;
mod table;

use std::path::Path;

use anyhow::{Result, ensure};
use clap::{Args, ValueEnum};
use figure::{Figure, Figures};
use serde::Deserialize;

use crate::console;
use crate::files::Changes;
use crate::shell::Shell;

/// Where the table is written.
const FILE: &str = "BENCHMARKS.md";

#[derive(Args, Clone, Debug)]
pub struct Options {
    /// Measure these parts only, and write nothing
    #[arg(value_name = "PART")]
    parts: Vec<Part>,

    /// How often each program is built cold; the best time counts
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
    runs: u32,
}

/// What figures come from one measurement, the quick ones first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// How many packages a program with the client is built from
    Packages,
    /// How many lines are generated for the features of a program
    Lines,
    /// How long a program with the client takes to build from nothing
    Build,
    /// How large its binary is
    Size,
    /// What a call costs beside reqwest by hand
    Overhead,
    /// What 1,000 calls make of a rate limit
    RateLimit,
    /// How the conversion of a document grows with it
    Convert,
}

impl Part {
    fn measure(self, root: &Path, runs: u32) -> Result<Vec<Figure>> {
        let figures = |command| figure::parse(&Shell::new(root).output(command)?);
        match self {
            Self::Packages => packages::count(root),
            Self::Lines => lines::count(root),
            Self::Build => builds::time_cold(root, runs),
            Self::Size => builds::weigh(root),
            Self::Overhead => figures(
                "cargo test --locked --release --test overhead -- --include-ignored --nocapture \
                 --test-threads=1",
            ),
            Self::RateLimit => figures("cargo bench --locked --bench rate_limit"),
            Self::Convert => figures("cargo bench --locked --package xtask --bench convert"),
        }
    }
}

/// Measures, prints the table, and writes it if nothing is left out. A budget that is
/// passed is an error.
pub fn run(root: &Path, options: &Options) -> Result<()> {
    let is_chosen = |part: &&Part| options.parts.is_empty() || options.parts.contains(part);
    let parts: Vec<Part> = Part::value_variants().iter().filter(is_chosen).copied().collect();
    let mut figures = Figures::default();
    for part in &parts {
        let (name, tells) = console::words(part);
        console::print(format_args!("\n== {name}: {tells}"));
        for figure in part.measure(root, options.runs)? {
            figures.add(figure)?;
        }
    }
    let budgets = budgets::read()?;
    let measured = budgets.iter().filter(|measure| parts.contains(&measure.part));
    let rows = table::rows(measured, &figures)?;
    console::print(format_args!("\n{}", table::markdown(&rows)));
    if parts.len() == Part::value_variants().len() {
        let text = table::page(&machine::describe(&Shell::new(root))?, options.runs, &rows);
        let mut changes = Changes::default();
        changes.write(root.join(FILE), text);
        changes.commit()?;
        console::print(format_args!("wrote {FILE}"));
    }
    let over = table::over(&rows);
    ensure!(over.is_empty(), "over budget:\n{}", over.join("\n"));
    Ok(())
}

/// Holds against their budgets what is counted: every machine counts alike.
pub fn check_counts(shell: &Shell) -> Result<()> {
    run(shell.root, &Options { parts: vec![Part::Packages, Part::Lines], runs: 1 })
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum;

    use super::{Part, budgets};

    #[test]
    fn every_part_has_a_budget() {
        let measures = budgets::read().unwrap();
        for part in Part::value_variants() {
            assert!(measures.iter().any(|measure| measure.part == *part), "{part:?}");
        }
        for measure in measures {
            assert!(!measure.budgets.is_empty(), "{}", measure.name);
        }
    }
}
