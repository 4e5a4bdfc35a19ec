//! The programs under `xtask/programs`, laid out to be built as their authors would:
//! in no workspace of ours, with the client from a registry, and with the versions of
//! our Cargo.lock.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Result;
use fs_extra::dir::CopyOptions;
use tempfile::TempDir;

use crate::folder;
use crate::packed;
use crate::shell::Shell;
use crate::steps::Steps;

/// With reqwest alone; with serde as well, to list numbers without a client for it;
/// with reqwest and the generator, as every client has that it generates; with the
/// client for numbers; with all of the client; with the client for numbers, and ring in
/// place of aws-lc.
pub const NAMES: [&str; 6] = ["reqwest", "by-hand", "progenitor", "numbers", "full", "ring"];

/// Variables by which a build would not be that of a user.
const SETTINGS: [&str; 6] = [
    "CARGO_BUILD_TARGET",
    "CARGO_ENCODED_RUSTFLAGS",
    "CARGO_INCREMENTAL",
    "RUSTC_WORKSPACE_WRAPPER",
    // It may keep what it compiled before.
    "RUSTC_WRAPPER",
    "RUSTFLAGS",
];

/// The programs in a folder that nobody else uses at the same time.
pub struct Programs {
    pub folder: PathBuf,
    _lock: File,
}

impl Programs {
    pub fn lay_out(root: &Path) -> Result<Self> {
        let base = folder::target_folder(root).join("bench");
        let lock = folder::lock(&base, "benchmark")?;
        let programs = Self { folder: base.join("programs"), _lock: lock };
        folder::empty(&programs.folder)?;
        fs_extra::dir::copy(root.join("xtask/programs"), &base, &CopyOptions::new())?;
        // All that the programs are built from, so that no time is that of a download.
        Shell::new(root).run("cargo fetch --quiet --locked")?;
        let client = packed::unpack(root, &programs.folder)?;
        // A registry tells the digests of files; nobody holds these against any.
        fs::write(client.join(".cargo-checksum.json"), r#"{"files": {}}"#)?;
        for name in NAMES {
            fs::copy(root.join("Cargo.lock"), programs.folder.join(name).join("Cargo.lock"))?;
            // Takes what the program does not need out of its Cargo.lock.
            programs.output(name, "metadata --format-version 1")?;
        }
        Ok(programs)
    }

    /// Runs Cargo for a program, and returns what it prints.
    pub fn output(&self, name: &str, command: &str) -> Result<String> {
        users(&self.folder.join(name)).output(&format!("cargo {command} --offline"))
    }

    /// Builds a program from nothing, as `cold` does.
    pub fn build(&self, name: &str, options: &str) -> Result<(TempDir, f64)> {
        cold(&self.folder.join(name), &self.folder, &format!("cargo build --offline{options}"))
    }
}

/// Runs a command in a folder where nothing was compiled before. Returns what it built, in a
/// temporary folder within another, and how many seconds it took.
pub fn cold(folder: &Path, within: &Path, command: &str) -> Result<(TempDir, f64)> {
    let target = tempfile::tempdir_in(within)?;
    let shell = users(folder).with("CARGO_TARGET_DIR", target.path());
    let name = folder.file_name().unwrap_or_default().display();
    Steps { quiet: false }.run(&format!("{name}: {command}"), |_| {
        let began = Instant::now();
        shell.output(command)?;
        Ok((target, began.elapsed().as_secs_f64()))
    })
}

/// The shell of a user in a folder.
fn users(folder: &Path) -> Shell<'_> {
    SETTINGS.into_iter().fold(Shell::new(folder), Shell::without)
}
