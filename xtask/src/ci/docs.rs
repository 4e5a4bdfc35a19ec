//! Builds the documentation, also as docs.rs does.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::shell::Shell;
use crate::scratch::target_folder;

pub fn check(shell: &Shell) -> Result<()> {
    shell.run("cargo doc --locked --no-deps --workspace --features schemars,tracing,mock")?;
    as_docs_rs(shell).run("cargo doc --locked --no-deps --lib --all-features")
}

/// With what docs.rs sets, and with the unstable options of rustdoc, which it uses too.
/// Crates ask for them when they are built, so these builds have a folder of their own:
/// in the common one, Cargo would build much anew at every change between the two.
pub fn as_docs_rs<'a>(shell: &Shell<'a>) -> Shell<'a> {
    shell
        .with("DOCS_RS", "1")
        .with("RUSTC_BOOTSTRAP", "1")
        .with("RUSTDOCFLAGS", "-D warnings --cfg docsrs")
        .with("CARGO_TARGET_DIR", docs_rs_target(shell.root))
}

pub fn docs_rs_target(root: &Path) -> PathBuf {
    target_folder(root).join("docs.rs")
}
