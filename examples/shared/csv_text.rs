//! Reads CSV files of spreadsheets.

use std::fs;
use std::io;
use std::path::Path;

use csv::{Reader, ReaderBuilder, StringRecord, Trim};
use serde::de::DeserializeOwned;

/// Reads a file in UTF-8.
pub fn read(path: impl AsRef<Path>) -> io::Result<String> {
    let not_utf8 = |_| io::Error::other("it is not UTF-8; save it as CSV UTF-8");
    String::from_utf8(fs::read(path)?).map_err(not_utf8)
}

/// Reads the records of a text with commas or semicolons, which must have some columns, in upper
/// or lower case. Returns each record with its line.
///
/// The `csv` crate accepts quotation marks anywhere, so a missing one would join the lines of
/// several recipients. Here, they must enclose whole fields.
pub fn records<T: DeserializeOwned>(text: &str, columns: &[&str]) -> io::Result<Vec<(u64, T)>> {
    // The crate counts a line at its LF, but ends a record at the CR.
    let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
    let mut reader = reader(&text, columns)?;
    let headers = reader.headers()?.clone();
    let records = reader.records().map(|record| {
        let record = record?;
        // The position of a record is that of the empty lines before it.
        let (start, line) = record.position().map_or((0, 0), |start| (start.byte(), start.line()));
        let start = usize::try_from(start).map_err(io::Error::other)?;
        let empty = text[start..].bytes().take_while(|byte| *byte == b'\n').count();
        Ok((line + empty as u64, record.deserialize(Some(&headers))?))
    });
    records.collect()
}

fn reader<'a>(text: &'a str, columns: &[&str]) -> io::Result<Reader<&'a [u8]>> {
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
