//! Folders: those under Cargo's target folder in which clients are built, and what lies in others.

use std::collections::BTreeMap;
use std::fs::{self, DirEntry, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use fs_extra::dir::CopyOptions;

use crate::console;

/// Takes a folder that one run at a time may use, until the file is dropped. Waits for
/// another run that has it.
pub fn lock(folder: &Path, run: &str) -> Result<File> {
    fs::create_dir_all(folder)?;
    let file = File::create(folder.join("lock"))?;
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => {
            console::report(format_args!("waiting for another {run}"));
            file.lock()?;
        }
        taken => taken?,
    }
    Ok(file)
}

/// Makes a folder, without what was in it.
pub fn empty(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    Ok(fs::create_dir_all(folder)?)
}

/// Cargo's folder for what it builds.
pub fn target_folder(root: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| root.join("target"), |folder| root.join(folder))
}

/// Copies the workspace to a folder in it or elsewhere, without hidden files and without what
/// Cargo built.
pub fn copy_workspace(from: &Path, to: &Path) -> Result<()> {
    let mut entries = entries(from)?;
    entries.retain(|name, path| name != "target" && !to.starts_with(path));
    let paths: Vec<PathBuf> = entries.into_values().collect();
    fs_extra::copy_items(&paths, to, &CopyOptions::new())
        .with_context(|| format!("cannot copy {}", from.display()))?;
    Ok(())
}

/// What is in a folder, by the names, hidden files left out.
pub fn entries(folder: &Path) -> Result<BTreeMap<String, PathBuf>> {
    let entries: io::Result<Vec<DirEntry>> = fs::read_dir(folder).and_then(Iterator::collect);
    let entries = entries.with_context(|| format!("cannot list {}", folder.display()))?;
    let named = |entry: DirEntry| (entry.file_name().to_string_lossy().into_owned(), entry.path());
    let named = entries.into_iter().map(named);
    Ok(named.filter(|(name, _)| !name.starts_with('.')).collect())
}

/// The files of a folder, by their names.
pub fn files(folder: &Path) -> Result<BTreeMap<String, PathBuf>> {
    Ok(entries(folder)?.into_iter().filter(|(_, path)| path.is_file()).collect())
}

#[cfg(test)]
pub use tests::tree;

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    /// Every file under a folder, hidden ones too, and its contents.
    pub fn tree(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
        let mut tree = Vec::new();
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                tree.extend(self::tree(&path));
            } else if path.is_file() {
                tree.push((path.clone(), std::fs::read(path).unwrap()));
            }
        }
        tree.sort();
        tree
    }
}
