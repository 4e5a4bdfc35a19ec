//! The crate to publish, unpacked in a folder that knows nothing of this workspace.

use std::path::PathBuf;

use anyhow::Result;
use tempfile::TempDir;

use crate::shell::Shell;

/// The crate with its version, which is that of the workspace.
const NAME: &str = concat!("pilot-status-", env!("CARGO_PKG_VERSION"));

/// The folder, which goes with this.
pub struct Packed(TempDir);

impl Packed {
    /// Packs it as it lies here, with changes that are not committed.
    pub fn new(shell: &Shell) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        Shell::new(shell.root)
            .with("CARGO_TARGET_DIR", folder.path())
            .run("cargo package --locked --allow-dirty --package pilot-status --no-verify")?;
        Shell::new(&folder.path().join("package")).run(&format!("tar -xzf {NAME}.crate"))?;
        Ok(Self(folder))
    }

    /// Where the files of the crate are.
    pub fn folder(&self) -> PathBuf {
        self.0.path().join("package").join(NAME)
    }
}
