//! A copy of the workspace, to build the client of a document that nobody has
//! accepted yet.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

/// What building the client and running its tests takes.
const WORKSPACE: [&str; 11] = [
    "Cargo.toml",
    "Cargo.lock",
    "build.rs",
    "build",
    "src",
    "tests",
    "examples",
    "benches",
    "README.md",
    "docs",
    "xtask",
];

/// The copy, which nobody else uses at the same time.
pub struct Scratch {
    pub folder: PathBuf,
    target: PathBuf,
    _lock: File,
}

impl Scratch {
    /// Copies the workspace to a folder under `target`, Cargo's folder for what it
    /// builds, with another `openapi.json`.
    pub fn new(root: &Path, target: &Path, document: &str) -> Result<Self> {
        std::fs::create_dir_all(target.join("regen"))?;
        let lock = File::create(target.join("regen/lock"))?;
        lock.lock()?;
        let folder = target.join("regen/workspace");
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        std::fs::create_dir_all(&folder)?;
        copy_workspace(root, &folder)?;
        std::fs::write(folder.join("openapi.json"), document)?;
        // The client shows it in its documentation, which is not built here.
        std::fs::write(folder.join("OPERATIONS.md"), "")?;
        // Cargo takes what it built of the copy for what it built of the original
        // where both lie in one folder.
        Ok(Self { folder, target: target.join("regen/target"), _lock: lock })
    }

    /// A command of Cargo for the client in the copy.
    pub fn cargo(&self, command: &str) -> Command {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo
            .current_dir(&self.folder)
            .arg(command)
            // The client depends on no TLS, which takes long to build.
            .args(["--locked", "--package", "pilot-status", "--no-default-features"])
            .env("CARGO_TARGET_DIR", &self.target);
        cargo
    }

    #[cfg(test)]
    pub fn in_folder(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            target: folder.to_owned(),
            _lock: tempfile::tempfile().unwrap(),
        }
    }
}

/// Runs a command and returns the warnings of build.rs, which tell what it does not
/// take as the document says it. Says why no client can be built where it fails.
pub fn run(mut command: Command) -> Result<Vec<String>> {
    let run = command.output().context("cannot run cargo")?;
    let output = String::from_utf8_lossy(&[run.stdout, run.stderr].concat()).into_owned();
    // In one line each, as its error.
    let mut told = output.lines().filter_map(|line| line.split_once(": openapi.json: "));
    if run.status.success() {
        return Ok(told.map(|(_, warning)| warning.to_owned()).collect());
    }
    match told.find(|(before, _)| before.starts_with("error")) {
        Some((_, reason)) => bail!("no client can be built of this document: {reason}"),
        None => bail!("no client can be built of this document:\n{output}"),
    }
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

/// Copies a file, or a folder with all that is in it.
pub fn copy_all(from: &Path, to: &Path) -> std::io::Result<()> {
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
