//! Reads messages from a CSV file.

use std::path::Path;

use anyhow::{Context, Error, Result, bail, ensure};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::store::Message;
use crate::{csv_text, phone_number};

#[derive(Deserialize)]
struct Record {
    number: String,
    text: String,
    key: Option<String>,
}

/// Reads a file with the columns `number`, `text` and optionally `key`. Messages without a key
/// get one that begins with `campaign`.
pub fn read(path: &Path, campaign: &str) -> Result<Vec<Message>> {
    let messages = csv_text::read(path).map_err(Into::into);
    let messages = messages.and_then(|text| parse(&text, campaign));
    messages.with_context(|| path.display().to_string())
}

fn parse(text: &str, campaign: &str) -> Result<Vec<Message>> {
    let records = csv_text::records(text, &["number", "text"])?.into_iter();
    let messages = records
        .map(|(line, record)| message_of(record, campaign).with_context(|| format!("line {line}")));
    messages.collect()
}

fn message_of(record: Record, campaign: &str) -> Result<Message> {
    let Record { number, text: body, key } = record;
    let recipient = phone_number::parse(&number).map_err(Error::msg)?;
    ensure!(!body.is_empty(), "the text is empty");
    // PostgreSQL cannot store it.
    ensure!(!body.contains('\0'), "the text contains a NUL character; remove it");
    let length = body.chars().count();
    ensure!(length <= 4096, "the text has {length} characters; WhatsApp accepts 4096");
    // The same line in the same campaign is the same message.
    let remedy = if key.is_some() { "" } else { " campaign with --campaign" };
    let key = key.unwrap_or_else(|| {
        let digest = Sha256::digest(format!("{recipient}\0{body}"));
        format!("{campaign}/{}", hex::encode(&digest[..16]))
    });
    let is_visible = key.bytes().all(|byte| (b' '..=b'~').contains(&byte)) && key.trim() == key;
    if key.len() > 255 || !is_visible {
        bail!("the key {key:?} is not 1 to 255 printable ASCII characters; choose another{remedy}");
    }
    Ok(Message { key, recipient, body })
}

#[cfg(test)]
mod tests {
    use super::parse;

    fn error(text: &str) -> String {
        format!("{:#}", parse(text, "natal").err().unwrap())
    }

    #[test]
    fn a_key_is_derived_from_the_campaign_and_the_line() {
        let text = "number,text\n5511988887777,Oi\n5511988887777,Oi\n5511988887777,Tchau\n";
        let keys = |campaign| {
            let messages = parse(text, campaign).unwrap();
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
        let read = parse("key,number,text\norder-1,5511988887777,Oi\n", "natal").unwrap();
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

    #[test]
    fn the_line_of_an_error_is_right_after_a_crlf_and_empty_lines() {
        for (line, text) in [
            (3, "number,text\r\n12125550101,Oi\r\n,Oi\r\n"),
            (4, "number,text\n12125550101,Oi\n\n,Oi\n"),
            (3, "\ntext,number\nOi,\n"),
            (7, "\u{feff}number;text\r\n\r\n12125550101;\"Oi\r\nAna\"\r\n\r\n\r\n;Oi\r\n"),
        ] {
            let error = error(text);
            assert!(error.starts_with(&format!("line {line}: \"\" is not")), "{text:?}: {error}");
        }
        let error = error("number,text\r\n12125550101,Oi\r\n12125550101,Oi,Ana\r\n");
        assert!(error.contains("(line: 3, "), "{error}");
    }

    #[test]
    fn a_quote_that_joins_lines_is_an_error() {
        for (line, records) in [
            (2, "12125550101,\"Oi\n12125550102,Tchau\n"),
            (3, "12125550101,Oi\n12125550102,\"Oi\n12125550103,\"Tchau\"\n"),
            (2, "12125550101,\"Oi\n12125550102,Tchau\n12125550103,\"Oi\n"),
            (2, "12125550101,\"Oi\" e\n12125550102,Tchau\n"),
            (5, "12125550101,\"O\n\ni\"\n12125550102,Uma tela de 5\"\n"),
            (2, "12125550101, \"Oi\"\n"),
            (2, "12125550101,\"\"Oi\"\"\n"),
        ] {
            let error = error(&format!("number,text\n{records}"));
            assert!(error.starts_with(&format!("line {line}: ")), "{records}: {error}");
            assert!(error.contains("quotation mark"), "{records}: {error}");
        }
        for (text, read) in [
            ("\"Oi, Ana\"", "Oi, Ana"),
            ("\"Oi\nAna\"\r", "Oi\nAna"),
            ("\"Uma tela de 5\"\"\"", "Uma tela de 5\""),
            ("\"\"\"Oi\"\", Ana\"", "\"Oi\", Ana"),
        ] {
            let file = format!("\u{feff}\"number\",text\n12125550101,{text}\n");
            assert_eq!(parse(&file, "natal").unwrap()[0].body, read);
        }
        assert_eq!(error("number,text,key\n12125550101,\"\",\n"), "line 2: the text is empty");
    }

    #[test]
    fn a_text_has_at_most_4096_characters() {
        let file = |length| format!("number,text\n12125550101,{}\n", "é".repeat(length));
        assert_eq!(parse(&file(4096), "natal").unwrap().len(), 1);
        assert!(error(&file(4097)).starts_with("line 2: the text has 4097 characters"));
    }

    #[test]
    fn a_number_with_a_decimal_point_is_an_error() {
        for number in ["5511988887777.0", "+5511988887777.00", " 5511988887777.0 "] {
            let error = error(&format!("number,text\n{number},Oi\n"));
            assert!(error.contains("is a decimal number"), "{number}: {error}");
        }
        let file = "number,text\n+55.11.98888.7777,Oi\n+55.11.98888.77.77,Oi\n";
        assert_eq!(parse(file, "natal").unwrap().len(), 2);
    }

    #[test]
    fn the_case_of_a_header_does_not_matter() {
        let read = parse("Number,TEXT,Key\n12125550101,Oi,a\n", "natal").unwrap();
        assert_eq!((&*read[0].key, &*read[0].body), ("a", "Oi"));
    }

    #[test]
    fn a_campaign_that_is_not_ascii_is_an_error_about_the_campaign() {
        let error = parse("number,text\n12125550101,Oi\n", "promoção").err().unwrap();
        assert!(format!("{error:#}").contains("--campaign"), "{error:#}");
    }
}
