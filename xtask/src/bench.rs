//! `cargo xtask bench`: what the client costs those who use it, held against budgets.

mod budgets;
mod builds;
mod chart;
mod figure;
mod instructions;
mod machine;
mod page;
mod programs;

use std::fs;
use std::path::Path;

use anyhow::{Result, ensure};
use chrono::Utc;
use clap::{Args, ValueEnum};
use serde::Deserialize;

use crate::console;
use crate::files::Changes;
use crate::shell::Shell;

/// Where the figures are written.
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

    /// How often each program is built cold; the median counts
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
    /// How long the commands of the README take from nothing
    Commands,
    /// How large the binary of a program is
    Size,
    /// What a call costs beside reqwest by hand
    Overhead,
    /// How many instructions a call takes, where valgrind is installed
    Instructions,
    /// What 1,000 calls make of a rate limit
    RateLimit,
}

impl Part {
    /// What the measurement prints, with its figures among it.
    fn measure(self, root: &Path, runs: u32, changes: &mut Changes) -> Result<String> {
        let shell = Shell::new(root);
        match self {
            Self::Packages => builds::count_packages(root),
            Self::Lines => builds::count_lines(root),
            Self::Build => builds::time_programs(root, runs),
            Self::Commands => builds::time_commands(root),
            Self::Size => builds::weigh(root),
            Self::Overhead => shell.output(
                "cargo test --locked --release --test overhead -- --include-ignored --nocapture \
                 --test-threads=1",
            ),
            Self::Instructions => instructions::count(&shell),
            Self::RateLimit => {
                let output = shell.output("cargo bench --locked --bench rate_limit")?;
                changes.write(root.join(CHART), chart::draw(&output)?);
                Ok(output)
            }
        }
    }
}

/// Measures the parts, prints a table of each, and writes the tables in place of those that
/// the page has for the same parts. A budget that is passed is an error.
pub fn run(root: &Path, options: &Options) -> Result<()> {
    let budgets = budgets::read()?;
    let is_chosen = |part: &&Part| options.parts.is_empty() || options.parts.contains(part);
    let (mut sections, mut over, mut changes) = (Vec::new(), Vec::new(), Changes::default());
    let machine = machine::describe(&Shell::new(root))?;
    let today = Utc::now().format("%F");
    for &part in Part::value_variants().iter().filter(is_chosen) {
        let (name, tells) = console::words(&part);
        console::print(format_args!("\n== {name}: {tells}"));
        let figures = figure::parse(&part.measure(root, options.runs, &mut changes)?)?;
        if figures.is_empty() {
            continue;
        }
        let measures = budgets.iter().filter(|measure| measure.part == part);
        let (table, passed) = budgets::hold(measures, &figures)?;
        console::print(format_args!("\n{table}"));
        over.extend(passed);
        sections.push((part, format!("Measured {today} on {machine}.\n\n{table}")));
    }
    if !options.dry_run {
        let page = fs::read_to_string(root.join(FILE)).unwrap_or_default();
        changes.write(root.join(FILE), page::update(&page, Part::value_variants(), &sections));
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
