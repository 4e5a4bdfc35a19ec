//! How many instructions a call takes, which hardly varies from run to run.

use anyhow::{Context, Result};

use super::figure::{self, Figure, Figures};
use crate::console;
use crate::shell::Shell;

/// Counts the instructions of each client alone. Without valgrind, there are no figures.
pub fn count(shell: &Shell) -> Result<Vec<Figure>> {
    if shell.output("valgrind --version").is_err() {
        console::print("NOT RUN: valgrind is not installed");
        return Ok(Vec::new());
    }
    let scratch = tempfile::tempdir()?;
    let count = |(name, function): (&str, &str)| {
        let report = scratch.path().join(name);
        let runner = format!(
            "target.'cfg(all())'.runner=['valgrind','--tool=callgrind','--collect-atstart=no',\
             '--toggle-collect=*::counted*','--callgrind-out-file={}']",
            report.display()
        );
        let output = shell.output(&format!(
            "cargo --config {runner} test --locked --release --test overhead -- --ignored --nocapture --exact {function}_instructions"
        ))?;
        let mut printed = Figures::default();
        figure::parse(&output)?.into_iter().try_for_each(|figure| printed.add(figure))?;
        let calls = printed.get("counted-calls", name)?.value;
        let report = std::fs::read_to_string(&report)?;
        let total = report.lines().find_map(|line| line.strip_prefix("summary: "));
        let total: f64 = total.context("callgrind wrote no summary")?.trim().parse()?;
        Ok(Figure::new("call-instructions", name, total / calls, "instructions"))
    };
    [("by-hand", "by_hand"), ("pilot-status", "ours")].into_iter().map(count).collect()
}
