//! Reads YAML.

use anyhow::{Result, anyhow};
use serde::de::DeserializeOwned;

/// Parses YAML, and so JSON, which is a part of it.
pub fn parse<T: DeserializeOwned>(text: &str) -> Result<T> {
    // Snippets are left out of the message, which then fits a line.
    serde_saphyr::from_str(text).map_err(|error| anyhow!("{}", error.without_snippet()))
}
