//! Checks the licences of all crates.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Result, ensure};
use spdx::{Expression, ParseMode};

use crate::shell::{command, output};

/// Licences that a crate may have. The certificates that xtask trusts have CDLA-Permissive-2.0.
/// progenitor has MPL-2.0: changes to its files must be shared; our files may have any licence.
const ALLOWED: &str =
    "0BSD Apache-2.0 BSD-3-Clause CDLA-Permissive-2.0 ISC MIT MPL-2.0 Unicode-3.0 Zlib";

/// Checks the licence of every crate that the client or xtask builds.
pub fn check(root: &Path) -> Result<()> {
    let list = "cargo tree --locked --workspace --all-features --target all \
                --edges normal,build,dev --prefix none --format {l}|{p}";
    let tree = output(command(root, list))?;
    ensure!(tree.contains("pilot-status"), "cargo tree does not list the crates");
    let wrong = wrong(&tree);
    ensure!(wrong.is_empty(), "licences that must be reviewed: {wrong:#?}");
    Ok(())
}

/// The lines of a tree, `LICENCE|CRATE`, without a licence or with one that is not allowed.
fn wrong(tree: &str) -> BTreeSet<&str> {
    let lines = tree.lines().map(|line| line.trim_end_matches(" (*)"));
    let lines = lines.filter(|line| !line.is_empty());
    lines.filter(|line| !line.split_once('|').is_some_and(|(one, _)| is_met(one))).collect()
}

/// Whether the allowed licences satisfy an SPDX expression. They do not satisfy an invalid one.
fn is_met(expression: &str) -> bool {
    // Exceptions only add permissions.
    Expression::parse_mode(expression, ParseMode::LAX).is_ok_and(|expression| {
        let is_allowed = |name| ALLOWED.split(' ').any(|allowed| allowed == name);
        expression.evaluate(|one| one.license.id().is_some_and(|id| is_allowed(id.name)))
    })
}

#[cfg(test)]
mod tests {
    use super::{is_met, wrong};

    #[test]
    fn and_requires_both_sides_and_or_requires_one() {
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
    fn an_invalid_expression_is_not_met() {
        for expression in ["", "MIT OR", "(MIT", "MIT)", "MIT ISC", "AND MIT", "MIT WITH"] {
            assert!(!is_met(expression), "{expression}");
        }
    }

    #[test]
    fn a_package_without_an_allowed_licence_is_listed() {
        let tree = "MIT|a v1.0.0\n\nGPL-3.0-only|b v1.0.0 (*)\n|c v1.0.0\nGPL-3.0-only|b v1.0.0\n";
        let expected = ["GPL-3.0-only|b v1.0.0", "|c v1.0.0"];
        assert_eq!(wrong(tree), expected.into());
    }
}
