//! What lies in a folder.

use std::fs::{self, ReadDir};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The files of a folder in the order of their names, hidden ones left out.
pub fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let list = |entries: ReadDir| entries.map(|entry| Ok(entry?.path())).collect();
    let files = fs::read_dir(folder).and_then(list);
    let mut files: Vec<PathBuf> =
        files.with_context(|| format!("cannot list {}", folder.display()))?;
    let is_hidden = |path: &PathBuf| {
        path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."))
    };
    files.retain(|path| path.is_file() && !is_hidden(path));
    files.sort();
    Ok(files)
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
