//! What Cargo says of packages.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::shell::Shell;

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Manifest>,
}

/// The manifest of a package.
#[derive(Default, Deserialize)]
pub struct Manifest {
    pub name: String,
    pub version: String,
    pub license: Option<String>,
    pub features: BTreeMap<String, Vec<String>>,
    pub targets: Vec<Target>,
    pub rust_version: Option<String>,
}

/// A part of a package that is built for itself.
#[derive(Deserialize)]
pub struct Target {
    pub name: String,
    pub kind: Vec<String>,
}

impl Manifest {
    /// That of the client.
    pub fn read(shell: &Shell) -> Result<Self> {
        Self::of(shell, "pilot-status")
    }

    /// That of a package of the workspace.
    pub fn of(shell: &Shell, name: &str) -> Result<Self> {
        let mut packages = Self::read_all(shell, "--no-deps")?.into_iter();
        packages.find(|package| package.name == name).with_context(|| format!("no package {name}"))
    }

    /// Those that Cargo tells of.
    pub fn read_all(shell: &Shell, option: &str) -> Result<Vec<Self>> {
        let text = shell.output(&format!("cargo metadata --locked --format-version 1 {option}"))?;
        Ok(serde_json::from_str::<Metadata>(&text)?.packages)
    }
}
