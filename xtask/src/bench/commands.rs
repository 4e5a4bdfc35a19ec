//! How long the commands of the README take where nothing was compiled before.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result};

use super::Figure;
use crate::scratch;
use crate::shell::Shell;

pub fn time(root: &Path) -> Result<Vec<Figure>> {
    Shell::new(root).run("cargo fetch --quiet --locked")?;
    let base = scratch::target_folder(root).join("bench");
    let _lock = scratch::lock(&base, "benchmark")?;
    let readme = std::fs::read_to_string(root.join("README.md"))?;
    let command = |beginning: &str| {
        let command = readme.lines().find(|line| line.starts_with(beginning));
        command.with_context(|| format!("README.md has no command `{beginning}`"))
    };
    let commands = [
        ("library", "cargo build --lib --features mock"),
        ("first", command("cargo run")?),
        ("test", command("cargo test")?),
    ];
    let time = |(name, command): (&str, &str)| {
        let folder = base.join("commands");
        scratch::empty(&folder)?;
        let shell = Shell::new(root).with("CARGO_TARGET_DIR", &folder).without("RUSTFLAGS");
        let began = Instant::now();
        shell.output(command)?;
        let seconds = began.elapsed().as_secs_f64();
        scratch::empty(&folder)?;
        Ok(Figure::new("command", name, seconds, "s"))
    };
    commands.into_iter().map(time).collect()
}
