//! Reads the licence of every crate that is built for the client or for xtask.

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use spdx::{Expression, ParseMode};

use crate::console;
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

pub fn check(shell: &Shell) -> Result<()> {
    let metadata = shell.output("cargo metadata --locked --format-version 1")?;
    let metadata: Value = serde_json::from_str(&metadata)?;
    let packages = metadata["packages"].as_array().context("Cargo names no packages")?;
    let wrong: Vec<String> = packages.iter().filter_map(wrong).collect();
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    console::print(format_args!("{} crates", packages.len()));
    Ok(())
}

/// What is wrong with the licence of a package.
fn wrong(package: &Value) -> Option<String> {
    let [name, version] = ["name", "version"].map(|key| package[key].as_str().unwrap_or("?"));
    match package["license"].as_str() {
        None => Some(format!("{name} {version} names no licence")),
        Some(license) if is_met(license) => None,
        Some(license) => Some(format!("{name} {version} has a licence to be read: {license}")),
    }
}

/// Whether an expression can be met with the licences that are allowed. One that cannot be
/// read is not met.
fn is_met(expression: &str) -> bool {
    // An exception only allows more.
    Expression::parse_mode(expression, ParseMode::LAX).is_ok_and(|expression| {
        expression.evaluate(|one| one.license.id().is_some_and(|id| ALLOWED.contains(&id.name)))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{is_met, wrong};

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
        let of = |license: Option<&str>| {
            wrong(&json!({"name": "a", "version": "1.0.0", "license": license}))
        };
        assert_eq!(of(Some("MIT OR GPL-3.0-only")), None);
        assert_eq!(of(None).unwrap(), "a 1.0.0 names no licence");
        let refused = "a 1.0.0 has a licence to be read: GPL-3.0-only";
        assert_eq!(of(Some("GPL-3.0-only")).unwrap(), refused);
    }
}
