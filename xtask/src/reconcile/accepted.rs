//! The differences that stay: `xtask/spec/accepted.yaml`, a list of lines
//! `METHOD PATH: what`.

use std::path::Path;

use anyhow::{Context, Result};

use super::Difference;
use crate::steps::Notes;
use crate::{files, yaml};

#[derive(Default)]
pub struct Accepted(Vec<String>);

impl Accepted {
    /// Reads the file; one that is not there accepts nothing.
    pub fn read(file: &Path) -> Result<Self> {
        let lines = yaml::parse(&files::text_or(file, "[]")?);
        lines.map(Self).with_context(|| format!("cannot read {}", file.display()))
    }

    /// Takes out what is accepted, and notes what is accepted in vain.
    pub fn settle(&self, differences: &mut Vec<Difference>, notes: &mut Notes) {
        for line in &self.0 {
            let before = differences.len();
            differences.retain(|difference| difference.key() != *line);
            if differences.len() == before {
                notes.push(format!(
                    "xtask/spec/accepted.yaml: no page says `{line}` any more: remove the line"
                ));
            }
        }
    }
}
