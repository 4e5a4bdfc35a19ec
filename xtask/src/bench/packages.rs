//! How many packages the programs are built from.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::Result;

use super::Figure;
use super::programs::{self, Programs};

pub fn count(root: &Path) -> Result<Vec<Figure>> {
    let programs = Programs::lay_out(root)?;
    let count = |name: &&str| {
        let tree = programs.output(name, "tree --edges normal,build --prefix none")?;
        Ok(Figure::new("packages", name, f64::from(packages(&tree)), "packages"))
    };
    programs::NAMES.iter().map(count).collect()
}

/// The packages in a tree, as `cargo tree` prints it, but its root.
fn packages(tree: &str) -> u32 {
    let packages = tree.lines().skip(1).filter_map(|line| {
        let mut words = line.split_whitespace();
        Some((words.next()?, words.next()?))
    });
    // A tree has fewer packages than that.
    u32::try_from(packages.collect::<BTreeSet<_>>().len()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::packages;

    #[test]
    fn a_package_counts_once_in_each_version() {
        let tree = "program v0.0.0 (/a)\nsyn v2.0.1\nsyn v3.0.1\nquote v1.0.0\nsyn v2.0.1 (*)\n\n\
                    serde_derive v1.0.0 (proc-macro)\n";
        assert_eq!(packages(tree), 4);
    }
}
