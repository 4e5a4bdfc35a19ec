//! `cargo xtask bench`: measures the costs of the client to its users, and checks budgets.

mod budgets;
mod builds;
mod chart;
mod figure;
mod instructions;
mod page;
mod programs;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use chrono::Utc;
use clap::{Args, ValueEnum};
use serde::Deserialize;

use crate::files::Changes;
use crate::{console, folder, shell};

/// The page with the figures.
const FILE: &str = "BENCHMARKS.md";
const CHART: &str = "docs/rate-limit.svg";

#[derive(Args, Clone, Debug)]
pub struct Options {
    /// Measure these parts only
    #[arg(value_name = "PART")]
    parts: Vec<Part>,

    /// Write nothing
    #[arg(long)]
    dry_run: bool,
}

/// The parts of a run, the quick ones first. Their help texts are headings of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// Packages that a program with the client builds
    Packages,
    /// Lines generated for the features of a program
    Lines,
    /// Time of a clean build of a program with the client
    Build,
    /// Time of the commands in the README, from a clean build
    Commands,
    /// Size of the binary of a program
    Size,
    /// Cost of a call, compared with reqwest by hand
    Overhead,
    /// Instructions per call, if valgrind is installed
    Instructions,
    /// 1,000 calls under a rate limit
    RateLimit,
}

impl Part {
    /// Returns the output of the measurement, which contains the figures.
    fn measure(self, root: &Path) -> Result<String> {
        let output = |words| shell::output(shell::command(root, words));
        match self {
            Self::Packages => builds::count_packages(root),
            Self::Lines => builds::count_lines(root),
            Self::Build => builds::time_programs(root),
            Self::Commands => builds::time_commands(root),
            Self::Size => builds::weigh(root),
            Self::Overhead => output(
                // On one core: waking another one takes longer than a call.
                "taskset --cpu-list 0 cargo test --locked --release -p overhead -- \
                 --include-ignored --nocapture --test-threads=1",
            ),
            Self::Instructions => instructions::count(root),
            Self::RateLimit => output("cargo bench --locked --bench rate_limit"),
        }
    }
}

/// The folder for the programs and their builds.
fn scratch(root: &Path) -> PathBuf {
    folder::target_folder(root).join("bench")
}

/// Measures the chosen parts, prints a table for each, and replaces their sections of the page. A
/// figure over budget is an error.
pub fn run(root: &Path, options: &Options) -> Result<()> {
    let budgets = budgets::read()?;
    let is_chosen = |part: &&Part| options.parts.is_empty() || options.parts.contains(part);
    let (mut sections, mut over, mut changes) = (Vec::new(), Vec::new(), Changes::default());
    let machine = page::describe(root)?;
    let _lock = folder::lock(&scratch(root), "benchmark")?;
    // No measured time includes a download.
    shell::run(shell::command(root, "cargo fetch --quiet --locked"))?;
    let today = Utc::now().format("%F");
    for &part in Part::value_variants().iter().filter(is_chosen) {
        let (name, heading) = console::words(&part);
        console::print(format_args!("\n== {name}: {heading}"));
        let output = part.measure(root)?;
        let figures = figure::parse(&output)?;
        if figures.is_empty() {
            continue;
        }
        if part == Part::RateLimit {
            changes.write(root.join(CHART), chart::draw(&output)?);
        }
        let measures = budgets.iter().filter(|measure| measure.part == part);
        let (table, exceeded) = budgets::hold(measures, &figures)?;
        console::print(format_args!("\n{table}"));
        over.extend(exceeded);
        sections.push((part, format!("Measured {today} on {machine}.\n\n{table}")));
    }
    if !options.dry_run {
        let page = fs::read_to_string(root.join(FILE)).unwrap_or_default();
        changes.write(root.join(FILE), page::update(&page, &sections));
        changes.commit()?;
        console::print(format_args!("wrote {FILE}"));
    }
    ensure!(over.is_empty(), "over budget:\n{}", over.join("\n"));
    Ok(())
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum;

    use super::{Part, budgets};

    #[test]
    fn every_part_and_measure_has_a_budget() {
        let measures = budgets::read().unwrap();
        for part in Part::value_variants() {
            assert!(measures.iter().any(|measure| measure.part == *part), "{part:?}");
        }
        for measure in measures {
            assert!(!measure.budgets.is_empty(), "{}", measure.name);
        }
    }
}
