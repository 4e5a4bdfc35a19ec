//! Packs and unpacks the crate to publish.

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::shell::{command, run};

/// The name of the crate with its version, which the workspace sets.
const NAME: &str = concat!("pilot-status-", env!("CARGO_PKG_VERSION"));

/// Packs the crate, including uncommitted changes, and unpacks it. Returns the folder of its files.
pub fn unpack(root: &Path, under: &Path) -> Result<PathBuf> {
    let pack = "cargo package --locked --allow-dirty --package pilot-status --no-verify";
    run(command(root, pack).env("CARGO_TARGET_DIR", under))?;
    let folder = under.join("package");
    run(command(&folder, &format!("tar -xmzf {NAME}.crate")))?;
    Ok(folder.join(NAME))
}
