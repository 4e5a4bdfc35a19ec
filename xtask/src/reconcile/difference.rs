//! What a page states and our description does not, and what of that stays so.

use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::fragments::Fragments;
use crate::line::{one_line, whole_line};
use crate::pointer::Pointer;
use crate::steps::Notes;
use crate::{files, yaml};

/// A fact of a page that is not ours.
#[derive(Clone, Debug)]
pub struct Difference {
    /// The method and the path, as ours has it.
    pub operation: String,
    pub page: String,
    /// The fact, as it is accepted by.
    pub what: String,
    /// What we say in its place.
    pub ours: String,
    /// Where we say that in the fragments.
    pub place: Pointer,
    /// What to write there, in YAML.
    pub patch: Option<String>,
}

impl Difference {
    /// How `xtask/spec/accepted.yaml` names it, in full: two facts must not share a name.
    pub fn key(&self) -> String {
        whole_line(&format!("{}: {}", self.operation, self.what))
    }

    /// All of it on one line.
    pub fn line(&self, fragments: &Fragments) -> String {
        let key = self.key();
        let patch = self.patch.as_ref().map(|patch| format!(": write `{}`", whole_line(patch)));
        let (patch, accept) = (patch.unwrap_or_default(), key.replace('\'', "''"));
        let (page, ours, at) = (&self.page, one_line(&self.ours), fragments.line(&self.place));
        format!("{page} says {key}, we say {ours}, change {at}{patch} or accept with - '{accept}'")
    }
}

/// A value as YAML writes it on one line.
pub fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The differences that stay: `xtask/spec/accepted.yaml`, a list of lines
/// `METHOD PATH: what`.
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
