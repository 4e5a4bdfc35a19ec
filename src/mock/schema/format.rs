//! Validates the formats of text.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, NaiveDate};
use reqwest::Url;
use serde_json::Value;

use super::Violation;

/// Checks the format of a text. Values of other types have none.
pub fn check(format: &str, value: &Value) -> Result<(), Violation> {
    let text = value.as_str();
    match format {
        // Any text or integer is valid.
        "password" | "binary" | "unix-time" => Ok(()),
        "date" => {
            matches(text, "date, such as 2026-01-31", |text| text.parse::<NaiveDate>().is_ok())
        }
        "date-time" => matches(text, "date and time, such as 2026-01-31T12:00:00Z", |text| {
            DateTime::parse_from_rfc3339(text).is_ok()
        }),
        "https-url" => matches(text, "URL with https", |text| {
            Url::parse(text).is_ok_and(|url| url.scheme() == "https")
        }),
        "data-url" => matches(text, "data URL with Base64", |text| {
            let data = text.strip_prefix("data:").and_then(|rest| rest.split_once(";base64,"));
            data.is_some_and(|(_, base64)| STANDARD.decode(base64).is_ok())
        }),
        _ => {
            Err(Violation::new(format!("has the format {format}, which the sandbox does not know")))
        }
    }
}

fn matches(
    text: Option<&str>,
    name: &str,
    is_valid: impl Fn(&str) -> bool,
) -> Result<(), Violation> {
    if text.is_none_or(is_valid) { Ok(()) } else { Err(Violation::new(format!("is not a {name}"))) }
}
