//! The insta snapshots of what is generated from `openapi.json`.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::{folder, regen};

/// Where the snapshots lie, and how the names of the generated ones begin.
const FOLDER: &str = "tests/snapshots";
const PREFIX: &str = "generated__";

/// What building the client and running its tests takes.
const WORKSPACE: [&str; 10] = [
    "Cargo.toml",
    "Cargo.lock",
    "build.rs",
    "build",
    "src",
    "tests",
    "examples",
    "benches",
    "README.md",
    "xtask",
];

/// New snapshots in a copy of the workspace.
pub struct Made {
    copy: PathBuf,
    /// Keeps others from the copy as long as it is in use.
    _lock: File,
}

/// Generates from `document` in a copy of the workspace under `target`, compiles
/// it, and makes its snapshots there.
pub fn make(root: &Path, target: &Path, document: &str) -> Result<Made> {
    std::fs::create_dir_all(target.join("regen"))?;
    let lock = File::create(target.join("regen/lock"))?;
    lock.lock()?;
    let copy = target.join("regen/workspace");
    if copy.exists() {
        std::fs::remove_dir_all(&copy)?;
    }
    std::fs::create_dir_all(&copy)?;
    copy_workspace(root, &copy)?;
    std::fs::write(copy.join("openapi.json"), document)?;
    for snapshot in snapshots(&copy)? {
        std::fs::remove_file(snapshot)?;
    }
    // Cargo takes what it built of the copy for what it built of the original
    // where both lie in one folder.
    run_tests(&copy, &target.join("regen/target"))?;
    // Tests that were renamed pass without having run.
    let made = snapshots(&copy)?;
    for group in ["code", "json_schema"] {
        let begins = format!("{PREFIX}{group}@");
        let is_there = |file: &PathBuf| {
            file.file_name().is_some_and(|name| name.to_string_lossy().starts_with(&begins))
        };
        ensure!(made.iter().any(is_there), "tests/generated.rs made no snapshot {begins}...");
    }
    Ok(Made { copy, _lock: lock })
}

impl Made {
    /// How the snapshots of the workspace differ from the new ones; empty if they
    /// do not.
    pub fn differences(&self, root: &Path) -> Result<String> {
        let (old, new) = (contents(root)?, contents(&self.copy)?);
        let names: BTreeSet<&OsString> = old.keys().chain(new.keys()).collect();
        let text = |snapshots: &Contents, name| {
            let bytes = snapshots.get(name).map(Vec::as_slice).unwrap_or_default();
            String::from_utf8_lossy(bytes).into_owned()
        };
        Ok(names
            .into_iter()
            .filter(|name| old.get(*name) != new.get(*name))
            .map(|name| {
                let path = format!("{FOLDER}/{}", name.display());
                regen::difference(&path, &text(&old, name), &text(&new, name))
            })
            .collect())
    }

    /// Puts the new snapshots in place of those of the workspace, and names
    /// those that changed.
    pub fn accept(&self, root: &Path) -> Result<()> {
        let (old, new) = (contents(root)?, contents(&self.copy)?);
        let folder = root.join(FOLDER);
        std::fs::create_dir_all(&folder)?;
        for name in old.keys().filter(|name| !new.contains_key(*name)) {
            std::fs::remove_file(folder.join(name))?;
            println!("removed {FOLDER}/{}", name.display());
        }
        for (name, bytes) in &new {
            if old.get(name) != Some(bytes) {
                std::fs::write(folder.join(name), bytes)?;
                println!("wrote {FOLDER}/{}", name.display());
            }
        }
        Ok(())
    }
}

