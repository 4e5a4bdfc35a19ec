//! Measures the builds of the programs and of this workspace, and the sizes of the programs. Each
//! function returns lines with figures.

use std::collections::BTreeSet;
use std::env::consts::EXE_SUFFIX;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, anyhow};

use super::figure;
use super::programs::{NAMES, cold, lay_out, users};
use super::scratch;
use crate::{generate, shell};

/// The number of clean builds of each program. The median counts.
const RUNS: u32 = 3;

/// The programs that list numbers.
const LISTING: [&str; 3] = ["by-hand", "numbers", "full"];

/// Counts the packages that Cargo builds for each program. It builds a package once for each set
/// of features, which can differ between build scripts and libraries.
pub fn count_packages(root: &Path) -> Result<String> {
    let programs = lay_out(root)?;
    let list = "cargo tree --edges normal,build --prefix none --format {p}|{f} --offline";
    let count = |name: &&str| {
        let tree = shell::output(users(&programs.join(name), list))?;
        Ok(format!("figure packages/{name} {} packages\n", packages(&tree)))
    };
    NAMES.iter().map(count).collect()
}

/// The number of packages in the output of `cargo tree`, without the root.
fn packages(tree: &str) -> usize {
    let packages = tree.lines().skip(1).map(|line| line.trim_end_matches(" (*)"));
    packages.filter(|package| !package.is_empty()).collect::<BTreeSet<_>>().len()
}

/// Counts the lines that are generated for the features of a program.
pub fn count_lines(root: &Path) -> Result<String> {
    let document =
        fs::read_to_string(root.join("openapi.json")).context("cannot read openapi.json")?;
    let count = |name: &&str| {
        let has_feature = |feature: &str| *name == "full" || feature == *name;
        let made = generate::generate(&document, &has_feature).map_err(|error| anyhow!(error))?;
        let lines: usize = made.iter().map(|(_, code)| code.lines().count()).sum();
        Ok(format!("figure lines/{name} {lines} lines\n"))
    };
    ["numbers", "full"].iter().map(count).collect()
}

/// Builds the programs in turn, so that other load on the machine slows all of them.
pub fn time_programs(root: &Path) -> Result<String> {
    let programs = lay_out(root)?;
    let mut times = NAMES.map(|name| (name, Vec::new()));
    for _ in 0..RUNS {
        for (name, times) in &mut times {
            times.push(cold(&programs.join(name), &programs, "cargo build --offline")?.1);
        }
    }
    Ok(times.map(|(name, times)| figure::median(&format!("build/{name}"), times)).concat())
}

/// Times the commands of the README.
pub fn time_commands(root: &Path) -> Result<String> {
    let readme = fs::read_to_string(root.join("README.md"))?;
    let command = |beginning: &str| {
        let command = readme.lines().find(|line| line.starts_with(beginning));
        command.with_context(|| format!("README.md has no command `{beginning}`"))
    };
    let commands = [
        ("library", "cargo build --lib --features mock"),
        ("first", command("cargo run")?),
        ("test", command("cargo test")?),
    ];
    let time = |(name, command)| {
        let (_, seconds) = cold(root, &scratch(root), command)?;
        Ok(figure::median(&format!("command/{name}"), vec![seconds]))
    };
    commands.into_iter().map(time).collect()
}

/// Measures the binaries of the programs, built for release.
pub fn weigh(root: &Path) -> Result<String> {
    let programs = lay_out(root)?;
    let weigh = |name: &&str| {
        let (target, _) = cold(&programs.join(name), &programs, "cargo build --offline --release")?;
        let binary = target.path().join(format!("release/program{EXE_SUFFIX}"));
        Ok(format!("figure size/{name} {} bytes\n", fs::metadata(binary)?.len()))
    };
    LISTING.iter().map(weigh).collect()
}

#[cfg(test)]
mod tests {
    use super::packages;

    #[test]
    fn a_package_counts_once_for_each_version_and_set_of_features() {
        let tree = "program v0.0.0 (/a)|\nsyn v2.0.1|full\nsyn v3.0.1|full\nsyn v3.0.1|\n\
                    syn v2.0.1|full (*)\n\nserde_derive v1.0.0 (proc-macro)|default\n";
        assert_eq!(packages(tree), 4);
    }
}
