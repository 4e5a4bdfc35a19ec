//! Prints the result to stdout, and the progress to stderr. Either may be a closed pipe: the run
//! continues to its end, so that its exit code is correct.

use std::fmt::Display;
use std::io::{ErrorKind, Write as _, stderr, stdout};
use std::time::Instant;

use anyhow::Result;
use clap::ValueEnum;

/// Prints a line of the result to stdout.
pub fn print(line: impl Display) {
    if let Err(error) = writeln!(stdout().lock(), "{line}")
        && error.kind() != ErrorKind::BrokenPipe
    {
        report(format_args!("error: cannot write to stdout: {error}"));
        std::process::exit(1);
    }
}

/// Returns the name of a choice on the command line, and its help.
pub fn words(choice: &impl ValueEnum) -> (String, String) {
    let value = choice.to_possible_value().unwrap_or_default();
    let help = value.get_help().map(ToString::to_string);
    (value.get_name().to_owned(), help.unwrap_or_default())
}

/// Prints a line about the run to stderr.
pub fn report(line: impl Display) {
    progress(format_args!("{line}\n"));
}

/// Prints a part of a line about the run to stderr.
fn progress(words: impl Display) {
    let mut stderr = stderr().lock();
    // There is nowhere left to report that stderr is not writable.
    let _ = write!(stderr, "{words}").and_then(|()| stderr.flush());
}

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
                progress(words);
            }
        };
        show(format!("{name} "));
        let (began, mut notes) = (Instant::now(), Notes::new());
        let outcome = work(&mut notes);
        let failed = if outcome.is_ok() { "" } else { ", failed" };
        show(format!("{:.1} s{failed}\n", began.elapsed().as_secs_f32()));
        for note in notes {
            report(format_args!("  {note}"));
        }
        outcome
    }
}
