//! Decodes the bodies of successful responses.

mod coercion;
mod json_path;
mod reserved;
pub(crate) mod surrogates;

use std::borrow::Cow;
use std::collections::HashMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_json::error::Category;
use serde_json::value::RawValue;
use serde_path_to_error::Segment;

use crate::operation::FIELDS;

use self::surrogates::without_bom;

/// The maximum number of repairs of a body. Each takes time linear in its length.
const MAX_REPAIRS: usize = 64;

/// The fields of a JSON object, verbatim. The values are parts of the body, which may be long.
pub(crate) type Object<'t> = HashMap<String, &'t RawValue>;

/// Decodes a body. The error states the problem.
pub(crate) fn decode<T: DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    if reserved::appears_in(body) {
        return Err(reserved::PROBLEM.to_owned());
    }
    let mut body = Cow::Borrowed(without_bom(body));
    let mut repairs = 0..MAX_REPAIRS;
    loop {
        let error = match serde_json::from_slice(&body) {
            Ok(model) => return Ok(model),
            Err(error) => error,
        };
        match repairs.next().and_then(|_| repaired(&body, &error)) {
            Some(repaired) => body = Cow::Owned(repaired),
            None => return Err(problem(&body, &error)),
        }
    }
}

/// The text without the cause of an error. None if it cannot be repaired.
fn repaired(body: &[u8], error: &serde_json::Error) -> Option<Vec<u8>> {
    // All other repairs require Unicode.
    if let Some(replaced) = surrogates::replaced(body) {
        return Some(replaced);
    }
    if error.to_string().starts_with("duplicate field `") {
        // Keeps the last of each field.
        return serde_json::to_vec(&serde_json::from_slice::<Value>(body).ok()?).ok();
    }
    coercion::repaired(body, error)
}

/// Decodes a value. The error states the problem.
pub(crate) fn from_value<T: DeserializeOwned>(value: &Value) -> Result<T, String> {
    T::deserialize(value).or_else(|_| decode(value.to_string().as_bytes()))
}

/// Decodes the value of a tagged union. The error is the one before any repair, without its
/// position, which an outer decoder would mistake for its own.
pub(crate) fn tagged<T: DeserializeOwned>(value: &Value) -> Result<T, String> {
    T::deserialize(value).or_else(|error| from_value(value).map_err(|_| error.to_string()))
}

/// Decodes a field, with null as the default.
pub(crate) fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// The problem with a text, and its place. Unlike the decoder's error, it does not quote the
/// text.
fn problem(body: &[u8], error: &serde_json::Error) -> String {
    let what = match error.classify() {
        Category::Data => {
            let path = path(body, error);
            let text = error.to_string();
            let missing = text.strip_prefix("missing field `");
            match missing.and_then(|missing| missing.split_once('`')) {
                // The name comes from the model, not from the server.
                Some((field, _)) => format!("{path} lacks \"{field}\""),
                None => format!("{path} has an unexpected type or value"),
            }
        }
        Category::Eof => "the JSON ends too early".to_owned(),
        Category::Syntax | Category::Io => "it is not JSON".to_owned(),
    };
    format!("{what}, at line {} column {}", error.line(), error.column())
}

