//! The formats of texts.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, NaiveDate};
use serde_json::Value;

use super::Violation;

/// Checks a text. A value that is none has no format.
pub fn check(format: &str, value: &Value) -> Result<(), Violation> {
    let text = value.as_str();
    match format {
        // Any text, or any integer, will do.
        "password" | "binary" | "unix-time" => Ok(()),
        "date" => fits(text, "date, such as 2026-01-31", |text| text.parse::<NaiveDate>().is_ok()),
        "date-time" => fits(text, "moment, such as 2026-01-31T12:00:00Z", |text| {
            DateTime::parse_from_rfc3339(text).is_ok()
        }),
        "data-url" => fits(text, "data URL with Base64", |text| {
            let data = text.strip_prefix("data:").and_then(|rest| rest.split_once(";base64,"));
            data.is_some_and(|(_, base64)| STANDARD.decode(base64).is_ok())
        }),
        _ => Err(Violation::new(format!(
            "is held against the format {format}, which nothing here knows"
        ))),
    }
}

fn fits(text: Option<&str>, name: &str, is_it: impl Fn(&str) -> bool) -> Result<(), Violation> {
    if text.is_none_or(is_it) { Ok(()) } else { Err(Violation::new(format!("is no {name}"))) }
}
