//! Lists the changes between two versions of `openapi.json`, with their effect on the Rust API
//! of the client and, on the wire, on clients that are already deployed.
//!
//! For Rust, a change is major if code that uses the client no longer compiles, or if the client
//! refuses requests that it used to send; minor if it adds public items. On the wire, a change is
//! major if calls of an older client may fail or change their meaning; minor if they succeed but
//! get less data or different data; a patch if the older client is not affected.

mod rust;
mod sites;
#[cfg(test)]
mod tests;
mod wire;

use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::line::one_line;
use crate::source;
use crate::{convert, normalise, upstream};
use Level::{Major, Minor, Patch};

/// The weight of a change, for the Rust API or on the wire. The heaviest is the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    Major,
    Minor,
    Patch,
}

/// The changes between two documents, the heaviest first.
pub type Changes = BTreeSet<(Level, String)>;

/// All changes.
#[derive(Debug)]
pub struct Report {
    rust: Changes,
    wire: Changes,
}

/// Compares two published documents, in OpenAPI 3.0 or 3.1.
pub fn run(root: &Path, old: &Path, new: &Path) -> Result<String> {
    let read =
        |path: &Path| prepared(upstream::merge(&upstream::parts(&source::read(path, root)?)?)?);
    let old = read(old).context("the old document")?;
    let new = read(new).context("the new document")?;
    Ok(if old == new { "no change".to_owned() } else { report(&old, &new).to_string() })
}

/// Converts a document to the form of `openapi.json`.
fn prepared(mut document: Value) -> Result<Value> {
    convert::to_3_0(&mut document)?;
    normalise::normalise(&mut document)?;
    Ok(document)
}

/// Compares two documents in the form of `openapi.json`.
pub fn report(old: &Value, new: &Value) -> Report {
    let (wire, refused) = wire::compare(old, new);
    let mut rust = rust::compare(old, new);
    rust.extend(refused);
    Report { rust, wire }
}

impl Report {
    /// The heaviest change for the Rust API, and the heaviest on the wire.
    fn verdict(&self) -> (Level, Level) {
        let worst = |changes: &Changes| changes.first().map_or(Patch, |(level, _)| *level);
        (worst(&self.rust), worst(&self.wire))
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = |level: Level| format!("{level:?}").to_lowercase();
        for (title, changes) in [("Rust API", &self.rust), ("wire", &self.wire)] {
            writeln!(f, "{title}:")?;
            for (level, text) in changes {
                writeln!(f, "  {}  {}", word(*level), one_line(text))?;
            }
            if changes.is_empty() {
                writeln!(f, "  patch  nothing, or documentation only")?;
            }
        }
        let (rust, wire) = self.verdict();
        writeln!(f, "overall: {} for the Rust API, {} on the wire", word(rust), word(wire))?;
        let now = env!("CARGO_PKG_VERSION");
        write!(f, "release: {} (was {now})", next(now, rust).unwrap_or_default())
    }
}

/// The next version, by Cargo's rules: before 1.0, a breaking change increments the second
/// number.
fn next(version: &str, level: Level) -> Option<String> {
    let mut numbers = version.split('.').map(|number| number.parse::<u64>().ok());
    let (major, minor, patch) = (numbers.next()??, numbers.next()??, numbers.next()??);
    Some(match level {
        Major if major > 0 => format!("{}.0.0", major + 1),
        Major => format!("0.{}.0", minor + 1),
        Minor if major > 0 => format!("{major}.{}.0", minor + 1),
        Minor | Patch => format!("{major}.{minor}.{}", patch + 1),
    })
}
