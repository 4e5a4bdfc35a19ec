//! Reads and writes YAML.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use anyhow::{Context, Result, anyhow, ensure};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::line::one_line;

/// Reads a file. A missing one has the default value.
pub fn read<T: DeserializeOwned + Default>(file: &Path) -> Result<T> {
    let value = match fs::read_to_string(file) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(T::default()),
        text => text.map_err(Into::into).and_then(|text| parse(&text)),
    };
    value.with_context(|| format!("cannot read {}", file.display()))
}

/// Parses YAML 1.2, which includes JSON.
pub fn parse<T: DeserializeOwned>(text: &str) -> Result<T> {
    ensure!(!text.trim().is_empty(), "it is empty");
    let options = serde_saphyr::options! {
        // OpenAPI requires a plain `no` to be a string.
        strict_booleans: true,
        // Enough for the largest documents. The depth is limited since readers of
        // `openapi.json` recurse, and fail at 128 levels.
        budget: serde_saphyr::budget! {
            max_events: 8_000_000,
            max_nodes: 4_000_000,
            max_depth: 64,
        },
        // Limits the repetition by aliases.
        alias_limits: serde_saphyr::alias_limits! { max_total_replayed_events: 100_000 },
    };
    // Without snippets, the message fits on one line.
    serde_saphyr::from_str_with_options(text, options)
        .map_err(|error| anyhow!("{}", one_line(&error.without_snippet().to_string())))
}

/// Writes a value in block style, like the files under `xtask/spec`.
pub fn text(value: &Value) -> Result<String> {
    let options = serde_saphyr::ser_options! { compact_list_indent: false };
    Ok(serde_saphyr::to_string_with_options(value, options)?)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{parse, text};

    #[test]
    fn plain_words_and_statuses_are_strings() {
        let read: Value = parse("responses: {200: {x: no}}\nenum: [on, yes, true]\n").unwrap();
        assert_eq!(read, json!({"responses": {"200": {"x": "no"}}, "enum": ["on", "yes", true]}));
    }

    #[test]
    fn json_is_parsed_unchanged() {
        for text in [
            r#"{"a": [null, true, -1, 18446744073709551615, 1.5], "b": {}, "c": "null"}"#,
            r#"{"a":"\ud83d\ude00","b":"\/\b\f\n\r\t\"\\","c":1e3,"d":"no","e":"x #"}"#,
            "{\n\t\"a\": 1,\n\t\"b\": [\n\t\t2\n\t]\n}",
            "[]",
            "\"\"",
        ] {
            let expected: Value = serde_json::from_str(text).unwrap();
            assert_eq!(parse::<Value>(text).unwrap(), expected);
        }
    }

    #[test]
    fn written_yaml_can_be_read_again() {
        let value = json!({
            "a b": [{"c": "no", "d": ["1", 1, null, "null"]}, [], {}],
            "text": "one: two\n\n# three\n", "end": " x ", "colon:": "2026-06-01", "200": 1.5,
            "long": "words ".repeat(40),
        });
        assert_eq!(parse::<Value>(&text(&value).unwrap()).unwrap(), value);
    }

    #[test]
    fn a_bomb_is_an_error() {
        let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..12 {
            let alias = format!("*a{}, ", level - 1).repeat(10);
            bomb = format!("{bomb}a{level}: &a{level} [{alias}]\n");
        }
        for text in [bomb, "[".repeat(100_000), "- ".repeat(100_000)] {
            assert!(parse::<Value>(&text).is_err());
        }
    }
}
