//! Reads CSV files of spreadsheets.

use csv::{Reader, ReaderBuilder, StringRecord, Trim};

/// Returns a reader for a text with commas or semicolons. Its headers are in lower case.
///
/// The `csv` crate accepts quotation marks anywhere, so a missing one would join the lines of
/// several recipients. Here, they must enclose whole fields.
pub fn reader(text: &str) -> Result<Reader<&[u8]>, String> {
    let text = text.trim_start_matches('\u{feff}');
    // Excel writes semicolons in countries with decimal commas.
    let header = text.trim_start().lines().next().unwrap_or_default();
    let is_semicolon = header.matches(';').count() > header.matches(',').count();
    let delimiter = if is_semicolon { ';' } else { ',' };
    check_quotes(text, delimiter)?;
    let mut builder = ReaderBuilder::new();
    let builder = builder.trim(Trim::All).delimiter(delimiter as u8);
    let mut reader = builder.from_reader(text.as_bytes());
    let headers: Result<StringRecord, _> =
        reader.headers().map(|headers| headers.iter().map(str::to_lowercase).collect());
    reader.set_headers(headers.map_err(|error| error.to_string())?);
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
