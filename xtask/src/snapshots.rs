//! The insta snapshots of what is generated from `openapi.json`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};

use crate::files::Changes;
use crate::folder;
use crate::shell::Shell;

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
    folder::empty(&copy)?;
    folder::copy_workspace(root, &copy)?;
    for (path, text) in files {
        fs::write(copy.join(path), text).with_context(|| format!("cannot copy {path}"))?;
    }
    for name in snapshots(&copy)?.into_keys() {
        fs::remove_file(copy.join(FOLDER).join(name))?;
    }
    // Cargo takes what it built of the copy for what it built of the original where both
    // lie in one folder.
    run_tests(&copy, &target.join("regen/target"))?;
    // Tests that were renamed pass without having run.
    let made = snapshots(&copy)?;
    for group in ["code", "surface"] {
        let begins = format!("{PREFIX}{group}@");
        let is_there = made.keys().any(|name| name.starts_with(&begins));
        ensure!(is_there, "tests/generated made no snapshot {begins}...");
    }
    replace(root, made, changes)
}

/// Plans to put new snapshots in place of those of the workspace.
fn replace(root: &Path, made: BTreeMap<String, Vec<u8>>, changes: &mut Changes) -> Result<()> {
    for name in snapshots(root)?.into_keys().filter(|name| !made.contains_key(name)) {
        changes.remove(root.join(FOLDER).join(name));
    }
    for (name, text) in made {
        changes.write(root.join(FOLDER).join(name), text);
    }
    Ok(())
}

/// Runs the tests that write the snapshots, or says why no client can be built.
fn run_tests(copy: &Path, target: &Path) -> Result<()> {
    // The client depends on no TLS, which takes long to build. Only the tests that write are
    // run: the others read what these write.
    let command = "cargo test --locked --package pilot-status --no-default-features \
                   --features full,schemars --test generated -- match";
    let shell = Shell::new(copy)
        // A warning is no reason against a document.
        .without("RUSTFLAGS")
        .with("CARGO_TARGET_DIR", target)
        .with("INSTA_UPDATE", "always")
        .with("INSTA_FORCE_PASS", "1");
    let run = shell.command(command).output().context("cannot run cargo")?;
    if run.status.success() {
        return Ok(());
    }
    let output = String::from_utf8_lossy(&[run.stdout, run.stderr].concat()).into_owned();
    // What build.rs refuses is in one line.
    let reason =
        output.split_once(" cannot become a client:").and_then(|(_, it)| it.lines().next());
    bail!("no client can be built of this document:{}", reason.unwrap_or(&format!("\n{output}")))
}

/// The snapshots of what is generated, by the names of their files.
fn snapshots(root: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut files = folder::files(&root.join(FOLDER))?;
    files
        .retain(|name, file| name.starts_with(PREFIX) && file.extension() == Some("snap".as_ref()));
    files.into_iter().map(|(name, file)| Ok((name, fs::read(file)?))).collect()
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
            replace(root.path(), snapshots(copy.path()).unwrap(), &mut changes).unwrap();
            changes.commit().unwrap();
            assert_eq!(std::fs::read_to_string(&other).unwrap(), "not generated");
            std::fs::remove_file(other).unwrap();
            let left = tree(root.path());
            assert_eq!(left.len(), tree(copy.path()).len(), "{left:?}");
            assert_eq!(snapshots(root.path()).unwrap(), snapshots(copy.path()).unwrap());
        }
    }
}
