//! Timestamps of every form: none causes a panic, and their order is total.

use std::collections::HashSet;

use pilot_status::Timestamp;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::config;

/// Generates a valid date, an almost valid date, a number, or any text.
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
    fn the_order_is_total(mut all in proptest::collection::vec(timestamp(), 0..6)) {
        // A sort may panic if the order is not total.
        all.sort();
        for (index, lesser) in all.iter().enumerate() {
            for greater in &all[index..] {
                prop_assert!(lesser.cmp(greater).is_le() && greater.cmp(lesser).is_ge(), "{lesser:?} {greater:?}");
                prop_assert_eq!(lesser == greater, lesser.cmp(greater).is_eq());
                let moments = lesser.datetime().zip(greater.datetime());
                if let Some((lesser, greater)) = moments {
                    prop_assert!(lesser <= greater);
                }
            }
        }
        let distinct = all.iter().collect::<HashSet<_>>().len();
        all.dedup();
        prop_assert_eq!(distinct, all.len());
    }
}
