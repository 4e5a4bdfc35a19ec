//! Error responses with any status, headers with waits, and mutated bodies.

use std::time::Duration;

use pilot_status::types::{ApiError, ExtraNumbersPreview};
use proptest::prelude::*;
use serde_json::json;

use super::mutation::{changed, changes};
use super::{Wire, config};
use crate::support::{KEY, ServerResponse};

/// Generates a header value: a wait in one of its forms, a date, the key, or any text.
fn header() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<u64>().prop_map(|number| number.to_string()),
        any::<f64>().prop_map(|number| number.to_string()),
        "[0-9]{1,40}",
        "(Mon|Sat), [0-9]{2} (Jan|Feb|Foo) [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} (GMT|UTC)",
        "(Mon|Sat) (Jan|Feb) [ 0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2} [0-9]{4}",
        Just(KEY.to_owned()),
        // Control characters are not valid in a response.
        r"[^\pC]{0,20}",
    ]
}

#[test]
fn an_error_keeps_its_status_and_body() {
    const NAMES: [&str; 6] =
        ["retry-after-ms", "retry-after", "date", "content-type", "content-encoding", "location"];
    let wire = Wire::start();
    let example = json!({
        "error": "No such number", "message": ["a", {"message": "b"}], "code": "NUMBER_NOT_FOUND",
        "statusCode": 404, "title": "a", "detail": "b", "retryAfterSeconds": 30, "reason": "r",
        "declineCode": "d", "proratedTotal": 1.5, "currency": "BRL",
        "details": {"missing": ["a"], "missingKeys": {"b": ""}, "invalidKeys": [{"key": "a"}]},
    });
    let headers = proptest::collection::vec((proptest::sample::select(&NAMES[..]), header()), 0..4);
    let statuses = prop_oneof![300..=599_u16, 600..=999_u16];
    let input = (statuses, headers, changes(), any::<bool>());
    proptest!(config(), |((status, headers, changes, writes) in input)| {
        let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let body = changed(example.clone(), &changes);
        let response = ServerResponse::new(status, &headers, &body);
        let error = wire.call(response, async |client| {
            if writes {
                client.pay_number().id("1").send().await.map(drop)
            } else {
                client.list_numbers().send().await.map(drop)
            }
        }).unwrap_err();
        // A 304 has no body.
        let expected = if status == 304 { &[][..] } else { &body };
        prop_assert_eq!(error.status().map(|status| status.as_u16()), Some(status), "{}", error);
        prop_assert_eq!(error.body().map(AsRef::as_ref), Some(expected), "{}", error);
        prop_assert_eq!(error.attempts(), 1);
        let code = error.code().map(|code| format!("{code} {code:?}"));
        let keys = (error.missing().count(), error.invalid().count());
        let fields = (error.reason(), error.decline_code(), error.prorated_total(), error.currency());
        let bodies = (error.body_as::<ApiError>(), error.body_as::<ExtraNumbersPreview>());
        _ = format!("{code:?} {keys:?} {fields:?} {bodies:?} {:?}", error.retry_after());
    });
}

#[test]
fn a_numeric_retry_after_is_the_wait() {
    let wire = Wire::start();
    proptest!(config(), |(seconds in any::<u64>(), milliseconds in any::<Option<u64>>())| {
        let both = [("retry-after", seconds), ("retry-after-ms", milliseconds.unwrap_or_default())];
        let both = both.map(|(name, number)| (name, number.to_string()));
        let headers = both.iter().map(|(name, value)| (*name, value.as_str()));
        let headers: Vec<_> = headers.take(1 + usize::from(milliseconds.is_some())).collect();
        let call = wire.call(ServerResponse::new(429, &headers, "{}"), async |client| {
            client.list_numbers().send().await.map(drop)
        });
        let expected = match milliseconds {
            Some(milliseconds) => Duration::from_millis(milliseconds),
            None => Duration::from_secs(seconds),
        };
        let wait = call.unwrap_err().retry_after().unwrap();
        // The client returns the remaining wait.
        let passed = expected.checked_sub(wait);
        prop_assert!(passed.is_some_and(|time| time < Duration::from_secs(20)), "{passed:?}");
    });
}
