//! Finds crates that the client brings in more than one version.

use std::collections::BTreeSet;

use anyhow::{Result, ensure};

use crate::shell::Shell;

/// Crates that come twice. Derives of our dependencies are on version 2 of syn, and only the
/// compiler loads it.
const ALLOWED: [&str; 1] = ["syn"];

pub fn check(shell: &Shell) -> Result<()> {
    let tree = shell.output(
        "cargo tree --locked --package pilot-status --all-features --target all \
         --edges normal --duplicates --depth 0 --prefix none",
    )?;
    let names = names(&tree);
    ensure!(
        names == BTreeSet::from(ALLOWED),
        "in more than one version, by `cargo tree --duplicates`, come {names:?}; the list in \
         xtask/src/ci/duplicates.rs has {ALLOWED:?}"
    );
    Ok(())
}

/// The names in a list of crates, as `cargo tree` prints it.
fn names(tree: &str) -> BTreeSet<&str> {
    tree.lines().filter_map(|line| line.split_whitespace().next()).collect()
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn each_crate_in_a_tree_is_named_once() {
        let tree = "hex v0.4.3\nhex v0.5.0\n\nsyn v2.0.119 (proc-macro)\n\nsyn v3.0.10\n";
        assert_eq!(names(tree), ["hex", "syn"].into());
    }
}
