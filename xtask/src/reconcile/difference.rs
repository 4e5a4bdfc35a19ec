//! The facts that only a page states, and those that are accepted.

use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::fragments::Fragments;
use crate::line::{one_line, whole_line};
use crate::pointer::Pointer;
use crate::steps::Notes;
use crate::{files, yaml};

/// A fact of a page that our description lacks.
#[derive(Clone, Debug)]
pub struct Difference {
    /// The method and our path.
    pub operation: String,
    pub page: String,
    /// The fact, in the words of `xtask/spec/accepted.yaml`.
    pub what: String,
    /// Our statement instead.
    pub ours: String,
    /// The place of our statement in the fragments.
    pub place: Pointer,
    /// The YAML to write there.
    pub patch: Option<String>,
}

impl Difference {
    /// The line of `xtask/spec/accepted.yaml`. It is not truncated: two facts must not share it.
    pub fn key(&self) -> String {
        whole_line(&format!("{}: {}", self.operation, self.what))
    }

    /// The report of the difference, on one line.
    pub fn line(&self, fragments: &Fragments) -> String {
        let key = self.key();
        let patch = self.patch.as_ref().map(|patch| format!(": write `{}`", whole_line(patch)));
        let (patch, accept) = (patch.unwrap_or_default(), key.replace('\'', "''"));
        let (page, ours, at) = (&self.page, one_line(&self.ours), fragments.line(&self.place));
        format!("{page} says {key}, we say {ours}, change {at}{patch} or accept with - '{accept}'")
    }
}

/// A value on one line of YAML.
pub fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The accepted differences: `xtask/spec/accepted.yaml`, a list of lines `METHOD PATH: what`.
#[derive(Default)]
pub struct Accepted(Vec<String>);

impl Accepted {
    /// Reads the file. A missing one accepts nothing.
    pub fn read(file: &Path) -> Result<Self> {
        let lines = yaml::parse(&files::text_or(file, "[]")?);
        lines.map(Self).with_context(|| format!("cannot read {}", file.display()))
    }

    /// Removes the accepted differences, and notes accepted lines without a difference.
    pub fn settle(&self, differences: &mut Vec<Difference>, notes: &mut Notes) {
        for line in &self.0 {
            let before = differences.len();
            differences.retain(|difference| difference.key() != *line);
            if differences.len() == before {
                notes.push(format!(
                    "xtask/spec/accepted.yaml: no page states `{line}` any more: remove the line"
                ));
            }
        }
    }
}
