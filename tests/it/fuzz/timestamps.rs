//! Dates of every form: nothing panics, and those of the same moment are equal.

use pilot_status::Timestamp;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::config;

/// A date in a form that some server uses, nearly one, a number, or any text.
fn value() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        4 => "[0-9+-]{1,6}-[0-9]{1,2}-[0-9]{1,2}([Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]{0,12})?)?)?\
              (Z|z|UTC| ?[+\u{2212}-][0-9]{2}:?[0-9]{0,2})?",
        2 => "2026-(06-28|06-29|12-31)[T ]2[0-9]:59:(59|60)(\\.0{0,9})?(Z|[+-]0[0-3]:?00)",
        2 => "-?[0-9]{1,30}(\\.[0-9]{0,30})?",
        1 => "[ \t]{0,2}[0-9]{4}-0[1-9]-[0-2][0-9][ \t]{0,2}",
        1 => any::<String>(),
    ];
    prop_oneof![
        6 => text.prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<f64>().prop_map(Value::from),
        1 => Just(json!([{"a": true}])),
    ]
}

fn timestamp() -> impl Strategy<Value = Timestamp> {
    value().prop_filter_map("null is no timestamp", |value| serde_json::from_value(value).ok())
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn every_value_is_kept_and_printed(value in value()) {
        prop_assume!(!value.is_null());
        let timestamp: Timestamp = serde_json::from_value(value.clone()).unwrap();
        let debug = format!("{timestamp:?} {timestamp:>40} {timestamp:.1}");
        prop_assert_eq!(serde_json::to_value(&timestamp).unwrap(), value);
        match timestamp.datetime() {
            Some(moment) => {
                prop_assert_eq!(&Timestamp::from(moment), &timestamp);
            }
            None => prop_assert!(debug.starts_with("Timestamp(not a date, "), "{debug}"),
        }
    }

    #[test]
    fn a_moment_or_else_the_text_decides_equality([a, b] in [timestamp(), timestamp()]) {
        let expected = match (a.datetime(), b.datetime()) {
            (None, None) => a.as_str() == b.as_str(),
            (one, other) => one == other,
        };
        prop_assert_eq!(a == b, expected, "{:?} {:?}", a, b);
        prop_assert_eq!(&a, &a.clone());
    }
}
