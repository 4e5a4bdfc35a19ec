//! The facts that only a page states, and those that are accepted.

use indexmap::IndexMap;
use serde_json::Value;

use crate::console::Notes;
use crate::fragments::Fragments;
use crate::line::{one_line, whole_line};
use crate::places::Pointer;

/// The facts of pages that our description lacks. The key of each is its line in
/// `xtask/spec/accepted.yaml`. Many pages state the same fact, which is reported once.
pub type Differences = IndexMap<String, Difference>;

/// How our description differs from a fact of a page.
pub struct Difference {
    pub page: String,
    /// Our statement instead.
    pub ours: String,
    /// The place of our statement in the fragments.
    pub place: Pointer,
    /// The YAML to write there.
    pub patch: Option<String>,
}

impl Difference {
    /// The report of the difference, on one line.
    pub fn line(&self, key: &str, fragments: &Fragments) -> String {
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

/// Removes the differences that `xtask/spec/accepted.yaml` lists, and notes lines of it without a
/// difference.
pub fn settle(differences: &mut Differences, accepted: &[String], notes: &mut Notes) {
    for line in accepted {
        if differences.shift_remove(line).is_none() {
            notes.push(format!(
                "xtask/spec/accepted.yaml: no page states `{line}` any more: remove the line"
            ));
        }
    }
}
