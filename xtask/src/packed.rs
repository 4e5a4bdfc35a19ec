//! The crate to publish.

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::shell::Shell;

/// The crate with its version, which is that of the workspace.
const NAME: &str = concat!("pilot-status-", env!("CARGO_PKG_VERSION"));

/// Packs it as it lies here, with changes that are not committed, and unpacks it under a folder
/// that knows nothing of this workspace. Returns where its files are.
pub fn unpack(root: &Path, under: &Path) -> Result<PathBuf> {
    Shell::new(root)
        .with("CARGO_TARGET_DIR", under)
        .run("cargo package --locked --allow-dirty --package pilot-status --no-verify")?;
    let folder = under.join("package");
    Shell::new(&folder).run(&format!("tar -xzf {NAME}.crate"))?;
    Ok(folder.join(NAME))
}
