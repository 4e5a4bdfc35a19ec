//! Which crates are built: each with a licence that is allowed, and none for the client twice.

use std::collections::BTreeSet;

use anyhow::{Result, ensure};
use spdx::{Expression, ParseMode};

use crate::shell::Shell;

/// Licences that a crate may have.
const ALLOWED: [&str; 9] = [
    "0BSD",
    "Apache-2.0",
    "BSD-3-Clause",
    "ISC",
    "MIT",
    "Unicode-3.0",
    "Zlib",
    // The certificates that xtask trusts.
    "CDLA-Permissive-2.0",
    // progenitor: who changes its files shares the changes; ours may have any licence.
    "MPL-2.0",
];

/// Crates that come twice. Derives of our dependencies are on version 2 of syn, and only the
/// compiler loads it.
const TWICE: [&str; 1] = ["syn"];

/// Reads the licence of every crate that is built for the client or for xtask.
pub fn licences(shell: &Shell) -> Result<()> {
    let tree = shell.output(
        "cargo tree --locked --workspace --all-features --target all --edges normal,build,dev --prefix none \
         --format {l}|{p}",
    )?;
    ensure!(tree.contains("pilot-status"), "cargo tree does not list the crates");
    let wrong = wrong(&tree);
    ensure!(wrong.is_empty(), "licences that are to be read: {wrong:#?}");
    Ok(())
}

/// The lines of a tree, `LICENCE|CRATE`, with a licence that is none or is not allowed.
fn wrong(tree: &str) -> BTreeSet<&str> {
    let lines = tree.lines().map(|line| line.trim_end_matches(" (*)"));
    let lines = lines.filter(|line| !line.is_empty());
    lines.filter(|line| !line.split_once('|').is_some_and(|(one, _)| is_met(one))).collect()
}

/// Whether an expression can be met with the licences that are allowed. One that cannot be
/// read is not met.
fn is_met(expression: &str) -> bool {
    // An exception only allows more.
    Expression::parse_mode(expression, ParseMode::LAX).is_ok_and(|expression| {
        expression.evaluate(|one| one.license.id().is_some_and(|id| ALLOWED.contains(&id.name)))
    })
}

/// Finds crates that the client brings in more than one version.
pub fn duplicates(shell: &Shell) -> Result<()> {
    let tree = shell.output(
        "cargo tree --locked --package pilot-status --all-features --target all \
         --edges normal --duplicates --depth 0 --prefix none",
    )?;
    let names = names(&tree);
    ensure!(
        names == BTreeSet::from(TWICE),
        "in more than one version, by `cargo tree --duplicates`, come {names:?}; the list in \
         xtask/src/ci/crates.rs has {TWICE:?}"
    );
    Ok(())
}

/// The names in a list of crates, as `cargo tree` prints it.
fn names(tree: &str) -> BTreeSet<&str> {
    tree.lines().filter_map(|line| line.split_whitespace().next()).collect()
}

#[cfg(test)]
mod tests {
    use super::{is_met, names, wrong};

    #[test]
    fn and_wants_both_sides_or_wants_one() {
        for (expression, expected) in [
            ("MIT", true),
            ("GPL-3.0", false),
            ("GPL-3.0 OR MIT", true),
            ("GPL-3.0/MIT", true),
            ("MIT AND GPL-3.0", false),
            ("GPL-3.0 OR MIT AND ISC", true),
            ("(GPL-3.0 OR MIT) AND ISC", true),
            ("GPL-3.0 AND (ISC OR MIT)", false),
            ("Apache-2.0 WITH LLVM-exception", true),
            ("GPL-3.0 WITH Classpath-exception-2.0 OR ISC", true),
        ] {
            assert_eq!(is_met(expression), expected, "{expression}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_not_met() {
        for expression in ["", "MIT OR", "(MIT", "MIT)", "MIT ISC", "AND MIT", "MIT WITH"] {
            assert!(!is_met(expression), "{expression}");
        }
    }

    #[test]
    fn a_package_without_a_licence_that_is_allowed_is_named() {
        let tree = "MIT|a v1.0.0\n\nGPL-3.0-only|b v1.0.0 (*)\n|c v1.0.0\nGPL-3.0-only|b v1.0.0\n";
        let told = ["GPL-3.0-only|b v1.0.0", "|c v1.0.0"];
        assert_eq!(wrong(tree), told.into());
    }

    #[test]
    fn each_crate_in_a_tree_is_named_once() {
        let tree = "hex v0.4.3\nhex v0.5.0\n\nsyn v2.0.119 (proc-macro)\n\nsyn v3.0.10\n";
        assert_eq!(names(tree), ["hex", "syn"].into());
    }
}
