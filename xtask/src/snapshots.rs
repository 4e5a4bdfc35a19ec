//! Updates the insta snapshots of the code generated from `openapi.json`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};

use crate::files::Changes;
use crate::{folder, shell};

/// The folder of the snapshots, and the prefix of those of generated code.
const FOLDER: &str = "tests/snapshots";
const PREFIX: &str = "generated__";

/// Builds the client with new files in a copy of the workspace under `target`, and plans to
/// copy the snapshots that its tests write there.
pub fn make(
    root: &Path,
    target: &Path,
    files: &BTreeMap<String, String>,
    changes: &mut Changes,
) -> Result<()> {
    let copy = target.join("regen/workspace");
    fs_extra::dir::create_all(&copy, true)?;
    folder::copy_workspace(root, &copy)?;
    for (path, text) in files {
        fs::write(copy.join(path), text).with_context(|| format!("cannot copy {path}"))?;
    }
    for name in snapshots(&copy)?.into_keys() {
        fs::remove_file(copy.join(FOLDER).join(name))?;
    }
    // In a shared target folder, Cargo would mistake the artifacts of the copy for those of the
    // original.
    run_tests(&copy, &target.join("regen/target"))?;
    // A filter that matches no test succeeds without running any, for example after a rename.
    let made = snapshots(&copy)?;
    for group in ["code", "surface"] {
        let begins = format!("{PREFIX}{group}@");
        let is_there = made.keys().any(|name| name.starts_with(&begins));
        ensure!(is_there, "tests/generated wrote no snapshot {begins}...");
    }
    replace(root, made, changes)
}

/// Plans to replace the snapshots of the workspace by new ones.
fn replace(root: &Path, made: BTreeMap<String, Vec<u8>>, changes: &mut Changes) -> Result<()> {
    for name in snapshots(root)?.into_keys().filter(|name| !made.contains_key(name)) {
        changes.remove(root.join(FOLDER).join(name));
    }
    for (name, text) in made {
        changes.write(root.join(FOLDER).join(name), text);
    }
    Ok(())
}

/// Runs the tests that write the snapshots. The error states why no client can be built.
fn run_tests(copy: &Path, target: &Path) -> Result<()> {
    // Without a TLS library, the client builds faster. The filter selects the tests that write
    // snapshots: the others read them.
    let words = "cargo test --locked --package pilot-status --no-default-features \
                 --features full,schemars --test generated -- match";
    let run = shell::command(copy, words)
        // A warning does not make a document unusable.
        .env_remove("RUSTFLAGS")
        .env("CARGO_TARGET_DIR", target)
        .env("INSTA_UPDATE", "always")
        .env("INSTA_FORCE_PASS", "1")
        .output()
        .context("cannot run cargo")?;
    if run.status.success() {
        return Ok(());
    }
    let output = String::from_utf8_lossy(&[run.stdout, run.stderr].concat()).into_owned();
    // build.rs reports a refused document on one line.
    let reason =
        output.split_once(" cannot become a client:").and_then(|(_, it)| it.lines().next());
    bail!("no client can be built from this document:{}", reason.unwrap_or(&format!("\n{output}")))
}

/// The contents of the snapshots of generated code, by file name.
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

    /// A workspace with snapshots of these names and contents.
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
    fn different_snapshots_are_replaced_and_old_ones_removed() {
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
