//! `cargo xtask ci`: runs the checks that every change has to pass. `xtask/ci.yaml` lists them,
//! each with its purpose.

pub mod api;
mod builds;
mod licences;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use clap::Args;
use clap::builder::PossibleValuesParser;
use serde::Deserialize;

use crate::folder::target_folder;
use crate::{console, shell, yaml};

static STEPS: LazyLock<Vec<Step>> = LazyLock::new(|| {
    let steps = yaml::parse(include_str!("../ci.yaml"));
    steps.unwrap_or_else(|error| panic!("cannot read xtask/ci.yaml: {error}"))
});

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    name: String,
    guards: String,
    #[serde(default)]
    needs: Vec<Need>,
    #[serde(default)]
    env: BTreeMap<String, String>,
    /// A subfolder of Cargo's target folder for the builds of the step.
    target: Option<String>,
    #[serde(default)]
    run: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Need {
    run: String,
    #[serde(default)]
    prints: String,
    otherwise: String,
}

#[derive(Args, Clone, Debug, Default)]
pub struct Options {
    /// Run these steps only, in this order
    #[arg(value_name = "STEP", value_parser = PossibleValuesParser::new(STEPS.iter().map(|step| &*step.name)))]
    steps: Vec<String>,
}

impl Step {
    /// Runs the commands. If a need is not met, runs none and returns the remedy.
    fn run(&self, root: &Path) -> Result<Option<&str>> {
        for Need { run, prints, otherwise } in &self.needs {
            let output = shell::output(shell::command(root, run));
            if !output.is_ok_and(|output| output.starts_with(prints)) {
                return Ok(Some(otherwise));
            }
        }
        for words in &self.run {
            let mut command = shell::command(root, words);
            if let Some(name) = &self.target {
                command.env("CARGO_TARGET_DIR", target_folder(root).join(name));
            }
            shell::run(command.envs(&self.env))?;
        }
        Ok(None)
    }

    /// Runs the step, including the checks in code. Returns the remedy if a need is not met.
    fn check(&self, root: &Path) -> Result<Option<&str>> {
        if let Some(otherwise) = self.run(root)? {
            return Ok(Some(otherwise));
        }
        match self.name.as_str() {
            "licences" => licences::check(root)?,
            "api" => api::check(root)?,
            "features" => builds::features(root)?,
            "lowest" => builds::lowest(root)?,
            name => ensure!(!self.run.is_empty(), "the step {name} has no checks"),
        }
        Ok(None)
    }
}

fn step(name: &str) -> Result<&'static Step> {
    STEPS.iter().find(|step| step.name == name).with_context(|| format!("there is no step {name}"))
}

/// Runs the chosen steps, or all. The run continues after a failed step.
pub fn run(root: &Path, options: &Options) -> Result<()> {
    let chosen: Result<Vec<&Step>> = options.steps.iter().map(|name| step(name)).collect();
    let steps = if options.steps.is_empty() { STEPS.iter().collect() } else { chosen? };
    // Steps write files there, also if Cargo builds in another folder.
    std::fs::create_dir_all(root.join("target"))?;
    let (mut ends, mut failed) = (Vec::new(), Vec::new());
    for step @ Step { name, guards, .. } in steps {
        console::print(format_args!("\n== {name}: {guards}"));
        let began = Instant::now();
        let outcome = step.check(root);
        if let Err(error) = &outcome {
            console::report(format_args!("error: {error:#}"));
            failed.push(name.as_str());
        }
        ends.push(format!("{name:<12}{:>5} s  {}", began.elapsed().as_secs(), summary(&outcome)));
    }
    console::print(format_args!("\n== the steps\n{}", ends.join("\n")));
    let failed = failed.join(" ");
    ensure!(failed.is_empty(), "failed: {failed}; run them again with `cargo xtask ci {failed}`");
    Ok(())
}

/// The outcome of a step, in a few words.
fn summary(outcome: &Result<Option<&str>>) -> String {
    match outcome {
        Ok(None) => "passed".to_owned(),
        Ok(Some(reason)) => format!("NOT RUN: {reason}"),
        Err(_) => "FAILED".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use anyhow::anyhow;
    use clap::Parser;

    use super::{Options, STEPS, Step, step, summary};
    use crate::yaml;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        options: Options,
    }

    #[test]
    fn steps_run_in_the_order_of_the_arguments() {
        let line = Line::try_parse_from(["ci", "tls", "fmt"]).unwrap();
        assert_eq!(line.options.steps, ["tls", "fmt"]);
    }

    #[test]
    fn an_unknown_step_is_a_usage_error() {
        let error = Line::try_parse_from(["ci", "fmt", "lint"]).err().unwrap();
        assert_eq!(error.exit_code(), 2);
        assert!(error.to_string().contains("licences"), "{error}");
    }

    #[test]
    fn a_step_that_did_not_run_does_not_count_as_passed() {
        let outcomes = [Ok(None), Ok(Some("no rustup")), Err(anyhow!("wrong"))];
        assert_eq!(outcomes.map(|one| summary(&one)), ["passed", "NOT RUN: no rustup", "FAILED"]);
    }

    #[test]
    fn a_step_without_its_tool_or_without_checks_does_not_pass() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let check = |text| summary(&yaml::parse::<Step>(text).unwrap().check(root));
        let needs =
            "{name: a, guards: b, run: [cargo none], needs: [{run: no-such, otherwise: c}]}";
        assert_eq!(check(needs), "NOT RUN: c");
        let older =
            "{name: a, guards: b, needs: [{run: cargo --version, prints: cargo 0., otherwise: c}]}";
        assert_eq!(check(older), "NOT RUN: c");
        assert_eq!(check("{name: a, guards: b}"), "FAILED");
        assert_eq!(check("{name: a, guards: b, run: [cargo --version]}"), "passed");
    }

    #[test]
    fn every_cargo_command_but_fmt_uses_the_lock_file() {
        let commands = STEPS.iter().flat_map(|step| &step.run);
        for command in commands.filter(|command| command.contains("cargo ")) {
            let builds = !command.starts_with("cargo fmt ");
            assert_eq!(command.contains(" --locked"), builds, "{command}");
        }
    }

    #[test]
    fn every_example_runs() {
        let manifest = include_str!("../../examples/Cargo.toml");
        let examples = manifest.split("[[example]]").skip(1);
        let names: BTreeSet<&str> = examples.filter_map(|one| one.split('"').nth(1)).collect();
        let commands = step("examples").unwrap().run.iter();
        let run = commands.filter_map(|command| command.split(' ').nth(4));
        assert_eq!(run.collect::<BTreeSet<_>>(), names);
    }

    #[test]
    fn the_step_oldest_uses_the_rust_version_of_the_manifest() {
        let manifest = include_str!("../../Cargo.toml");
        let line = manifest.lines().find(|line| line.starts_with("rust-version = ")).unwrap();
        let toolchain = format!(" {}.0 ", line.split('"').nth(1).unwrap());
        let Step { needs, run, .. } = step("oldest").unwrap();
        for command in needs.iter().map(|need| &need.run).chain(run) {
            assert!(command.contains(&toolchain), "{command}: {line}");
        }
    }
}
