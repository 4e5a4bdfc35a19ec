//! The insta snapshots of what is generated from `openapi.json`.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::folder;
use crate::regen::Freshness;

/// Where the snapshots lie, and how the names of the generated ones begin.
const FOLDER: &str = "tests/snapshots";
const PREFIX: &str = "generated__";

/// What building the client and running its tests takes.
const WORKSPACE: [&str; 9] = [
    "Cargo.toml",
    "Cargo.lock",
    "build.rs",
    "build",
    "src",
    "tests",
    "examples",
    "README.md",
    "xtask",
];

/// New snapshots in a copy of the workspace.
pub struct Made {
    copy: PathBuf,
}

/// Generates from `document` in a copy of the workspace, compiles it, and makes
/// its snapshots there.
pub fn make(root: &Path, target: &Path, document: &str) -> Result<Made> {
    let copy = target.join("regen");
    if copy.exists() {
        std::fs::remove_dir_all(&copy)?;
    }
    std::fs::create_dir_all(&copy)?;
    copy_workspace(root, &copy)?;
    std::fs::write(copy.join("openapi.json"), document)?;
    for snapshot in snapshots(&copy)? {
        std::fs::remove_file(snapshot)?;
    }
    if let Err(output) = run_tests(&copy, target, Update::Accept)? {
        bail!("the client does not build from this document:\n{output}");
    }
    // Tests that were renamed pass without having run.
    let made = snapshots(&copy)?;
    for group in ["code", "json_schema"] {
        let begins = format!("{PREFIX}{group}@");
        let is_there = |file: &PathBuf| {
            file.file_name().is_some_and(|name| name.to_string_lossy().starts_with(&begins))
        };
        ensure!(made.iter().any(is_there), "tests/generated.rs made no snapshot {begins}...");
    }
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

/// Whether the committed snapshots match what is generated, or how they differ.
pub fn check(root: &Path, target: &Path) -> Result<Freshness> {
    Ok(match run_tests(root, target, Update::Refuse)? {
        Ok(()) => Freshness::Fresh,
        Err(output) => Freshness::Stale(output),
    })
}

/// What to do with a snapshot that differs.
#[derive(Clone, Copy, PartialEq)]
enum Update {
    Accept,
    Refuse,
}

/// Runs the snapshot tests of the workspace in `folder`; the inner error is
/// what they said.
fn run_tests(folder: &Path, target: &Path, update: Update) -> Result<Result<(), String>> {
    eprintln!("building the client to compare its snapshots");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .current_dir(folder)
        // The same selection as the README's test command, so that the two
        // share what they compile.
        .args(["test", "--quiet", "--locked", "--workspace", "--features", "schemars"])
        .args(["--test", "generated"])
        .env("CARGO_TARGET_DIR", target)
        .env("INSTA_UPDATE", "no")
        .env("INSTA_FORCE_PASS", "0");
    // Each of these would write snapshots, or read others.
    for variable in [
        "INSTA_FORCE_UPDATE",
        "INSTA_FORCE_UPDATE_SNAPSHOTS",
        "INSTA_WORKSPACE_ROOT",
        "PILOT_STATUS_TEST_DOCUMENT",
    ] {
        command.env_remove(variable);
    }
    if update == Update::Accept {
        // Only the tests that write: the others read what these write.
        command.args(["--", "match"]).env("INSTA_UPDATE", "always").env("INSTA_FORCE_PASS", "1");
    }
    let run = command.output().context("cannot run cargo")?;
    let output = [run.stdout, run.stderr].concat();
    Ok(if run.status.success() {
        Ok(())
    } else {
        Err(String::from_utf8_lossy(&output).into_owned())
    })
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
    let mut files = folder::files(&folder)?;
    files.retain(|file| {
        file.file_name().is_some_and(|name| name.to_string_lossy().starts_with(PREFIX))
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
