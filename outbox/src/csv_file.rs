//! Reads messages from a CSV file.

use std::io::Read;
use std::path::Path;

use anyhow::{Context, Error, Result, bail, ensure};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::phone_number;
use crate::store::Message;

#[derive(Deserialize)]
struct Record {
    number: String,
    text: String,
    key: Option<String>,
}

/// Reads a file with the columns `number`, `text` and optionally `key`. Messages without a key
/// get one that begins with `campaign`.
pub fn read(path: &Path, campaign: &str) -> Result<Vec<Message>> {
    let file = std::fs::File::open(path).with_context(|| format!("cannot open {}", path.display()));
    parse(file?, campaign).with_context(|| path.display().to_string())
}

fn parse(file: impl Read, campaign: &str) -> Result<Vec<Message>> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(file);
    let headers = reader.headers()?.clone();
    for column in ["number", "text"] {
        ensure!(
            headers.iter().any(|name| name == column),
            "line 1: the column {column:?} is missing; the columns are number, text and key"
        );
    }
    let messages = reader.records().map(|record| {
        let record = record?;
        let line = record.position().map_or(0, csv::Position::line);
        message_of(record.deserialize(Some(&headers))?, campaign)
            .with_context(|| format!("line {line}"))
    });
    messages.collect()
}

fn message_of(record: Record, campaign: &str) -> Result<Message> {
    let Record { number, text: body, key } = record;
    let recipient = phone_number::parse(&number).map_err(Error::msg)?;
    ensure!(!body.is_empty(), "the text is empty");
    // PostgreSQL cannot store it.
    ensure!(!body.contains('\0'), "the text contains a NUL character; remove it");
    // The same line in the same campaign is the same message.
    let key = key.filter(|key| !key.is_empty()).unwrap_or_else(|| {
        let digest = Sha256::digest(format!("{recipient}\0{body}"));
        format!("{campaign}/{}", hex::encode(&digest[..16]))
    });
    let is_visible = key.bytes().all(|byte| (b' '..=b'~').contains(&byte)) && key.trim() == key;
    if key.len() > 255 || !is_visible {
        bail!("the key {key:?} is not 1 to 255 printable ASCII characters; choose another");
    }
    Ok(Message { key, recipient, body })
}

#[cfg(test)]
mod tests {
    use super::parse;

    fn error(text: &str) -> String {
        format!("{:#}", parse(text.as_bytes(), "natal").err().unwrap())
    }

    #[test]
    fn a_key_is_derived_from_the_campaign_and_the_line() {
        let text = "number,text\n5511988887777,Oi\n5511988887777,Oi\n5511988887777,Tchau\n";
        let keys = |campaign| {
            let messages = parse(text.as_bytes(), campaign).unwrap();
            messages.into_iter().map(|message| message.key).collect::<Vec<_>>()
        };
        let natal = keys("natal");
        assert_eq!(natal, keys("natal"));
        assert_eq!(natal[0], natal[1]);
        assert_ne!(natal[0], natal[2]);
        assert_ne!(natal, keys("pascoa"));
    }

    #[test]
    fn a_key_in_the_file_is_kept() {
        let read =
            parse("key,number,text\norder-1,5511988887777,Oi\n".as_bytes(), "natal").unwrap();
        assert_eq!(read[0].key, "order-1");
    }

    #[test]
    fn errors_name_the_line() {
        let records = |records: &str| error(&format!("number,text,key\n{records}"));
        let good = "12125550101,Oi,a";
        assert!(records(&format!("{good}\n,Oi,b\n")).starts_with("line 3: \"\" is not a phone"));
        assert!(records("11988887777,Oi,a\n").contains("write +5511988887777 if it is Brazilian"));
        assert_eq!(records("12125550101,,a\n"), "line 2: the text is empty");
        let nul = "line 3: the text contains a NUL character; remove it";
        assert_eq!(records(&format!("{good}\n12125550101,O\0i,b\n")), nul);
        assert!(error("number\n1\n").starts_with("line 1: the column \"text\" is missing"));
        assert!(
            error("number,text\n1,a,b\n").contains("line: 2"),
            "{}",
            error("number,text\n1,a,b\n")
        );
        assert!(records("12125550101,Oi,é\n").starts_with("line 2: the key \"é\""));
    }
}
