//! Who is to get the message.

use std::collections::HashSet;
use std::error::Error;
use std::fmt;

#[derive(serde::Deserialize)]
pub struct Recipient {
    /// Digits alone, however they are written in the file.
    pub number: String,
    pub name: String,
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.number, self.name.escape_debug())
    }
}

/// Reads a CSV file. Of those with the same number, the first counts.
pub fn read(path: &str) -> Result<Vec<Recipient>, String> {
    load(path).map_err(|error| format!("{path}: {error}"))
}

fn load(path: &str) -> Result<Vec<Recipient>, Box<dyn Error>> {
    let mut seen = HashSet::new();
    let mut recipients = Vec::new();
    for recipient in csv::ReaderBuilder::new().trim(csv::Trim::All).from_path(path)?.deserialize() {
        let mut recipient: Recipient = recipient?;
        if !recipient.number.contains(|character: char| character.is_ascii_digit()) {
            return Err(format!("{:?} is no number", recipient.number).into());
        }
        recipient.number.retain(|character| character.is_ascii_digit());
        if seen.insert(recipient.number.clone()) {
            recipients.push(recipient);
        }
    }
    Ok(recipients)
}
