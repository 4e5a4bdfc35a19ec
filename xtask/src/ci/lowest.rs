//! Builds the client with the lowest versions that Cargo.toml allows, so that nobody
//! gets one of them and an error.

use std::fs;

use anyhow::Result;
use toml_edit::DocumentMut;

use crate::packed;
use crate::scratch::target_folder;
use crate::shell::Shell;

pub fn check(shell: &Shell) -> Result<()> {
    let scratch = tempfile::tempdir()?;
    let folder = packed::unpack(shell.root, scratch.path())?;
    let manifest = folder.join("Cargo.toml");
    let mut document: DocumentMut = fs::read_to_string(&manifest)?.parse()?;
    // No user gets them.
    document.remove("dev-dependencies");
    fs::write(&manifest, document.to_string())?;
    fs::remove_file(folder.join("Cargo.lock"))?;
    Shell::new(&folder)
        .with("RUSTC_BOOTSTRAP", "1")
        .run("cargo generate-lockfile -Zdirect-minimal-versions")?;
    Shell::new(&folder)
        .with("CARGO_TARGET_DIR", target_folder(shell.root).join("lowest"))
        .run("cargo check --locked --lib --all-features")
}