/// Runs the tests that write the snapshots of the workspace in `folder`.
fn run_tests(folder: &Path, target: &Path) -> Result<()> {
    eprintln!("building the client to make its snapshots");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .current_dir(folder)
        // Snapshots depend on no TLS, which takes long to build.
        .args(["test", "--quiet", "--locked", "--package", "pilot-status", "--no-default-features"])
        .args(["--features", "schemars", "--test", "generated"])
        // Only the tests that write: the others read what these write.
        .args(["--", "match"])
        .env("CARGO_TARGET_DIR", target)
        .env("INSTA_UPDATE", "always")
        .env("INSTA_FORCE_PASS", "1");
    // Each of these would write elsewhere, or read something else.
    for variable in [
        "INSTA_FORCE_UPDATE",
        "INSTA_FORCE_UPDATE_SNAPSHOTS",
        "INSTA_WORKSPACE_ROOT",
        "PILOT_STATUS_TEST_DOCUMENT",
    ] {
        command.env_remove(variable);
    }
    let run = command.output().context("cannot run cargo")?;
    if run.status.success() {
        return Ok(());
    }
    let output = String::from_utf8_lossy(&[run.stdout, run.stderr].concat()).into_owned();
    // build.rs says in one line what is wrong with a document.
    match output.lines().find_map(|line| line.split_once(": openapi.json: ")) {
        Some((_, reason)) => bail!("no client can be built of this document: {reason}"),
        None => bail!("no client can be built of this document:\n{output}"),
    }
}

type Contents = BTreeMap<OsString, Vec<u8>>;

/// The snapshots of a workspace by the names of their files.
fn contents(root: &Path) -> Result<Contents> {
    let files = snapshots(root)?.into_iter();
    files
        .map(|file| Ok((file.file_name().unwrap_or_default().to_owned(), std::fs::read(file)?)))
        .collect()
}

fn snapshots(root: &Path) -> Result<Vec<PathBuf>> {
    let folder = root.join(FOLDER);
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let mut files = folder::files(&folder)?;
    files.retain(|file| {
        file.extension().is_some_and(|extension| extension == "snap")
            && file.file_name().is_some_and(|name| name.to_string_lossy().starts_with(PREFIX))
    });
    Ok(files)
}

/// Cargo's folder for what it builds.
pub fn target_folder(root: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| root.join("target"), |folder| root.join(folder))
}

/// Copies what building the client and running its tests takes.
pub fn copy_workspace(from: &Path, to: &Path) -> Result<()> {
    for name in WORKSPACE {
        copy_all(&from.join(name), &to.join(name))
            .with_context(|| format!("cannot copy {name}"))?;
    }
    Ok(())
}

fn copy_all(from: &Path, to: &Path) -> std::io::Result<()> {
    if !from.is_dir() {
        return std::fs::copy(from, to).map(drop);
    }
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let name = entry?.file_name();
        copy_all(&from.join(&name), &to.join(&name))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder with snapshots of these names and contents.
    fn workspace(snapshots: &[(&str, &str)]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(root.path().join(FOLDER)).unwrap();
        for (name, text) in snapshots {
            std::fs::write(root.path().join(FOLDER).join(name), text).unwrap();
        }
        root
    }

    const NEW: [(&str, &str); 2] = [("generated__a.snap", "one\n"), ("generated__b.snap", "two\n")];

    #[test]
    fn whatever_differs_is_found_and_mended() {
        let copy = workspace(&NEW);
        for (old, part) in [
            (
                vec![("generated__a.snap", "one\n"), ("generated__b.snap", "changed\n")],
                "-changed\n+two",
            ),
            (
                vec![("generated__a.snap", "one\n"), ("generated__b.snap", "two\n\n")],
                "generated__b.snap",
            ),
            (vec![("generated__a.snap", "one\n")], "+two"),
            ([&NEW[..], &[("generated__c.snap", "gone\n")]].concat(), "-gone"),
            (vec![], "+one"),
        ] {
            let root = workspace(&old);
            let other = root.path().join(FOLDER).join("errors__table.snap");
            std::fs::write(&other, "not generated").unwrap();
            let lock = File::create(root.path().join("lock")).unwrap();
            let made = Made { copy: copy.path().to_owned(), _lock: lock };
            let differences = made.differences(root.path()).unwrap();
            assert!(differences.contains(part), "{differences}");
            made.accept(root.path()).unwrap();
            assert_eq!(made.differences(root.path()).unwrap(), "");
            assert_eq!(std::fs::read_to_string(other).unwrap(), "not generated");
        }
    }
}
