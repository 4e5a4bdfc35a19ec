//! Reads CSV files of spreadsheets.

use std::fs;
use std::io;
use std::path::Path;

use csv::{Reader, ReaderBuilder, StringRecord, Trim};

/// Reads a file in UTF-8.
pub fn read(path: impl AsRef<Path>) -> io::Result<String> {
    let not_utf8 = |_| io::Error::other("it is not UTF-8; save it as CSV UTF-8");
    String::from_utf8(fs::read(path)?).map_err(not_utf8)
}

/// Returns a reader for a text with commas or semicolons, which must have some columns. Its
/// headers are in lower case.
///
/// The `csv` crate accepts quotation marks anywhere, so a missing one would join the lines of
/// several recipients. Here, they must enclose whole fields.
pub fn reader<'a>(text: &'a str, columns: &[&str]) -> io::Result<Reader<&'a [u8]>> {
    let text = text.trim_start_matches('\u{feff}');
    // Excel writes semicolons in countries with decimal commas.
    let header = text.trim_start().lines().next().unwrap_or_default();
    let is_semicolon = header.matches(';').count() > header.matches(',').count();
    let delimiter = if is_semicolon { ';' } else { ',' };
    check_quotes(text, delimiter).map_err(io::Error::other)?;
    let mut builder = ReaderBuilder::new();
    let builder = builder.trim(Trim::All).delimiter(delimiter as u8);
    let mut reader = builder.from_reader(text.as_bytes());
    let headers = reader.headers()?;
    let headers: StringRecord = headers.iter().map(str::to_lowercase).collect();
    let is_missing = |column: &&&str| !headers.iter().any(|name| name == **column);
    if let Some(column) = columns.iter().find(is_missing) {
        return Err(io::Error::other(format!("line 1: the column {column:?} is missing")));
    }
    reader.set_headers(headers);
    Ok(reader)
}

fn check_quotes(text: &str, delimiter: char) -> Result<(), String> {
    let mut parts = text.split('"');
    let mut before = parts.next().unwrap_or_default();
    let mut line = 1 + before.matches('\n').count();
    while let Some(quoted) = parts.next() {
        // A part between two fields, or the empty one within a doubled quotation mark.
        let begins = before.is_empty() || before.ends_with([delimiter, '\r', '\n']);
        let after = parts.next().filter(|after| {
            begins && (after.is_empty() || after.starts_with([delimiter, '\r', '\n']))
        });
        before = after.ok_or_else(|| {
            format!(
                "line {line}: a quotation mark is missing or inside a field; put \" at the start \
                 and the end of the field, and \"\" inside it"
            )
        })?;
        line += quoted.matches('\n').count() + before.matches('\n').count();
    }
    Ok(())
}
