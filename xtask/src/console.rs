//! Prints to stdout and stderr, of which either may be a pipe that nobody reads any more:
//! the run goes on to its end, so that its exit code is true.

use std::fmt::Display;
use std::io::{ErrorKind, Write as _, stderr, stdout};

use clap::ValueEnum;

/// Prints a line of what was asked for.
pub fn print(line: impl Display) {
    if let Err(error) = writeln!(stdout().lock(), "{line}")
        && error.kind() != ErrorKind::BrokenPipe
    {
        report(format_args!("error: cannot write to stdout: {error}"));
        std::process::exit(1);
    }
}

/// The name of a choice on the command line, and its help.
pub fn words(choice: &impl ValueEnum) -> (String, String) {
    let value = choice.to_possible_value().unwrap_or_default();
    let help = value.get_help().map(ToString::to_string);
    (value.get_name().to_owned(), help.unwrap_or_default())
}

/// Prints a line about the run.
pub fn report(line: impl Display) {
    progress(format_args!("{line}\n"));
}

/// Prints a part of a line about the run.
pub fn progress(words: impl Display) {
    let mut stderr = stderr().lock();
    // Nowhere is left to say that stderr cannot be written to.
    let _ = write!(stderr, "{words}").and_then(|()| stderr.flush());
}
