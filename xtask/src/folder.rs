//! Locks, copies and lists folders.

use std::collections::BTreeMap;
use std::fs::{self, DirEntry, File};
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use fs_extra::dir::CopyOptions;

use crate::console;

/// Locks a folder that one run at a time may use, until the returned file is dropped. Waits
/// while another run holds the lock.
pub fn lock(folder: &Path, run: &str) -> Result<File> {
    fs::create_dir_all(folder)?;
    let file = File::create(folder.join("lock"))?;
    if file.try_lock().is_err() {
        console::report(format_args!("waiting for another {run}"));
        file.lock()?;
    }
    Ok(file)
}

/// Cargo's target folder.
pub fn target_folder(root: &Path) -> PathBuf {
    root.join(std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into()))
}

/// Copies the workspace without hidden files and without Cargo's target folder. The destination
/// may lie in the workspace.
pub fn copy_workspace(from: &Path, to: &Path) -> Result<()> {
    let mut entries = entries(from)?;
    entries.retain(|name, path| name != "target" && !to.starts_with(path));
    let paths: Vec<PathBuf> = entries.into_values().collect();
    fs_extra::copy_items(&paths, to, &CopyOptions::new())
        .with_context(|| format!("cannot copy {}", from.display()))?;
    Ok(())
}

/// The paths of the entries of a folder, by name, without hidden ones.
pub fn entries(folder: &Path) -> Result<BTreeMap<String, PathBuf>> {
    let entries: io::Result<Vec<DirEntry>> = fs::read_dir(folder).and_then(Iterator::collect);
    let entries = entries.with_context(|| format!("cannot list {}", folder.display()))?;
    let named = |entry: DirEntry| (entry.file_name().to_string_lossy().into_owned(), entry.path());
    let named = entries.into_iter().map(named);
    Ok(named.filter(|(name, _)| !name.starts_with('.')).collect())
}

/// The paths of the files of a folder, by name, without hidden ones.
pub fn files(folder: &Path) -> Result<BTreeMap<String, PathBuf>> {
    Ok(entries(folder)?.into_iter().filter(|(_, path)| path.is_file()).collect())
}

#[cfg(test)]
pub use tests::tree;

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    /// The path and the contents of every file under a folder, including hidden ones.
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
