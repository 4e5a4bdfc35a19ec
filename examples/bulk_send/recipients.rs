//! The recipients of the message.

use std::collections::HashSet;
use std::error::Error;
use std::fmt;

use pilot_status::phone;

use crate::{csv_text, phone_number};

#[derive(serde::Deserialize)]
pub struct Recipient {
    /// Digits only, regardless of the format in the file.
    pub number: String,
    pub name: String,
    /// Identifies the recipient: the number, with the ninth digit if it is optional.
    #[serde(skip)]
    pub key: String,
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.number, self.name.escape_debug())
    }
}

/// Reads the recipients from a CSV file, with commas or semicolons. Keeps only the first of
/// those with the same number.
pub fn read(path: &str) -> Result<Vec<Recipient>, String> {
    load(path).map_err(|error| format!("{path}: {error}"))
}

fn load(path: &str) -> Result<Vec<Recipient>, Box<dyn Error>> {
    let mut seen = HashSet::new();
    let mut recipients = Vec::new();
    for (line, mut recipient) in csv_text::records::<Recipient>(&csv_text::read(path)?, &[])? {
        recipient.number = phone_number::parse(&recipient.number)
            .map_err(|error| format!("line {line}: {error}"))?;
        recipient.key = key(&recipient.number);
        if seen.insert(recipient.key.clone()) {
            recipients.push(recipient);
        }
    }
    if recipients.is_empty() {
        return Err("it has no recipients".into());
    }
    Ok(recipients)
}

/// The digits that all forms of a number share.
fn key(number: &str) -> String {
    // Without +, some numbers of other countries would be read as Brazilian.
    let forms = phone::variants(&format!("+{number}"));
    forms.first().map_or(number, |form| form.trim_start_matches('+')).to_owned()
}