/// The path at which decoding failed. Shows only names in the document, since the server chose
/// all others.
fn path(body: &[u8], error: &serde_json::Error) -> String {
    let segments = json_path::of(body, error).into_iter().map(|segment| match segment {
        Segment::Seq { index } => format!("[{index}]"),
        Segment::Map { key } if FIELDS.contains(&key.as_str()) => format!(".{key}"),
        _ => ".?".to_owned(),
    });
    format!("${}", segments.collect::<String>())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::Secret;
    use crate::Timestamp;

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default)]
    struct Model {
        name: Option<Secret>,
        number: Option<Secret>,
        id: String,
        count: Option<i64>,
        amount: f64,
        active: bool,
        #[serde(rename = "createdAt")]
        created_at: Option<Timestamp>,
        data: Vec<Model>,
        variables: BTreeMap<String, i64>,
    }

    fn read(body: &Value) -> Result<Model, String> {
        decode(body.to_string().as_bytes())
    }

    #[test]
    fn unpaired_surrogates_do_not_hide_errors() {
        let text = decode::<Model>(br#"{"number": "\ud83d", "name": []}"#).unwrap_err();
        assert!(text.starts_with("$.name has an unexpected type or value"), "{text}");
        decode::<Model>(br#"{"number": null, "name": "\ud83d"}"#).unwrap();
        let read: Model = decode(br#"{"id": "\ud83d", "count": "3"}"#).unwrap();
        assert_eq!((read.id.as_str(), read.count), ("\u{fffd}", Some(3)));
    }

    #[test]
    fn an_invalid_secret_is_named_and_not_shown() {
        #[derive(Debug, Deserialize)]
        struct Keyed {
            #[expect(dead_code, reason = "it is only decoded")]
            name: Secret,
        }
        for (body, what) in [
            (r#"{"name": {"4711": 1}}"#, "$.name has an unexpected type or value"),
            (r#"{"name": ["4711"]}"#, "$.name has an unexpected type or value"),
            (r#"{"number": "4711"}"#, "$ lacks \"name\""),
            (r#"{"name": "4711"#, "the JSON ends too early"),
        ] {
            let text = decode::<Keyed>(body.as_bytes()).unwrap_err();
            assert!(text.starts_with(what) && !text.contains("4711"), "{text}");
        }
    }

    #[test]
    fn the_last_of_a_repeated_field_takes_precedence() {
        let read: Model =
            decode(br#"{"id": "a", "count": "1", "data": [{"id": "1", "id": "2"}], "id": "b"}"#)
                .unwrap();
        assert_eq!((read.id.as_str(), read.count, read.data[0].id.as_str()), ("b", Some(1), "2"));
    }

    #[test]
    fn scalars_are_coerced() {
        let read = read(&json!({
            "name": 4711, "id": 12, "count": "3", "amount": "1.50", "active": "TRUE",
            "createdAt": 1, "variables": {"a": "1", "b": 2, "c": 3.0, "d": "-0.0"},
            "data": [{"id": "a", "count": 3.0}, {"id": 1, "count": " 4 "}, {"active": 0}],
        }));
        let read = read.unwrap();
        assert_eq!(read.name.unwrap().expose_secret(), "4711");
        assert_eq!((read.id.as_str(), read.count, read.amount), ("12", Some(3), 1.5));
        assert_eq!((read.active, read.created_at.unwrap().as_str()), (true, "1"));
        assert_eq!(read.variables.into_values().collect::<Vec<_>>(), [1, 2, 3, 0]);
        let entries = read.data.iter().map(|entry| (entry.id.as_str(), entry.count));
        assert_eq!(entries.collect::<Vec<_>>(), [("a", Some(3)), ("1", Some(4)), ("", None)]);
        assert_eq!(decode::<i64>(b"\"3\""), Ok(3));
    }

    #[test]
    fn a_number_becomes_text_verbatim() {
        for number in ["12345678901234567890123", "12.50", "-0", "1e3"] {
            let read: Model = decode(format!("{{\"id\": {number}}}").as_bytes()).unwrap();
            assert_eq!(read.id, number);
        }
    }

    #[test]
    fn an_ambiguous_scalar_is_an_error_that_names_the_field() {
        for (field, value) in [
            ("count", json!("")),
            ("count", json!("3.5")),
            ("count", json!(3.5)),
            ("count", json!("1,000")),
            ("count", json!("007")),
            ("count", json!("0x3")),
            ("count", json!(true)),
            ("count", json!(1e16)),
            ("count", json!(u64::MAX)),
            ("count", json!("18446744073709551615")),
            ("amount", json!("1,5")),
            ("amount", json!("NaN")),
            ("amount", json!("inf")),
            ("active", json!("yes")),
            ("active", json!(2)),
            ("id", json!(true)),
            ("id", json!([])),
            ("data", json!("[]")),
        ] {
            let text = read(&json!({ "active": "true", "number": 1, field: value })).unwrap_err();
            let named = format!("$.{field} has an unexpected type or value");
            assert!(text.starts_with(&named), "{text} {value}");
        }
    }

    #[test]
    fn all_entries_of_a_list_are_repaired_at_once() {
        let entry = json!({"id": 1, "count": "1", "amount": "1", "active": "1"});
        let entries: Vec<Value> = (0..1000).map(|_| entry.clone()).collect();
        assert_eq!(read(&json!({ "data": entries })).unwrap().data.len(), 1000);
        let counts: Vec<Value> = (0..1000).map(|count| json!(count.to_string())).collect();
        assert_eq!(from_value::<Vec<i64>>(&json!(counts)), Ok((0..1000).collect()));
    }

    proptest! {
        #[test]
        fn no_value_panics_or_is_quoted(
            fields in prop::collection::vec((
                prop::sample::select(vec![
                    "id", "count", "amount", "active", "createdAt", "name", "data", "variables", "x",
                ]),
                prop::sample::select(vec![
                    "null", "true", "\"TRUE\"", "-1", "1e400", "\"1\"", "\"\\ud83d\"", "\", expected i64\"",
                    "[]", "[{\"id\": 1}, {\"id\": []}]", "{\"a\": \"1\"}", "{\"a\": \"x\"}", "{", "99999999999999999999",
                ]),
            ), 0..6),
        ) {
            let fields: Vec<_> =
                fields.iter().map(|(name, value)| format!("\"{name}\":\n{value}")).collect();
            if let Err(text) = decode::<Model>(format!("{{{}}}", fields.join(",")).as_bytes()) {
                prop_assert!(!text.contains("9999") && !text.contains("i64"), "{text}");
            }
        }
    }
}
