//! What changed between two versions of `openapi.json`, and what that means: for the
//! Rust API of the client, and on the wire for clients that were deployed before.
//!
//! For Rust, two surfaces of the generated code are compared: a line less, or another, is
//! major, a line more is minor. So is a feature that no longer brings a line, or brings it
//! too. On the wire, a change is major if calls of an older client may fail or mean something
//! else, minor if it goes on and gets less, a patch if it notices nothing; `wire.rs` has the
//! facts and `weigh.rs` the rules.

mod change;
mod rust;
mod weigh;
mod wire;

#[cfg(test)]
mod tests;

use std::fmt;

use change::Change;
use change::Level::{self, Major, Minor, Patch};
use serde_json::Value;

/// What changed, the weightiest first.
#[derive(Debug)]
pub struct Report {
    rust: Vec<Change>,
    wire: Vec<Change>,
    /// Whether the documents differ at all.
    differs: bool,
}

/// Compares two documents.
pub fn report(old: &Value, new: &Value) -> Report {
    let differs = old != new;
    let (mut rust, mut wire) = (Vec::new(), Vec::new());
    if differs {
        rust = rust::compare(old, new);
        wire = weigh::compare(old, new);
        for changes in [&mut rust, &mut wire] {
            changes.sort_by(|one, other| {
                other.level.cmp(&one.level).then_with(|| one.text.cmp(&other.text))
            });
        }
    }
    Report { rust, wire, differs }
}

impl Report {
    /// How much all changes together weigh: for the Rust API, and on the wire.
    pub fn verdict(&self) -> Option<(Level, Level)> {
        let worst =
            |changes: &[Change]| changes.iter().map(|change| change.level).max().unwrap_or(Patch);
        self.differs.then(|| (worst(&self.rust), worst(&self.wire)))
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((rust, wire)) = self.verdict() else {
            return write!(f, "no change");
        };
        for (title, changes) in [("Rust API", &self.rust), ("wire", &self.wire)] {
            writeln!(f, "{title}:")?;
            for change in changes {
                writeln!(f, "  {change}")?;
            }
            if changes.is_empty() {
                writeln!(f, "  patch  words at most")?;
            }
        }
        writeln!(f, "in all: {rust} for the Rust API, {wire} on the wire")?;
        let version = Version::current();
        write!(f, "release: {} (was {version})", version.after(rust))
    }
}

/// The version of the workspace, and so of the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Version(u64, u64, u64);

impl Version {
    fn current() -> Self {
        let number = |text: &str| text.parse().unwrap_or_default();
        Self(
            number(env!("CARGO_PKG_VERSION_MAJOR")),
            number(env!("CARGO_PKG_VERSION_MINOR")),
            number(env!("CARGO_PKG_VERSION_PATCH")),
        )
    }

    /// Cargo's rules: before 1.0 the second number stands for what breaks.
    fn after(self, level: Level) -> Self {
        let Self(major, minor, patch) = self;
        match level {
            Major if major > 0 => Self(major + 1, 0, 0),
            Major => Self(0, minor + 1, 0),
            Minor if major > 0 => Self(major, minor + 1, 0),
            Minor | Patch => Self(major, minor, patch + 1),
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}
