//! Folders under Cargo's target folder in which clients are built.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::console;

/// Takes a folder that one run at a time may use, until the file is dropped. Waits for
/// another run that has it.
pub fn lock(folder: &Path, run: &str) -> Result<File> {
    std::fs::create_dir_all(folder)?;
    let file = File::create(folder.join("lock"))?;
    if let Err(error) = file.try_lock() {
        match error {
            TryLockError::WouldBlock => console::report(format_args!("waiting for another {run}")),
            TryLockError::Error(error) => return Err(error.into()),
        }
        file.lock()?;
    }
    Ok(file)
}

/// Makes a folder, without what was in it.
pub fn empty(folder: &Path) -> Result<()> {
    if folder.exists() {
        std::fs::remove_dir_all(folder)?;
    }
    Ok(std::fs::create_dir_all(folder)?)
}

/// Cargo's folder for what it builds.
pub fn target_folder(root: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| root.join("target"), |folder| root.join(folder))
}

/// Copies the workspace to a folder in it or elsewhere, without hidden files and without what
/// Cargo built.
pub fn copy_workspace(from: &Path, to: &Path) -> Result<()> {
    for entry in std::fs::read_dir(from)? {
        let name = entry?.file_name();
        let path = from.join(&name);
        let is_built = to.starts_with(&path) || path.join("CACHEDIR.TAG").exists();
        if !is_built && !name.to_string_lossy().starts_with('.') {
            copy_all(&path, &to.join(&name))
                .with_context(|| format!("cannot copy {}", path.display()))?;
        }
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
