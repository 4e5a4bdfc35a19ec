//! The wait that the server requests.

use std::time::Duration;

use chrono::{DateTime, NaiveDateTime, Utc};
use http::HeaderMap;
use http::header::{DATE, HeaderName, RETRY_AFTER};
use serde_json::{Map, Value};

use crate::decode;

/// Not standardized, but more precise, so it takes precedence.
const RETRY_AFTER_MS: HeaderName = HeaderName::from_static("retry-after-ms");

/// The field of a JSON body with a wait in seconds.
const BODY_FIELD: &str = "retryAfterSeconds";

/// The wait that a response requests: the header `retry-after-ms`, else `Retry-After` (RFC
/// 9110, section 10.2.3), else `retryAfterSeconds` in the body.
///
/// A date in the past is a wait of zero. Invalid values are ignored.
pub(crate) fn server_hint(
    headers: &HeaderMap,
    body: Option<&Map<String, Value>>,
) -> Option<Duration> {
    text(headers, &RETRY_AFTER_MS)
        .and_then(whole_number)
        .map(Duration::from_millis)
        .or_else(|| header_hint(headers, Utc::now()))
        .or_else(|| body_hint(body?))
}

/// Rounds up a fraction, which some servers send. Saturates, since `u64::MAX` is as good as
/// forever.
fn whole_number(value: &str) -> Option<u64> {
    let (whole, fraction) = value.split_once('.').unwrap_or((value, "0"));
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let rest = u64::from(fraction.bytes().any(|digit| digit != b'0'));
    (is_number(whole) && is_number(fraction))
        .then(|| whole.parse().unwrap_or(u64::MAX).saturating_add(rest))
}

/// `now` is used if the response has no `Date`.
fn header_hint(headers: &HeaderMap, now: DateTime<Utc>) -> Option<Duration> {
    let value = text(headers, &RETRY_AFTER)?;
    if let Some(seconds) = whole_number(value) {
        return Some(Duration::from_secs(seconds));
    }
    let until = date(value)?;
    // Prefer the server's clock, since the local one may be wrong.
    let now = text(headers, &DATE).and_then(date).unwrap_or(now);
    Some(until.signed_duration_since(now).to_std().unwrap_or(Duration::ZERO))
}

/// Parses a date in one of the forms of RFC 9110, section 5.6.7.
fn date(text: &str) -> Option<DateTime<Utc>> {
    const FORMS: [&str; 3] =
        ["%d %b %Y %H:%M:%S GMT", "%d-%b-%y %H:%M:%S GMT", "%b %e %H:%M:%S %Y"];
    // A server may name the wrong day of the week.
    let (_, text) = text.split_once(' ')?;
    let parse = |form: &&str| NaiveDateTime::parse_from_str(text, form).ok();
    Some(FORMS.iter().find_map(parse)?.and_utc())
}

fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

