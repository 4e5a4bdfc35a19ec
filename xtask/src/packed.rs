//! Packs and unpacks the crate to publish.

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::shell::Shell;

/// The name of the crate with its version, which the workspace sets.
const NAME: &str = concat!("pilot-status-", env!("CARGO_PKG_VERSION"));

/// Packs the crate, including uncommitted changes, and unpacks it in a folder outside this
/// workspace. Returns the folder of its files.
pub fn unpack(root: &Path, under: &Path) -> Result<PathBuf> {
    Shell::new(root)
        .with("CARGO_TARGET_DIR", under)
        .run("cargo package --locked --allow-dirty --package pilot-status --no-verify")?;
    let folder = under.join("package");
    Shell::new(&folder).run(&format!("tar -xzf {NAME}.crate"))?;
    Ok(folder.join(NAME))
}
