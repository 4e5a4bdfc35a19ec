//! Tells on stderr how far a run is.

use std::time::Instant;

use anyhow::Result;

use crate::console;

/// Names each step and says how long it took, unless it has to be quiet.
pub struct Steps {
    pub quiet: bool,
}

/// What somebody has to read even of a quiet run, in lines.
pub type Notes = Vec<String>;

impl Steps {
    /// Runs a step. What it notes is printed once it is over, on lines of its own.
    pub fn run<T>(&self, name: &str, work: impl FnOnce(&mut Notes) -> Result<T>) -> Result<T> {
        let tell = |words: String| {
            if !self.quiet {
                console::progress(words);
            }
        };
        tell(format!("{name} "));
        let (began, mut notes) = (Instant::now(), Notes::new());
        let outcome = work(&mut notes);
        let failed = if outcome.is_ok() { "" } else { ", failed" };
        tell(format!("{:.1} s{failed}\n", began.elapsed().as_secs_f32()));
        for note in notes {
            console::report(format_args!("  {note}"));
        }
        outcome
    }
}
