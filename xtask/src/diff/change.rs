//! What a change is: a line for people, and how much it weighs.

use std::fmt;

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

/// One change between two documents.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    pub level: Level,
    pub text: String,
}

impl Change {
    pub fn new(level: Level, text: &str) -> Self {
        Self { level, text: one_line(text) }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<5}  {}", self.level, self.text)
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
