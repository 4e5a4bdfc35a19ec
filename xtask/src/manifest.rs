//! What Cargo says of the client's package.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::shell::Shell;

#[derive(Deserialize)]
struct Workspace {
    packages: Vec<Manifest>,
}

/// The manifest of a package.
#[derive(Deserialize)]
pub struct Manifest {
    name: String,
    pub version: String,
    pub features: BTreeMap<String, Vec<String>>,
    pub targets: Vec<Target>,
    pub rust_version: String,
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
        let text = shell.output("cargo metadata --locked --no-deps --format-version 1")?;
        let workspace: Workspace = serde_json::from_str(&text)?;
        let mut packages = workspace.packages.into_iter();
        packages.find(|package| package.name == "pilot-status").context("no package pilot-status")
    }
}
