//! Prints to stdout and stderr. Either may be a closed pipe: the run continues to its end, so
//! that its exit code is correct.

use std::fmt::Display;
use std::io::{ErrorKind, Write as _, stderr, stdout};

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
pub fn progress(words: impl Display) {
    let mut stderr = stderr().lock();
    // There is nowhere left to report that stderr is not writable.
    let _ = write!(stderr, "{words}").and_then(|()| stderr.flush());
}
