//! Folders under Cargo's target folder in which clients are built.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use fs_extra::dir::CopyOptions;

use crate::{console, folder};

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
    let mut entries = folder::entries(from)?;
    entries.retain(|path| !to.starts_with(path) && !path.join("CACHEDIR.TAG").exists());
    fs_extra::copy_items(&entries, to, &CopyOptions::new())
        .with_context(|| format!("cannot copy {}", from.display()))?;
    Ok(())
}
