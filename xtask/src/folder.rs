//! What lies in a folder.

use std::fs::{self, ReadDir};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// What is in a folder, in the order of the names, hidden files left out.
pub fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let list = |entries: ReadDir| entries.map(|entry| Ok(entry?.path())).collect();
    let entries = fs::read_dir(folder).and_then(list);
    let mut entries: Vec<PathBuf> =
        entries.with_context(|| format!("cannot list {}", folder.display()))?;
    let name = |path: &PathBuf| path.file_name().unwrap_or_default().to_owned();
    entries.retain(|path| !name(path).as_encoded_bytes().starts_with(b"."));
    entries.sort();
    Ok(entries)
}

/// The files of a folder, in the same order.
pub fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    Ok(entries(folder)?.into_iter().filter(|path| path.is_file()).collect())
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
