//! The insta snapshots of what is generated from `openapi.json`.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::regen::Freshness;

/// Where the snapshots lie, and how the names of the generated ones begin.
const FOLDER: &str = "tests/snapshots";
const PREFIX: &str = "generated__";

/// The tests that hold them.
const SNAPSHOT_TESTS: [&str; 2] =
    ["generated_code_matches_its_snapshots", "json_schemas_match_their_snapshots"];

/// New snapshots in a copy of the workspace.
pub struct Made {
    copy: PathBuf,
}

/// Generates from `document` in a copy of the workspace, compiles it, and makes
/// its snapshots there.
pub fn make(root: &Path, document: &str) -> Result<Made> {
    let copy = target_folder(root).join("regen");
    if copy.exists() {
        std::fs::remove_dir_all(&copy)?;
    }
    copy_workspace(root, &copy).context("cannot copy the workspace")?;
    std::fs::write(copy.join("openapi.json"), document)?;
    for snapshot in snapshots(&copy)? {
        std::fs::remove_file(snapshot)?;
    }
    let passed = run_tests(&copy, &target_folder(root), Update::Accept)?;
    ensure!(passed, "the client does not build from this document: see above");
    Ok(Made { copy })
}

impl Made {
    /// Puts the new snapshots in place of those of the workspace, and names
    /// those that changed.
    pub fn accept(&self, root: &Path) -> Result<()> {
        let new = contents(&self.copy)?;
        let old = contents(root)?;
        let folder = root.join(FOLDER);
        std::fs::create_dir_all(&folder)?;
        for name in old.keys().filter(|name| !new.contains_key(*name)) {
            std::fs::remove_file(folder.join(name))?;
            println!("removed {FOLDER}/{}", name.display());
        }
        for (name, text) in &new {
            if old.get(name) != Some(text) {
                std::fs::write(folder.join(name), text)?;
                println!("wrote {FOLDER}/{}", name.display());
            }
        }
        Ok(())
    }
}

/// Whether the committed snapshots match what is generated. The test prints
/// how they differ.
pub fn check(root: &Path) -> Result<Freshness> {
    let passed = run_tests(root, &target_folder(root), Update::Refuse)?;
    Ok(if passed { Freshness::Fresh } else { Freshness::Stale })
}

/// What to do with a snapshot that differs.
#[derive(Clone, Copy)]
enum Update {
    Accept,
    Refuse,
}

/// Runs the snapshot tests of the workspace in `folder`.
fn run_tests(folder: &Path, target: &Path, update: Update) -> Result<bool> {
    let (update, force_pass) = match update {
        Update::Accept => ("always", "1"),
        Update::Refuse => ("no", "0"),
    };
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    eprintln!("building the client to compare its snapshots");
    let run = Command::new(cargo)
        .current_dir(folder)
        // The same selection as the README's test command, so that the two
        // share what they compile.
        .args(["test", "--quiet", "--workspace", "--features", "schemars", "--test", "generated"])
        .args(["--", "--exact"])
        .args(SNAPSHOT_TESTS)
        .env("CARGO_TARGET_DIR", target)
        .env("INSTA_UPDATE", update)
        .env("INSTA_FORCE_PASS", force_pass)
        .output()
        .context("cannot run cargo")?;
    if !run.status.success() {
        std::io::stdout().write_all(&run.stdout)?;
        std::io::stderr().write_all(&run.stderr)?;
    }
    Ok(run.status.success())
}

/// The snapshots of a workspace by the names of their files.
fn contents(root: &Path) -> Result<BTreeMap<OsString, Vec<u8>>> {
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
    let mut files = crate::upstream::files(&folder)?;
    files.retain(|file| {
        file.file_name().is_some_and(|name| name.to_string_lossy().starts_with(PREFIX))
    });
    Ok(files)
}

fn target_folder(root: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| root.join("target"), |folder| root.join(folder))
}

fn copy_workspace(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let name = entry.file_name();
        if [".git", "target"].iter().any(|skipped| name == OsStr::new(skipped)) {
            continue;
        }
        let to = to.join(&name);
        if entry.file_type()?.is_dir() {
            copy_workspace(&entry.path(), &to)?;
        } else {
            std::fs::copy(entry.path(), to)?;
        }
    }
    Ok(())
}
