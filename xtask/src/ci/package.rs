//! Looks into the crate to publish, and builds it alone.

use anyhow::{Result, ensure};

use crate::packed::{OPTIONS, Packed};
use crate::shell::Shell;

/// The files of the crate.
const FILES: [&str; 10] = [
    "CHANGELOG.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "OPERATIONS.md",
    "README.md",
    "README.pt-BR.md",
    "build.rs",
    "openapi.json",
];

/// Its folders, and how the files in them end.
const FOLDERS: [(&str, &str); 3] = [("build/", ".rs"), ("docs/", ".md"), ("src/", ".rs")];

/// What Cargo adds.
const CARGOS_OWN: [&str; 2] = [".cargo_vcs_info.json", "Cargo.toml.orig"];

pub fn check(shell: &Shell) -> Result<()> {
    let list = shell.output(&format!("cargo package {OPTIONS} --list"))?;
    let wrong = wrong(&list.replace('\\', "/"));
    ensure!(wrong.is_empty(), "the crate to publish is not as it should be:\n{}", wrong.join("\n"));
    let packed = Packed::new(shell)?;
    Shell::new(&packed.folder())
        .with("CARGO_TARGET_DIR", packed.folder().join("target"))
        .run("cargo build --locked --offline --no-default-features --features numbers")
}

/// What is missing from the files of a crate, or should not be among them.
fn wrong(list: &str) -> Vec<String> {
    let is_expected = |file: &str| {
        let is_in =
            |(folder, ending): &(&str, &str)| file.starts_with(folder) && file.ends_with(ending);
        FILES.contains(&file) || CARGOS_OWN.contains(&file) || FOLDERS.iter().any(is_in)
    };
    let missing = FILES.into_iter().filter(|file| !list.lines().any(|line| line == *file));
    let unexpected = list.lines().filter(|file| !is_expected(file));
    missing
        .map(|file| format!("missing: {file}"))
        .chain(unexpected.map(|file| format!("not to be in it: {file}")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{FILES, wrong};

    #[test]
    fn what_is_missing_or_does_not_belong_is_told() {
        let whole = format!("{}\nCargo.toml.orig\nsrc/lib.rs\ndocs/errors.md", FILES.join("\n"));
        assert_eq!(wrong(&whole), [""; 0]);
        let other = whole.replace("build.rs", "src/answer.json") + "\nxtask/src/main.rs";
        assert_eq!(
            wrong(&other),
            [
                "missing: build.rs",
                "not to be in it: src/answer.json",
                "not to be in it: xtask/src/main.rs"
            ]
        );
    }
}
