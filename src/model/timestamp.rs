//! Dates and times in the forms that servers use.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use chrono::{DateTime, Utc};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use super::text::text_conversions;

/// A date and time in a response or a webhook event, as the server wrote it.
///
/// `Display` and JSON show the server's text, even if it is not a date.
/// [`datetime`](Self::datetime) parses it, for example for a request, which requires a
/// [`DateTime<Utc>`](chrono::DateTime).
///
/// ```
/// use pilot_status::Timestamp;
/// use pilot_status::chrono::{DateTime, Utc};
///
/// let sent = Timestamp::from("2026-06-28 07:00:00-03:00");
/// assert_eq!(sent.to_string(), "2026-06-28 07:00:00-03:00");
/// let moment: DateTime<Utc> = "2026-06-28T10:00:00Z".parse()?;
/// assert_eq!(sent.datetime(), Some(moment));
/// assert!(sent < Timestamp::from("2026-06-29"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Comparison
///
/// Timestamps are ordered by their moment. Texts that are not dates are ordered as texts, and
/// are greater than all dates. To compare with other times, use [`datetime`](Self::datetime).
#[derive(Clone)]
#[cfg_attr(
    feature = "schemars",
    derive(schemars::JsonSchema),
    schemars(with = "String", description = "A date and time as the server wrote it."),
    schemars(extend("type" = ["string", "number"]))
)]
pub struct Timestamp {
    /// The JSON string, or the JSON of another value.
    text: String,
    /// The value, if it is not a string, such as a number.
    other: Option<Box<Value>>,
}

impl Timestamp {
    /// The text as the server wrote it. For a number, its digits.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Parses the text. None if the text has none of these forms:
    ///
    /// - RFC 3339, such as `2026-06-28T10:00:00.000Z`. The fraction of the seconds is optional,
    ///   a space may replace the `T`, and the offset may be `-03:00`, `-0300` or `-03`. The
    ///   default offset is UTC.
    /// - A date, such as `2026-06-28`: midnight UTC.
    /// - A whole number, or its text: seconds since 1970. Numbers from 100,000,000,000 on are
    ///   milliseconds: as seconds, they would be in the year 5138 or later.
    pub fn datetime(&self) -> Option<DateTime<Utc>> {
        let text = self.text.trim();
        since_1970(text).or_else(|| calendar(text))
    }

    /// The key for comparisons: the moment, or else the text. Every `Ok` is less than every `Err`.
    fn key(&self) -> Result<DateTime<Utc>, &str> {
        self.datetime().ok_or(&self.text)
    }
}

/// Parses a date with an optional time and offset.
fn calendar(text: &str) -> Option<DateTime<Utc>> {
    // What the text may lack: nothing, the offset, its minutes, the time. Chrono reads all other
    // variants.
    ["", "Z", "00", "T00:00:00Z"].iter().find_map(|rest| format!("{text}{rest}").parse().ok())
}

/// Parses seconds or milliseconds since 1970.
fn since_1970(text: &str) -> Option<DateTime<Utc>> {
    match text.parse().ok()? {
        seconds @ -99_999_999_999..=99_999_999_999 => DateTime::from_timestamp(seconds, 0),
        milliseconds => DateTime::from_timestamp_millis(milliseconds),
    }
}

impl From<String> for Timestamp {
    fn from(text: String) -> Self {
        Self { text, other: None }
    }
}

text_conversions!(Timestamp);

impl From<DateTime<Utc>> for Timestamp {
    /// Formats the moment as in RFC 3339, such as `2026-06-28T10:00:00Z`.
    fn from(moment: DateTime<Utc>) -> Self {
        moment.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true).into()
    }
}

