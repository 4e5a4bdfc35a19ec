//! Builds the programs under `benches/programs` as their authors would: outside our workspace, with
//! the client from a registry, and with the versions of our Cargo.lock.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::Result;
use fs_extra::dir::CopyOptions;
use tempfile::TempDir;

use crate::console::Steps;
use crate::{packed, shell};

/// The programs: with reqwest alone; with serde as well, to list numbers without a client; with
/// reqwest and the generator, like every client that it generates; with the client for numbers;
/// with all features of the client; with the client for numbers, and ring instead of aws-lc.
pub const NAMES: [&str; 6] = ["reqwest", "by-hand", "progenitor", "numbers", "full", "ring"];

/// Variables that would make a build differ from that of a user. A wrapper may cache compilations.
const SETTINGS: [&str; 4] =
    ["CARGO_INCREMENTAL", "RUSTC_WORKSPACE_WRAPPER", "RUSTC_WRAPPER", "RUSTFLAGS"];

/// Lays out the programs in an empty folder, and returns it.
pub fn lay_out(root: &Path) -> Result<PathBuf> {
    let scratch = super::scratch(root);
    let programs = scratch.join("programs");
    fs_extra::dir::create_all(&programs, true)?;
    fs_extra::dir::copy(root.join("benches/programs"), &scratch, &CopyOptions::new())?;
    let client = packed::unpack(root, &programs)?;
    // A registry source must list the digests of files. An empty list is valid.
    fs::write(client.join(".cargo-checksum.json"), r#"{"files": {}}"#)?;
    for name in NAMES {
        let program = programs.join(name);
        fs::copy(root.join("Cargo.lock"), program.join("Cargo.lock"))?;
        // Removes the packages that the program does not need from its Cargo.lock.
        shell::output(users(&program, "cargo metadata --format-version 1 --offline"))?;
    }
    Ok(programs)
}

/// Runs a command with an empty target folder. Returns that folder, a temporary one in `within`,
/// and the seconds that the command took.
pub fn cold(folder: &Path, within: &Path, command: &str) -> Result<(TempDir, f64)> {
    let target = tempfile::tempdir_in(within)?;
    let name = folder.file_name().unwrap_or_default().display();
    Steps { quiet: false }.run(&format!("{name}: {command}"), |_| {
        let began = Instant::now();
        shell::output(users(folder, command).env("CARGO_TARGET_DIR", target.path()))?;
        Ok((target, began.elapsed().as_secs_f64()))
    })
}

/// A command in a folder, with the environment of a user.
pub fn users(folder: &Path, words: &str) -> Command {
    let mut command = shell::command(folder, words);
    for setting in SETTINGS {
        command.env_remove(setting);
    }
    command
}
