//! `cargo xtask bench`: what the client costs those who use it, held against budgets.

mod budgets;
mod builds;
mod figure;
mod lines;
mod machine;
mod packages;
mod programs;
mod table;

use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use budgets::MEASURES;
use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser};
use figure::{Figure, Figures};
use table::Row;

use crate::files::Changes;
use crate::shell::Shell;
use crate::steps::Steps;
use crate::{console, scratch};

/// Where the table is written.
const FILE: &str = "BENCHMARKS.md";

#[derive(Args, Clone, Debug)]
pub struct Options {
    /// Measure these parts only, and write nothing
    #[arg(value_name = "PART", value_parser = names())]
    parts: Vec<String>,

    /// How often each program is built cold; the best time counts
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
    runs: u32,
}

/// What figures come from one measurement.
struct Part {
    name: &'static str,
    tells: &'static str,
    measure: fn(&Bench) -> Result<Vec<Figure>>,
}

/// All parts, the quick ones first.
const PARTS: &[Part] = &[
    Part {
        name: "packages",
        tells: "how many packages a program with the client is built from",
        measure: packages::count,
    },
    Part {
        name: "lines",
        tells: "how many lines are generated for the features of a program",
        measure: lines::count,
    },
    Part {
        name: "build",
        tells: "how long a program with the client takes to build from nothing",
        measure: builds::time_cold,
    },
    Part { name: "size", tells: "how large its binary is", measure: builds::weigh },
    Part {
        name: "overhead",
        tells: "what a call costs beside reqwest by hand",
        measure: |bench| {
            bench.figures(
                "cargo test --locked --release --test overhead -- --include-ignored --nocapture \
                 --test-threads=1",
            )
        },
    },
    Part {
        name: "rate-limit",
        tells: "what 1,000 calls make of a rate limit",
        measure: |bench| bench.figures("cargo bench --locked --bench rate_limit"),
    },
    Part {
        name: "convert",
        tells: "how the conversion of a document grows with it",
        measure: |bench| bench.figures("cargo bench --locked --package xtask --bench convert"),
    },
];

/// The parts that count and build little. Every machine counts alike, so CI asks for them.
const COUNTS: [&str; 2] = ["packages", "lines"];

/// What a measurement has to know.
struct Bench<'a> {
    root: &'a Path,
    /// Cargo's folder for what it builds.
    target: PathBuf,
    runs: u32,
    steps: Steps,
}

impl<'a> Bench<'a> {
    fn new(root: &'a Path, runs: u32) -> Self {
        Self { root, target: scratch::target_folder(root), runs, steps: Steps { quiet: false } }
    }

    fn shell(&self) -> Shell<'_> {
        Shell::new(self.root)
    }

    /// The figures that a command prints.
    fn figures(&self, command: &str) -> Result<Vec<Figure>> {
        figure::parse(&self.shell().output(command)?)
    }

    fn measure(&self, parts: &[&Part]) -> Result<Vec<Row>> {
        let mut figures = Figures::default();
        for part in parts {
            console::print(format_args!("\n== {}: {}", part.name, part.tells));
            for figure in (part.measure)(self)? {
                figures.add(figure)?;
            }
        }
        let is_measured = |name: &str| parts.iter().any(|part| part.name == name);
        let measures = MEASURES.iter().filter(|measure| is_measured(measure.part));
        table::rows(measures, &figures)
    }
}

/// Measures, prints the table, and writes it if nothing is left out. A budget that is
/// passed is an error.
pub fn run(root: &Path, options: &Options) -> Result<()> {
    let bench = Bench::new(root, options.runs);
    let parts = chosen(&options.parts);
    let rows = bench.measure(&parts)?;
    console::print(format_args!("\n{}", table::markdown(&rows)));
    if parts.len() == PARTS.len() {
        let text = table::page(&machine::describe(&bench.shell())?, options.runs, &rows);
        let mut changes = Changes::default();
        changes.write(root.join(FILE), text);
        changes.commit()?;
        console::print(format_args!("wrote {FILE}"));
    }
    check(&rows)
}

/// Holds against their budgets what is counted.
pub fn check_counts(shell: &Shell) -> Result<()> {
    let rows = Bench::new(shell.root, 1).measure(&chosen(&COUNTS))?;
    console::print(format_args!("\n{}", table::markdown(&rows)));
    check(&rows)
}

fn check(rows: &[Row]) -> Result<()> {
    let over = table::over(rows);
    ensure!(over.is_empty(), "over budget:\n{}", over.join("\n"));
    Ok(())
}

/// The parts of these names in their own order, or all where none is named.
fn chosen(names: &[impl AsRef<str>]) -> Vec<&'static Part> {
    let is_chosen = |part: &&Part| names.iter().any(|name| name.as_ref() == part.name);
    PARTS.iter().filter(|part| names.is_empty() || is_chosen(part)).collect()
}

/// The names of the parts, for the command line and its help.
fn names() -> PossibleValuesParser {
    PARTS.iter().map(|part| PossibleValue::new(part.name).help(part.tells)).into()
}

#[cfg(test)]
mod tests {
    use super::{COUNTS, MEASURES, PARTS, chosen};

    #[test]
    fn parts_are_measured_once_and_all_where_none_is_named() {
        let names =
            |words: &[&str]| -> Vec<&str> { chosen(words).iter().map(|part| part.name).collect() };
        assert_eq!(names(&["lines", "packages", "lines"]), ["packages", "lines"]);
        assert_eq!(names(&[]).len(), PARTS.len());
        assert_eq!(names(&COUNTS), COUNTS);
    }

    #[test]
    fn every_part_has_a_budget_and_every_budget_a_part() {
        for part in PARTS {
            assert!(MEASURES.iter().any(|measure| measure.part == part.name), "{}", part.name);
        }
        for measure in MEASURES {
            assert!(PARTS.iter().any(|part| part.name == measure.part), "{}", measure.name);
            assert!(!measure.budgets.is_empty(), "{}", measure.name);
        }
    }
}