fn body_hint(body: &Map<String, Value>) -> Option<Duration> {
    let seconds: f64 = decode::from_value(body.get(BODY_FIELD)?).ok()?;
    (seconds >= 0.0).then(|| Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX))
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use http::{HeaderValue, StatusCode};
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::error::{Call, Error};
    use crate::operation::Operation;

    /// 2015-10-21 07:28:00 UTC.
    const NOW: i64 = 1_445_412_480;

    fn hint(retry_after: &[u8], date: Option<&str>) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, HeaderValue::from_bytes(retry_after).ok()?);
        if let Some(date) = date {
            headers.insert(DATE, date.parse().unwrap());
        }
        header_hint(&headers, DateTime::from_timestamp(NOW, 0)?)
    }

    #[test]
    fn a_header_contains_seconds_or_a_date() {
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        let table = [
            ("0", None, seconds(0)),
            ("120", None, seconds(120)),
            (" 7 ", None, seconds(7)),
            ("18446744073709551615", None, seconds(u64::MAX)),
            ("99999999999999999999999", None, seconds(u64::MAX)),
            // The three forms of RFC 9110, section 5.6.7.
            ("Wed, 21 Oct 2015 07:28:30 GMT", None, seconds(30)),
            ("Wednesday, 21-Oct-15 07:28:30 GMT", None, seconds(30)),
            ("Wed Oct 21 07:28:30 2015", None, seconds(30)),
            ("Sun, 21 Oct 2015 07:28:30 GMT", None, seconds(30)),
            // The server's clock takes precedence, and a past date is a wait of zero.
            ("Wed, 21 Oct 2015 07:28:30 GMT", Some("Wed, 21 Oct 2015 07:28:25 GMT"), seconds(5)),
            ("Wed, 21 Oct 2015 07:28:30 GMT", Some("nonsense"), seconds(30)),
            ("Wed, 21 Oct 2015 07:27:00 GMT", None, seconds(0)),
            ("", None, None),
            ("-1", None, None),
            ("+1", None, None),
            ("30.0", None, seconds(30)),
            ("29.01", None, seconds(30)),
            ("18446744073709551615.5", None, seconds(u64::MAX)),
            (".5", None, None),
            ("1.", None, None),
            ("1.5.1", None, None),
            ("inf", None, None),
            ("soon", None, None),
        ];
        for (value, date, expected) in table {
            assert_eq!(hint(value.as_bytes(), date), expected, "{value:?} {date:?}");
        }
    }

    #[test]
    fn a_body_contains_seconds() {
        let table = [
            (json!(2), Some(Duration::from_secs(2))),
            (json!(0.25), Some(Duration::from_millis(250))),
            (json!(u64::MAX), Some(Duration::MAX)),
            (json!(-1), None),
            (json!(-0.5), None),
            (json!(1e300), Some(Duration::MAX)),
            (json!("2"), Some(Duration::from_secs(2))),
            (json!("soon"), None),
            (json!(null), None),
            (json!({"a": 1}), None),
        ];
        for (value, expected) in table {
            let body = Map::from_iter([(BODY_FIELD.to_owned(), value.clone())]);
            assert_eq!(body_hint(&body), expected, "{value}");
        }
    }

    #[test]
    fn the_most_precise_header_comes_first_and_the_body_last() {
        let body = Map::from_iter([(BODY_FIELD.to_owned(), json!(9))]);
        let mut headers = HeaderMap::new();
        assert_eq!(server_hint(&headers, Some(&body)), Some(Duration::from_secs(9)));
        headers.insert(RETRY_AFTER, HeaderValue::from_static("nonsense"));
        assert_eq!(server_hint(&headers, Some(&body)), Some(Duration::from_secs(9)));
        headers.insert(RETRY_AFTER, HeaderValue::from_static("3"));
        assert_eq!(server_hint(&headers, Some(&body)), Some(Duration::from_secs(3)));
        for (value, expected) in
            [("20", 20), ("18446744073709551615", u64::MAX), ("-1", 3000), ("1.5", 2)]
        {
            headers.insert(RETRY_AFTER_MS, HeaderValue::from_static(value));
            assert_eq!(server_hint(&headers, Some(&body)), Some(Duration::from_millis(expected)));
        }
    }

    proptest! {
        #[test]
        fn no_header_panics(value in any::<Vec<u8>>(), date in any::<Vec<u8>>()) {
            let mut headers = HeaderMap::new();
            for (name, value) in [(RETRY_AFTER_MS, value.clone()), (RETRY_AFTER, value), (DATE, date)] {
                if let Ok(value) = HeaderValue::from_bytes(&value) {
                    headers.insert(name, value);
                }
            }
            server_hint(&headers, None);
            header_hint(&headers, Utc::now());
        }

        #[test]
        fn any_number_of_seconds_is_read(seconds in any::<u64>()) {
            prop_assert_eq!(hint(seconds.to_string().as_bytes(), None), Some(Duration::from_secs(seconds)));
        }

        #[test]
        fn no_number_in_a_body_panics(seconds in any::<f64>()) {
            body_hint(&Map::from_iter([(BODY_FIELD.to_owned(), json!(seconds))]));
        }

        #[test]
        fn no_body_panics(value in "[-+.0-9eE]{1,40}|\"\\PC{0,20}\"|\\PC{0,20}") {
            let body = format!("{{\"{BODY_FIELD}\": {value}}}");
            if let Ok(body) = serde_json::from_str(&body)
                && let Some(wait) = server_hint(&HeaderMap::new(), Some(&body))
            {
                // No wait is negative or overflows the clock.
                let policy = crate::RetryPolicy::default();
                let error = Error::of_status(StatusCode::TOO_MANY_REQUESTS).with_retry_after(Some(wait));
                let mut call = Call::bare(Cow::Owned(Operation::odd()), "");
                call.attempts = 1;
                let error = error.with_call(call);
                let next = policy.wait(&error, true, 0, Duration::from_secs(60), 1.0);
                prop_assert_eq!(next.is_some(), wait < Duration::from_secs(60));
            }
        }
    }
}
