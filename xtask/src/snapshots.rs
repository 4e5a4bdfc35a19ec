//! The insta snapshots of what is generated from `openapi.json`.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};

use crate::files::Changes;
use crate::scratch::{self, Scratch};
use crate::{folder, regen};

/// Where the snapshots lie, and how the names of the generated ones begin.
const FOLDER: &str = "tests/snapshots";
const PREFIX: &str = "generated__";

/// New snapshots in a copy of the workspace.
pub struct Made {
    /// What the build says of the document.
    pub warnings: Vec<String>,
    scratch: Scratch,
}

/// Generates from `document` in a copy of the workspace under `target`, compiles
/// it, and makes its snapshots there.
pub fn make(root: &Path, target: &Path, document: &str) -> Result<Made> {
    let scratch = Scratch::new(root, target, document)?;
    for snapshot in snapshots(&scratch.folder)? {
        std::fs::remove_file(snapshot)?;
    }
    let warnings = run_tests(&scratch)?;
    // Tests that were renamed pass without having run.
    let made = snapshots(&scratch.folder)?;
    for group in ["code", "surface", "json_schema"] {
        let begins = format!("{PREFIX}{group}@");
        let is_there = |file: &PathBuf| {
            file.file_name().is_some_and(|name| name.to_string_lossy().starts_with(&begins))
        };
        ensure!(made.iter().any(is_there), "tests/generated.rs made no snapshot {begins}...");
    }
    Ok(Made { warnings, scratch })
}

impl Made {
    /// How the snapshots of the workspace differ from the new ones; empty if they
    /// do not.
    pub fn differences(&self, root: &Path) -> Result<String> {
        let (old, new) = (contents(root)?, contents(&self.scratch.folder)?);
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

    /// Plans to put the new snapshots in place of those of the workspace.
    pub fn accept(&self, root: &Path, changes: &mut Changes) -> Result<()> {
        let (old, new) = (contents(root)?, contents(&self.scratch.folder)?);
        let folder = root.join(FOLDER);
        for name in old.keys().filter(|name| !new.contains_key(*name)) {
            changes.remove(folder.join(name));
        }
        for (name, bytes) in new {
            changes.write(folder.join(name), bytes);
        }
        Ok(())
    }
}

/// Runs the tests that write the snapshots, and returns the warnings of the build.
fn run_tests(scratch: &Scratch) -> Result<Vec<String>> {
    let mut command = scratch.cargo("test");
    command
        .args(["--features", "full,schemars", "--test", "generated"])
        // Only the tests that write: the others read what these write.
        .args(["--", "match"])
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
    scratch::run(command)
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
            let made = Made { warnings: Vec::new(), scratch: Scratch::in_folder(copy.path()) };
            let differences = made.differences(root.path()).unwrap();
            assert!(differences.contains(part), "{differences}");
            let mut changes = Changes::default();
            made.accept(root.path(), &mut changes).unwrap();
            changes.commit().unwrap();
            assert_eq!(made.differences(root.path()).unwrap(), "");
            assert_eq!(std::fs::read_to_string(other).unwrap(), "not generated");
        }
    }
}
