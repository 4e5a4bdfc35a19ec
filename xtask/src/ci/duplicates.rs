//! Finds crates that the client brings in more than one version.

use std::collections::BTreeSet;

use anyhow::{Result, ensure};

use crate::shell::Shell;

/// Crates that may come twice, and why.
const ALLOWED: [(&str, &str); 1] =
    [("syn", "derives of our dependencies are on version 2; only the compiler loads it")];

pub fn check(shell: &Shell) -> Result<()> {
    let tree = shell.output(
        "cargo tree --locked --package pilot-status --all-features --target all \
         --edges normal --duplicates --depth 0 --prefix none",
    )?;
    let wrong = wrong(&names(&tree), &ALLOWED);
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

/// The names in a list of crates, as `cargo tree` prints it.
fn names(tree: &str) -> BTreeSet<&str> {
    tree.lines().filter_map(|line| line.split_whitespace().next()).collect()
}

/// Where the crates that come twice are not those that may.
fn wrong(names: &BTreeSet<&str>, allowed: &[(&str, &str)]) -> Vec<String> {
    let is_allowed = |name: &str| allowed.iter().any(|(allowed, _)| *allowed == name);
    let unexpected = names.iter().filter(|name| !is_allowed(name));
    let gone = allowed.iter().filter(|(name, _)| !names.contains(name));
    unexpected
        .map(|name| format!("{name} comes in two versions: see `cargo tree --duplicates`"))
        .chain(gone.map(|(name, _)| format!("{name} comes once: take it from the list")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{names, wrong};

    #[test]
    fn a_crate_comes_twice_only_with_a_reason_that_still_holds() {
        let names = names("hex v0.4.3\nhex v0.5.0\n\nsyn v2.0.119 (proc-macro)\n\nsyn v3.0.10\n");
        assert_eq!(wrong(&names, &[("hex", ""), ("syn", "")]), [""; 0]);
        assert_eq!(
            wrong(&names, &[("http", ""), ("syn", "")]),
            [
                "hex comes in two versions: see `cargo tree --duplicates`",
                "http comes once: take it from the list"
            ]
        );
    }
}
