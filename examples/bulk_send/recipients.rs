//! The recipients of the message.

use std::collections::HashSet;
use std::error::Error;
use std::fmt;

use crate::phone_number;

#[derive(serde::Deserialize)]
pub struct Recipient {
    /// Digits only, regardless of the format in the file.
    pub number: String,
    pub name: String,
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.number, self.name.escape_debug())
    }
}

/// Reads the recipients from a CSV file. Keeps only the first one with each number.
pub fn read(path: &str) -> Result<Vec<Recipient>, String> {
    load(path).map_err(|error| format!("{path}: {error}"))
}

fn load(path: &str) -> Result<Vec<Recipient>, Box<dyn Error>> {
    let mut seen = HashSet::new();
    let mut recipients = Vec::new();
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_path(path)?;
    let headers = reader.headers()?.clone();
    for record in reader.records() {
        let record = record?;
        let mut recipient: Recipient = record.deserialize(Some(&headers))?;
        let line = record.position().map_or(0, csv::Position::line);
        recipient.number = phone_number::parse(&recipient.number)
            .map_err(|error| format!("line {line}: {error}"))?;
        if seen.insert(recipient.number.clone()) {
            recipients.push(recipient);
        }
    }
    Ok(recipients)
}
