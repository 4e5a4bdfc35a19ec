//! Reports the progress of a run on stderr.

use std::time::Instant;

use anyhow::Result;

use crate::console;

/// Prints the name and the duration of each step, unless `quiet` is set.
pub struct Steps {
    pub quiet: bool,
}

/// Lines that even a quiet run prints.
pub type Notes = Vec<String>;

impl Steps {
    /// Runs a step. Prints its notes after it has ended.
    pub fn run<T>(&self, name: &str, work: impl FnOnce(&mut Notes) -> Result<T>) -> Result<T> {
        let show = |words: String| {
            if !self.quiet {
                console::progress(words);
            }
        };
        show(format!("{name} "));
        let (began, mut notes) = (Instant::now(), Notes::new());
        let outcome = work(&mut notes);
        let failed = if outcome.is_ok() { "" } else { ", failed" };
        show(format!("{:.1} s{failed}\n", began.elapsed().as_secs_f32()));
        for note in notes {
            console::report(format_args!("  {note}"));
        }
        outcome
    }
}
