//! What lies in a folder.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The files of a folder in the order of their names, hidden ones left out.
pub fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let list = || -> std::io::Result<Vec<PathBuf>> {
        let mut files = Vec::new();
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            let hidden =
                path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
            if path.is_file() && !hidden {
                files.push(path);
            }
        }
        files.sort();
        Ok(files)
    };
    list().with_context(|| format!("cannot list {}", folder.display()))
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
