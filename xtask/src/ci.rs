//! `cargo xtask ci`: the checks that a change has to pass. `xtask/ci.yaml` lists them, each with
//! what it guards.

pub mod api;
mod builds;
mod crates;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use clap::Args;
use clap::builder::PossibleValuesParser;
use serde::Deserialize;

use crate::folder::target_folder;
use crate::shell::Shell;
use crate::{console, yaml};

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
    /// A folder of its own under Cargo's for what it builds.
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

    /// List the steps, run none
    #[arg(long)]
    list: bool,
}

impl Step {
    /// Runs the commands. Returns what it would take to run the step, where it cannot be run.
    fn run(&self, root: &Path) -> Result<Option<&str>> {
        let shell = Shell::new(root);
        for Need { run, prints, otherwise } in &self.needs {
            if !shell.output(run).is_ok_and(|output| output.starts_with(prints)) {
                return Ok(Some(otherwise));
            }
        }
        let shell = self.target.iter().fold(shell, |shell, name| {
            shell.with("CARGO_TARGET_DIR", target_folder(root).join(name))
        });
        let shell = self.env.iter().fold(shell, |shell, (name, value)| shell.with(name, value));
        self.run.iter().try_for_each(|command| shell.run(command))?;
        Ok(None)
    }

    /// Runs the step, and returns the same.
    fn check(&self, root: &Path) -> Result<Option<&str>> {
        if let Some(otherwise) = self.run(root)? {
            return Ok(Some(otherwise));
        }
        let shell = &Shell::new(root);
        match self.name.as_str() {
            "licences" => crates::licences(shell)?,
            "duplicates" => crates::duplicates(shell)?,
            "api" => api::check(root)?,
            "features" => builds::features(shell)?,
            "lowest" => builds::lowest(shell)?,
            name => ensure!(!self.run.is_empty(), "the step {name} checks nothing"),
        }
        Ok(None)
    }
}

fn step(name: &str) -> Result<&'static Step> {
    STEPS.iter().find(|step| step.name == name).with_context(|| format!("there is no step {name}"))
}

/// Runs the steps that were chosen, or all. A step that fails stops no other one.
pub fn run(root: &Path, options: &Options) -> Result<()> {
    let chosen: Result<Vec<&Step>> = options.steps.iter().map(|name| step(name)).collect();
    let steps = if options.steps.is_empty() { STEPS.iter().collect() } else { chosen? };
    let (mut ends, mut failed) = (Vec::new(), Vec::new());
    for step @ Step { name, guards, .. } in steps {
        if options.list {
            console::print(format_args!("{name:<12}{guards}"));
            continue;
        }
        console::print(format_args!("\n== {name}: {guards}"));
        let began = Instant::now();
        let outcome = step.check(root);
        if let Err(error) = &outcome {
            console::report(format_args!("error: {error:#}"));
            failed.push(name.as_str());
        }
        ends.push(format!("{name:<12}{:>5} s  {}", began.elapsed().as_secs(), told(&outcome)));
    }
    if !options.list {
        console::print(format_args!("\n== the steps\n{}", ends.join("\n")));
    }
    let failed = failed.join(" ");
    ensure!(failed.is_empty(), "failed: {failed}; run them again with `cargo xtask ci {failed}`");
    Ok(())
}

/// The end of a check in a few words.
fn told(outcome: &Result<Option<&str>>) -> String {
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

    use super::{Options, STEPS, Step, step, told};
    use crate::yaml;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        options: Options,
    }

    #[test]
    fn steps_run_in_the_order_that_was_asked_for() {
        let line = Line::try_parse_from(["ci", "tls", "fmt"]).unwrap();
        assert_eq!(line.options.steps, ["tls", "fmt"]);
    }

    #[test]
    fn a_step_that_does_not_exist_is_a_wrong_call() {
        let error = Line::try_parse_from(["ci", "fmt", "lint"]).err().unwrap();
        assert_eq!(error.exit_code(), 2);
        assert!(error.to_string().contains("duplicates"), "{error}");
    }

    #[test]
    fn what_was_not_run_does_not_count_as_passed() {
        let outcomes = [Ok(None), Ok(Some("no rustup")), Err(anyhow!("wrong"))];
        assert_eq!(outcomes.map(|one| told(&one)), ["passed", "NOT RUN: no rustup", "FAILED"]);
    }

    #[test]
    fn a_step_without_its_tool_or_without_a_check_does_not_pass() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let check = |text| told(&yaml::parse::<Step>(text).unwrap().check(root));
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
    fn commands_build_what_the_lock_file_says() {
        let commands = STEPS.iter().flat_map(|step| &step.run);
        for command in commands.filter(|command| command.contains("cargo ")) {
            let builds = !command.starts_with("cargo fmt ");
            assert_eq!(command.contains(" --locked"), builds, "{command}");
        }
    }

    #[test]
    fn every_example_is_run() {
        let manifest = include_str!("../../examples/Cargo.toml");
        let examples = manifest.split("[[example]]").skip(1);
        let names: BTreeSet<&str> = examples.filter_map(|one| one.split('"').nth(1)).collect();
        let commands = step("examples").unwrap().run.iter();
        let run = commands.filter_map(|command| command.split(' ').nth(4));
        assert_eq!(run.collect::<BTreeSet<_>>(), names);
    }

    #[test]
    fn the_oldest_rust_is_the_one_that_the_manifest_promises() {
        let manifest = include_str!("../../Cargo.toml");
        let line = manifest.lines().find(|line| line.starts_with("rust-version = ")).unwrap();
        let toolchain = format!(" {}.0 ", line.split('"').nth(1).unwrap());
        let Step { needs, run, .. } = step("oldest").unwrap();
        for command in needs.iter().map(|need| &need.run).chain(run) {
            assert!(command.contains(&toolchain), "{command}: {line}");
        }
    }
}
