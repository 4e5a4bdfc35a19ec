//! Validates the formats and patterns of text.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, NaiveDate};
use regex_lite::Regex;
use serde_json::Value;

use super::{Violation, ensure, unknown};

/// Checks the format of a text. Values of other types pass.
pub fn check_format(format: &str, value: &Value) -> Result<(), Violation> {
    let (is_valid, name): (fn(&str) -> bool, _) = match format {
        // Any text or integer is valid.
        "password" | "binary" | "unixtime" => return Ok(()),
        "date" => (|text| text.parse::<NaiveDate>().is_ok(), "date, such as 2026-01-31"),
        "date-time" => (
            |text| DateTime::parse_from_rfc3339(text).is_ok(),
            "date and time, such as 2026-01-31T12:00:00Z",
        ),
        "data-url" => (is_data_url, "data URL with Base64"),
        _ => return Err(unknown("format", format)),
    };
    ensure(value.as_str().is_none_or(is_valid), || format!("is not a {name}"))
}

fn is_data_url(text: &str) -> bool {
    let data = text.strip_prefix("data:").and_then(|rest| rest.split_once(";base64,"));
    data.is_some_and(|(_, base64)| STANDARD.decode(base64).is_ok())
}

/// Checks that a text matches a pattern. Values of other types pass.
pub fn check_pattern(pattern: &str, value: &Value) -> Result<(), Violation> {
    let regex = Regex::new(pattern).map_err(|_| unknown("pattern", pattern))?;
    let is_match = value.as_str().is_none_or(|text| regex.is_match(text));
    ensure(is_match, || format!("does not match the pattern {pattern}"))
}
