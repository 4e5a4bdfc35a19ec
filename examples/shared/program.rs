//! Runs the examples: arguments, help and errors.

use std::error::Error;
use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

/// Runs a program with the arguments of the command line, and prints an error on one line. `-h`
/// and `--help` print the help instead.
pub async fn run(
    help: &str,
    program: impl AsyncFnOnce(Vec<String>) -> Result<(), Box<dyn Error>>,
) -> ExitCode {
    let arguments = std::env::args_os().skip(1).map(OsString::into_string);
    let result = match arguments.collect::<Result<Vec<_>, _>>() {
        Err(argument) => {
            Err(format!("the argument {:?} is not UTF-8", argument.to_string_lossy()).into())
        }
        Ok(arguments)
            if arguments.iter().any(|argument| argument == "-h" || argument == "--help") =>
        {
            writeln!(std::io::stdout(), "{help}").map_err(Into::into)
        }
        Ok(arguments) => program(arguments).await,
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {}", with_sources(&*error));
            ExitCode::FAILURE
        }
    }
}

/// The error for arguments that do not match the usage, which is the first line of the help.
pub fn usage(help: &str) -> Box<dyn Error> {
    format!("wrong arguments; {}", help.lines().next().unwrap_or_default()).into()
}

/// The text of an error and of its sources.
fn with_sources(mut error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    // The text of a client error includes its sources.
    while !error.is::<pilot_status::Error>()
        && let Some(source) = error.source()
    {
        text = format!("{text}: {source}");
        error = source;
    }
    text
}
