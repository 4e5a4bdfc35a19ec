//! Reads the licence of every crate that is built for the client or for xtask.

use anyhow::{Result, ensure};
use serde::Deserialize;

use super::spdx;
use crate::console;
use crate::shell::Shell;

/// Licences that a crate may have.
const ALLOWED: [&str; 8] = [
    "0BSD",
    "Apache-2.0",
    "BSD-3-Clause",
    "ISC",
    "MIT",
    "Unicode-3.0",
    // The certificates that xtask trusts.
    "CDLA-Permissive-2.0",
    // progenitor: who changes its files shares the changes; ours may have any licence.
    "MPL-2.0",
];

#[derive(Deserialize)]
struct Tree {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    license: Option<String>,
}

pub fn check(shell: &Shell) -> Result<()> {
    let tree: Tree =
        serde_json::from_str(&shell.output("cargo metadata --locked --format-version 1")?)?;
    let wrong: Vec<String> = tree.packages.iter().filter_map(wrong).collect();
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    console::print(format_args!("{} crates", tree.packages.len()));
    Ok(())
}

/// What is wrong with the licence of a package.
fn wrong(package: &Package) -> Option<String> {
    let Package { name, version, license } = package;
    match license {
        None => Some(format!("{name} {version} names no licence")),
        Some(license) if spdx::is_met(license, &ALLOWED) => None,
        Some(license) => Some(format!("{name} {version} has a licence to be read: {license}")),
    }
}

#[cfg(test)]
mod tests {
    use super::{Package, wrong};

    #[test]
    fn a_package_without_a_licence_that_is_allowed_is_named() {
        let of = |license: Option<&str>| {
            let license = license.map(str::to_owned);
            wrong(&Package { name: "a".into(), version: "1.0.0".into(), license })
        };
        assert_eq!(of(Some("MIT OR GPL-3.0-only")), None);
        assert_eq!(of(None).unwrap(), "a 1.0.0 names no licence");
        let refused = "a 1.0.0 has a licence to be read: GPL-3.0-only";
        assert_eq!(of(Some("GPL-3.0-only")).unwrap(), refused);
    }
}
