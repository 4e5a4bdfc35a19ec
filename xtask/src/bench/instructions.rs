//! Counts the instructions of a call, which hardly vary from run to run.

use std::path::Path;

use anyhow::{Context, Result};

use super::figure;
use crate::console;
use crate::shell::{command, output};

/// Counts the instructions of each client separately. Without valgrind, there are no figures.
pub fn count(root: &Path) -> Result<String> {
    if output(command(root, "valgrind --version")).is_err() {
        console::print("NOT RUN: valgrind is not installed");
        return Ok(String::new());
    }
    let scratch = tempfile::tempdir()?;
    let count = |(name, function): (&str, &str)| {
        let report = scratch.path().join(name);
        let runner = format!(
            "target.'cfg(all())'.runner=['valgrind','--tool=callgrind','--collect-atstart=no',\
             '--toggle-collect=*::counted*','--callgrind-out-file={}']",
            report.display()
        );
        let test = format!(
            "cargo --config {runner} test --locked --release -p overhead -- --ignored \
             --nocapture --exact {function}_instructions"
        );
        let output = output(command(root, &test))?;
        let calls = figure::get(&figure::parse(&output)?, "counted-calls", name)?.value;
        let report = std::fs::read_to_string(&report)?;
        let total = report.lines().find_map(|line| line.strip_prefix("summary: "));
        let total: f64 = total.context("callgrind wrote no summary")?.trim().parse()?;
        Ok(format!("figure call-instructions/{name} {} instructions\n", total / calls))
    };
    [("by-hand", "by_hand"), ("pilot-status", "ours")].into_iter().map(count).collect()
}