impl PartialEq for Timestamp {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Timestamp {}

impl PartialOrd for Timestamp {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Timestamp {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}

impl Hash for Timestamp {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl fmt::Debug for Timestamp {
    /// Omits a text that is not a date, since it may be confidential.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.datetime() {
            Some(_) => f.debug_tuple("Timestamp").field(&self.text).finish(),
            None => write!(f, "Timestamp(not a date, {} characters)", self.text.chars().count()),
        }
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.other {
            None => serializer.serialize_str(&self.text),
            Some(other) => other.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    /// Accepts any value but null, so that one invalid date does not fail a whole list.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::Null => Err(D::Error::custom("null is not a timestamp")),
            Value::String(text) => Ok(text.into()),
            other => Ok(Self { text: other.to_string(), other: Some(Box::new(other)) }),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn read(value: Value) -> Timestamp {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn a_moment_is_read_in_every_form_that_servers_use() {
        for (text, moment) in [
            ("2026-06-28T10:00:08.250Z", "2026-06-28T10:00:08.250Z"),
            ("2026-06-28T10:00:08Z", "2026-06-28T10:00:08Z"),
            ("2026-06-28t10:00:08z", "2026-06-28T10:00:08Z"),
            ("2026-06-28T10:00:08.123456789Z", "2026-06-28T10:00:08.123456789Z"),
            ("2026-06-28 10:00:08.25", "2026-06-28T10:00:08.250Z"),
            ("2026-06-28 10:00:08 UTC", "2026-06-28T10:00:08Z"),
            ("2026-06-28T07:00:08-03:00", "2026-06-28T10:00:08Z"),
            ("2026-06-28T07:00:08-0300", "2026-06-28T10:00:08Z"),
            ("2026-06-28 07:00:08.5 -0300", "2026-06-28T10:00:08.5Z"),
            ("2026-06-28 10:00:08.25+00", "2026-06-28T10:00:08.250Z"),
            ("2026-06-28T15:30:00+05:30", "2026-06-28T10:00:00Z"),
            ("2026-06-28T10:00:08", "2026-06-28T10:00:08Z"),
            ("2026-06-28", "2026-06-28T00:00:00Z"),
            (" 2026-06-28\n", "2026-06-28T00:00:00Z"),
            ("1782640808", "2026-06-28T10:00:08Z"),
            ("1782640808250", "2026-06-28T10:00:08.250Z"),
            ("0", "1970-01-01T00:00:00Z"),
            ("-1", "1969-12-31T23:59:59Z"),
            ("99999999999", "5138-11-16T09:46:39Z"),
            ("100000000000", "1973-03-03T09:46:40Z"),
        ] {
            let moment: DateTime<Utc> = moment.parse().unwrap();
            assert_eq!(Timestamp::from(text).datetime(), Some(moment), "{text}");
            assert_eq!(Timestamp::from(text), Timestamp::from(moment));
        }
    }

    #[test]
    fn text_that_is_not_a_date_is_kept_and_has_no_moment() {
        for text in [
            "",
            "soon",
            "0000-00-00 00:00:00",
            "2026-13-01",
            "2026-06-28T25:00:00Z",
            "2026-06-28X",
            "2026-06-28T10:00:08+99:00",
            "2026-06-28T10:00:08+0",
            "2026-06-28T10:00:08+03:60",
            "2026-06-28T10:00:08 BRT",
            "2026-06-28T10:00:08+\u{e9}",
            "28/06/2026",
            "1e9",
            "inf",
            "NaN",
            "1.",
            ".5",
            "--1",
            "99999999999999999999999",
            "262142-12-31T23:59:59-23:00",
        ] {
            let timestamp = Timestamp::from(text);
            assert_eq!(timestamp.datetime(), None, "{text}");
            assert_eq!((timestamp.as_str(), timestamp.to_string().as_str()), (text, text));
        }
    }

    #[test]
    fn numbers_stay_numbers_and_odd_values_are_kept() {
        for (value, text, is_moment) in [
            (json!(1_782_640_808), "1782640808", true),
            (json!(1_782_640_808_250_i64), "1782640808250", true),
            (json!(1_782_640_808.25), "1782640808.25", false),
            (json!(u64::MAX), "18446744073709551615", false),
            (json!(1e300), "1e+300", false),
            (json!(true), "true", false),
            (json!({"seconds": 1}), r#"{"seconds":1}"#, false),
            (json!([]), "[]", false),
        ] {
            let timestamp = read(value.clone());
            assert_eq!(timestamp.to_string(), text);
            assert_eq!(timestamp.datetime().is_some(), is_moment, "{text}");
            assert_eq!(serde_json::to_value(&timestamp).unwrap(), value);
        }
        assert!(serde_json::from_str::<Timestamp>("null").is_err());
        assert_eq!(serde_json::from_str::<Option<Timestamp>>("null").unwrap(), None);
    }

    #[test]
    fn timestamps_are_ordered_by_their_moment_if_they_have_one() {
        let same =
            [json!(1_782_640_808), json!("1782640808000"), json!("2026-06-28T07:00:08-03:00")];
        let same: HashSet<Timestamp> = same.into_iter().map(read).collect();
        assert_eq!(same.len(), 1);
        // The first is a number of seconds.
        let ordered = ["2026", "2026-06-27T23:00:00-03:00", "2026-06-28T03:00:00Z", "", "later"];
        let ordered = ordered.map(Timestamp::from);
        assert!(ordered.is_sorted_by(|a, b| a < b));
        let moment = DateTime::UNIX_EPOCH;
        assert_eq!(Timestamp::from(moment).as_str(), "1970-01-01T00:00:00Z");
    }

    proptest! {
        #[test]
        fn every_text_is_kept_byte_for_byte(
            text in prop_oneof![any::<String>(), "[0-9TZ:+. -]{0,32}", "[0-9]{1,30}([.][0-9]{0,30})?"],
        ) {
            let timestamp = read(json!(text));
            timestamp.datetime();
            prop_assert_eq!(timestamp.as_str(), &text);
            prop_assert_eq!(serde_json::to_value(&timestamp).unwrap(), json!(text));
            prop_assert_eq!(&timestamp, &timestamp.clone());
        }

        #[test]
        fn every_moment_is_read_back(seconds in -60_000_000_000_i64..250_000_000_000, nanos in 0..1_000_000_000_u32) {
            let moment = DateTime::from_timestamp(seconds, nanos).unwrap();
            prop_assert_eq!(Timestamp::from(moment).datetime(), Some(moment));
        }
    }
}
