//! The insta snapshots of what is generated from `openapi.json`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::files::Changes;
use crate::{folder, scratch};

/// Where the snapshots lie, and how the names of the generated ones begin.
const FOLDER: &str = "tests/snapshots";
const PREFIX: &str = "generated__";

/// Builds the client with new files in a copy of the workspace under `target`, and plans to
/// take over the snapshots that its tests make there.
pub fn make(
    root: &Path,
    target: &Path,
    files: &BTreeMap<String, String>,
    changes: &mut Changes,
) -> Result<()> {
    let copy = target.join("regen/workspace");
    scratch::empty(&copy)?;
    scratch::copy_workspace(root, &copy)?;
    for (path, text) in files {
        fs::write(copy.join(path), text).with_context(|| format!("cannot copy {path}"))?;
    }
    for snapshot in snapshots(&copy)? {
        fs::remove_file(snapshot)?;
    }
    // Cargo takes what it built of the copy for what it built of the original where both
    // lie in one folder.
    run_tests(&copy, &target.join("regen/target"))?;
    // Tests that were renamed pass without having run.
    let made = snapshots(&copy)?;
    for group in ["code", "surface", "json_schema"] {
        let begins = format!("{PREFIX}{group}@");
        let is_there = made.iter().any(|file| name(file).starts_with(&begins));
        ensure!(is_there, "tests/generated made no snapshot {begins}...");
    }
    replace(root, &copy, changes)
}

/// Plans to put the snapshots of the copy in place of those of the workspace.
fn replace(root: &Path, copy: &Path, changes: &mut Changes) -> Result<()> {
    for old in snapshots(root)? {
        if !copy.join(FOLDER).join(name(&old)).exists() {
            changes.remove(old);
        }
    }
    for new in snapshots(copy)? {
        changes.write(root.join(FOLDER).join(name(&new)), fs::read(&new)?);
    }
    Ok(())
}

/// Runs the tests that write the snapshots, or says why no client can be built.
fn run_tests(copy: &Path, target: &Path) -> Result<()> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .current_dir(copy)
        // The client depends on no TLS, which takes long to build.
        .args(["test", "--locked", "--package", "pilot-status", "--no-default-features"])
        .args(["--features", "full,schemars", "--test", "generated"])
        // Only the tests that write: the others read what these write.
        .args(["--", "match"])
        .env("CARGO_TARGET_DIR", target);
    // Others of these would write elsewhere, or read something else.
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("INSTA_") || text.starts_with("PILOT_STATUS_") {
            cargo.env_remove(&name);
        }
    }
    cargo.env("INSTA_UPDATE", "always").env("INSTA_FORCE_PASS", "1");
    let run = cargo.output().context("cannot run cargo")?;
    if run.status.success() {
        return Ok(());
    }
    let output = String::from_utf8_lossy(&[run.stdout, run.stderr].concat()).into_owned();
    // What build.rs refuses is in one line.
    match output.split_once(" cannot become a client: ") {
        Some((_, rest)) => {
            let reason = rest.lines().next().unwrap_or_default();
            bail!("no client can be built of this document: {reason}")
        }
        None => bail!("no client can be built of this document:\n{output}"),
    }
}

fn name(file: &Path) -> String {
    file.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn snapshots(root: &Path) -> Result<Vec<PathBuf>> {
    let folder = root.join(FOLDER);
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let mut files = folder::files(&folder)?;
    files.retain(|file| {
        let is_snapshot = file.extension().is_some_and(|extension| extension == "snap");
        is_snapshot && name(file).starts_with(PREFIX)
    });
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::folder::tree;

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
    fn whatever_differs_is_replaced() {
        let copy = workspace(&NEW);
        for old in [
            vec![("generated__a.snap", "one\n"), ("generated__b.snap", "changed\n")],
            vec![("generated__a.snap", "one\n"), ("generated__b.snap", "two\n\n")],
            vec![("generated__a.snap", "one\n")],
            [&NEW[..], &[("generated__c.snap", "gone\n")]].concat(),
            vec![],
        ] {
            let root = workspace(&old);
            let other = root.path().join(FOLDER).join("errors__table.snap");
            std::fs::write(&other, "not generated").unwrap();
            let mut changes = Changes::default();
            replace(root.path(), copy.path(), &mut changes).unwrap();
            changes.commit().unwrap();
            assert_eq!(std::fs::read_to_string(&other).unwrap(), "not generated");
            std::fs::remove_file(other).unwrap();
            let texts = |root: &Path| {
                let files = tree(root).into_iter();
                files.map(|(path, text)| (name(&path), text)).collect::<Vec<_>>()
            };
            assert_eq!(texts(root.path()), texts(copy.path()));
        }
    }
}
