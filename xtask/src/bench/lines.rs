//! How many lines are generated.

use std::path::Path;

use anyhow::{Context, Result, anyhow};

use crate::generate;

pub fn count(root: &Path) -> Result<String> {
    let document = std::fs::read_to_string(root.join("openapi.json"));
    let document = document.context("cannot read openapi.json")?;
    let count = |name: &&str| {
        let has_feature = |feature: &str| *name == "full" || feature == *name;
        let made = generate::generate(&document, &has_feature).map_err(|error| anyhow!(error))?;
        let lines: usize = made.iter().map(|(_, code)| code.lines().count()).sum();
        Ok(format!("figure lines/{name} {lines} lines\n"))
    };
    ["numbers", "full"].iter().map(count).collect()
}
