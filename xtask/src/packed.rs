//! The crate to publish, unpacked in a folder that knows nothing of this workspace.

use std::path::PathBuf;

use anyhow::Result;
use tempfile::TempDir;

use crate::manifest::Manifest;
use crate::shell::Shell;

/// Cargo's own words for "as it lies here", which a change that is not committed needs.
pub const OPTIONS: &str = "--locked --allow-dirty --package pilot-status";

/// The folder, which goes with this.
pub struct Packed {
    folder: TempDir,
    /// The name of the crate with its version.
    name: String,
}

impl Packed {
    pub fn new(shell: &Shell) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let name = format!("pilot-status-{}", Manifest::read(shell)?.version);
        Shell::new(shell.root)
            .with("CARGO_TARGET_DIR", folder.path())
            .run(&format!("cargo package {OPTIONS} --no-verify"))?;
        Shell::new(&folder.path().join("package")).run(&format!("tar -xzf {name}.crate"))?;
        Ok(Self { folder, name })
    }

    /// Where the files of the crate are.
    pub fn folder(&self) -> PathBuf {
        self.folder.path().join("package").join(&self.name)
    }
}
