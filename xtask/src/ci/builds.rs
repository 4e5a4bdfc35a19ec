//! Checks builds of the client that few users make: with few features, and with the lowest
//! versions of the dependencies.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use toml_edit::DocumentMut;

use crate::folder::target_folder;
use crate::packed;
use crate::shell::{command, run};

/// Features that stand for others, or that are slow to build and have a separate step.
const NOT_ALONE: [&str; 5] = ["default", "full", "native-tls", "rustls", "rustls-no-provider"];

/// Tags that share models.
const PAIRS: [&str; 3] = ["messages,webhooks", "numbers,mock", "conversations,templates"];

/// Builds with each feature alone, and with some pairs of features.
pub fn features(root: &Path) -> Result<()> {
    let manifest: DocumentMut = fs::read_to_string(root.join("Cargo.toml"))?.parse()?;
    let features = manifest["features"].as_table().context("Cargo.toml has no features")?;
    for set in sets(features.iter().map(|(name, _)| name)) {
        let check = format!(
            "cargo check --locked --package pilot-status --lib --no-default-features \
             --features {set}"
        );
        run(command(root, &check))?;
    }
    Ok(())
}

/// The sets of features to build: each feature alone, then the pairs.
fn sets<'a>(features: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    features.filter(|feature| !NOT_ALONE.contains(feature)).chain(PAIRS).collect()
}

/// Builds with the lowest versions that Cargo.toml allows, so that none of them breaks the build of
/// a user.
pub fn lowest(root: &Path) -> Result<()> {
    let target = target_folder(root).join("lowest");
    // A run that is stopped leaves no files outside.
    fs_extra::dir::create_all(target.join("package"), true)?;
    let folder = packed::unpack(root, &target)?;
    let manifest = folder.join("Cargo.toml");
    let mut document: DocumentMut = fs::read_to_string(&manifest)?.parse()?;
    // Users do not build them.
    document.remove("dev-dependencies");
    // It lies in the folder of this workspace.
    document["workspace"] = toml_edit::table();
    fs::write(&manifest, document.to_string())?;
    fs::remove_file(folder.join("Cargo.lock"))?;
    let lock = "cargo generate-lockfile -Zdirect-minimal-versions";
    run(command(&folder, lock).env("RUSTC_BOOTSTRAP", "1"))?;
    run(command(&folder, "cargo check --locked --lib --all-features --target-dir ../.."))
}

#[cfg(test)]
mod tests {
    use super::{PAIRS, sets};

    #[test]
    fn each_feature_is_built_alone_before_the_pairs() {
        let sets = sets(["ads", "default", "full", "mock", "rustls"].into_iter());
        assert_eq!(sets, [&["ads", "mock"], PAIRS.as_slice()].concat());
    }
}
