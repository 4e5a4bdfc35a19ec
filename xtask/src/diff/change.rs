//! What a change is: a line for people, and how much it weighs.

use std::fmt;

use super::place::Place;

/// How much a change weighs, for the Rust API or for the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    Patch,
    Minor,
    Major,
}

use Level::{Major, Minor, Patch};

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Patch => "patch",
            Minor => "minor",
            Major => "major",
        })
    }
}

/// How much a change weighs, by who meets it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// For code that uses this crate.
    pub rust: Level,
    /// On the wire, where an older client sends what changed.
    pub sent: Level,
    /// On the wire, where an older client reads what changed.
    pub read: Level,
}

impl Verdict {
    /// Words, and what means the same.
    pub const WORDS: Self = Self::wire(Patch, Patch);
    /// What is worst, or not understood.
    pub const WORST: Self = Self::wire(Major, Major);

    /// Where it does not matter to the wire who sends.
    pub const fn wire(rust: Level, wire: Level) -> Self {
        Self { rust, sent: wire, read: wire }
    }
}

/// One change between two documents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub rust: Level,
    pub wire: Level,
    pub text: String,
}

impl Change {
    /// A change at a place, which decides who meets it.
    pub fn at(place: &Place, text: &str, verdict: Verdict) -> Self {
        let sent = if place.sent { verdict.sent } else { Patch };
        let read = if place.read { verdict.read } else { Patch };
        let rust = if place.modelled { verdict.rust } else { Patch };
        Self { rust, wire: sent.max(read), text: one_line(&format!("{}: {text}", place.words)) }
    }

    /// What this code cannot judge is taken for the worst.
    pub fn not_understood(pointer: &impl fmt::Display) -> Self {
        let text = one_line(&format!("changed (not understood): {pointer}"));
        Self { rust: Major, wire: Major, text }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<5}  {:<5}  {}", self.rust, self.wire, self.text)
    }
}

/// A text of the document on one line, without what would steer a terminal, and
/// not longer than one reads.
fn one_line(text: &str) -> String {
    const LONGEST: usize = 240;
    let mut line = String::new();
    for (count, character) in text.chars().enumerate() {
        if count == LONGEST {
            line += " ...";
            break;
        }
        if character.is_control()
            || matches!(character, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        {
            line.extend(character.escape_default());
        } else {
            line.push(character);
        }
    }
    line
}
