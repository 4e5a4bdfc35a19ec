//! Mutations of JSON documents: of their values and of their bytes.

use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::strategy::ValueTree;
use serde_json::Value;

use crate::support::KEY;

/// A mutation. The index selects a value or a byte of the document.
#[derive(Clone, Debug)]
pub enum Change {
    /// Replaces a value with JSON.
    Replace(Index, String),
    /// Wraps a value in a list, or in an object under a name.
    Wrap(Index, Option<&'static str>),
    /// Removes a value from its list or object.
    Remove(Index),
    /// Renames a field.
    Rename(Index, String),
    /// Adds a copy of a value to its list or object.
    Repeat(Index, String),
    /// Inserts bytes.
    Insert(Index, Vec<u8>),
    /// Truncates the document.
    Cut(Index),
}

/// JSON of every type, and text that is almost JSON.
const ODD: [&str; 30] = [
    "null",
    "true",
    "false",
    "0",
    "-1",
    "1.5",
    "1e400",
    "-0.0",
    "99999999999999999999",
    "9223372036854775808",
    "1e-400",
    "\"\"",
    "\" \"",
    "\"0\"",
    "\"TRUE\"",
    "\"1e400\"",
    "\"2026-13-45T99:99:99Z\"",
    "\"\\ud83d\"",
    "\"\\u0000\\u202e\"",
    "\"\u{1f600}\"",
    "[]",
    "{}",
    "[null]",
    "[[[[[[[[]]]]]]]]",
    "{\"error\": \"a\"}",
    "{\"code\": \"A\", \"message\": []}",
    "{\"\": {}}",
    "NaN",
    "'a'",
    "\"\u{feff}\"",
];

/// Field names, most of which the client looks for.
const NAMES: [&str; 14] = [
    "id", "error", "errors", "code", "message", "data", "event", "object", "entry", "status",
    "title", "detail", "total", "",
];

fn json() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => select(&ODD[..]).prop_map(str::to_owned),
        1 => Just(format!("\"{KEY}\"")),
        1 => Just("[".repeat(200) + &"]".repeat(200)),
        1 => any::<String>().prop_map(|text| Value::from(text).to_string()),
        1 => any::<f64>().prop_map(|number| number.to_string()),
        1 => any::<i64>().prop_map(|number| number.to_string()),
    ]
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => select(&NAMES[..]).prop_map(str::to_owned),
        1 => Just(KEY.to_owned()),
        1 => any::<String>(),
    ]
}

/// Generates a few changes, most of them of values.
pub fn changes() -> impl Strategy<Value = Vec<Change>> {
    let index = any::<Index>;
    let change = prop_oneof![
        6 => (index(), json()).prop_map(|(at, json)| Change::Replace(at, json)),
        2 => (index(), proptest::option::of(select(&NAMES[..])))
            .prop_map(|(at, name)| Change::Wrap(at, name)),
        3 => index().prop_map(Change::Remove),
        2 => (index(), name()).prop_map(|(at, name)| Change::Rename(at, name)),
        2 => (index(), name()).prop_map(|(at, name)| Change::Repeat(at, name)),
        1 => (index(), proptest::collection::vec(any::<u8>(), 1..4))
            .prop_map(|(at, bytes)| Change::Insert(at, bytes)),
        1 => index().prop_map(Change::Cut),
    ];
    proptest::collection::vec(change, 0..5)
}

/// Applies changes to a document.
pub fn changed(mut document: Value, changes: &[Change]) -> Vec<u8> {
    // Placeholders stand in for JSON that a `Value` cannot hold until the document is text.
    let mut replaced = Vec::new();
    for change in changes {
        let (Change::Replace(at, _)
        | Change::Wrap(at, _)
        | Change::Remove(at)
        | Change::Rename(at, _)
        | Change::Repeat(at, _)
        | Change::Insert(at, _)
        | Change::Cut(at)) = change;
        let pointers = pointers(&document);
        let place = Place::new(&pointers[at.index(pointers.len())]);
        match change {
            Change::Replace(_, json) => {
                *place.value(&mut document) = format!("\u{1}{}\u{1}", replaced.len()).into();
                replaced.push(json);
            }
            Change::Wrap(_, name) => {
                let value = place.value(&mut document);
                *value = match name {
                    Some(name) => serde_json::json!({ *name: value.take() }),
                    None => serde_json::json!([value.take()]),
                };
            }
            Change::Remove(_) => drop(place.remove(&mut document)),
            Change::Rename(_, name) => {
                if let Some(value) = place.remove(&mut document) {
                    place.add(&mut document, name, value);
                }
            }
            Change::Repeat(_, name) => {
                let value = place.value(&mut document).clone();
                place.add(&mut document, name, value);
            }
            Change::Insert(..) | Change::Cut(_) => {}
        }
    }
    let mut text = document.to_string();
    for (number, json) in replaced.iter().enumerate() {
        text = text.replace(&format!("\"\\u0001{number}\\u0001\""), json);
    }
    let mut bytes = text.into_bytes();
    for change in changes {
        match change {
            Change::Insert(at, inserted) => {
                let at = at.index(bytes.len() + 1);
                bytes.splice(at..at, inserted.iter().copied());
            }
            Change::Cut(at) => bytes.truncate(at.index(bytes.len() + 1)),
            _ => {}
        }
    }
    bytes
}

/// The location of a value: its parent, and its name or index there.
struct Place<'p> {
    parent: &'p str,
    name: Option<String>,
    pointer: &'p str,
}

impl<'p> Place<'p> {
    fn new(pointer: &'p str) -> Self {
        let (parent, name) = pointer.rsplit_once('/').unwrap_or((pointer, ""));
        let name = name.replace("~1", "/").replace("~0", "~");
        Self { parent, name: (!pointer.is_empty()).then_some(name), pointer }
    }

    fn value<'d>(&self, document: &'d mut Value) -> &'d mut Value {
        document.pointer_mut(self.pointer).unwrap()
    }

    fn remove(&self, document: &mut Value) -> Option<Value> {
        let name = self.name.as_ref()?;
        match document.pointer_mut(self.parent)? {
            Value::Object(object) => object.remove(name),
            Value::Array(list) => Some(list.remove(name.parse().ok()?)),
            _ => None,
        }
    }

    /// Adds a value next to this one.
    fn add(&self, document: &mut Value, name: &str, value: Value) {
        match document.pointer_mut(self.parent) {
            Some(Value::Object(object)) => drop(object.insert(name.to_owned(), value)),
            Some(Value::Array(list)) => list.push(value),
            _ => {}
        }
    }
}

/// Returns the JSON Pointers (RFC 6901) to all values of a document.
fn pointers(document: &Value) -> Vec<String> {
    let mut pointers = vec![String::new()];
    let mut next = 0;
    while let Some(pointer) = pointers.get(next).cloned() {
        match document.pointer(&pointer) {
            Some(Value::Object(object)) => {
                let names = object.keys().map(|name| name.replace('~', "~0").replace('/', "~1"));
                pointers.extend(names.map(|name| format!("{pointer}/{name}")));
            }
            Some(Value::Array(list)) => {
                pointers.extend((0..list.len()).map(|number| format!("{pointer}/{number}")));
            }
            _ => {}
        }
        next += 1;
    }
    pointers
}

#[test]
fn changes_produce_many_distinct_documents() {
    let document = serde_json::json!({"a": [1, {"b/c": "d"}], "e": null});
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let all = &pointers(&document);
    assert_eq!(all, &["", "/a", "/e", "/a/0", "/a/1", "/a/1/b~1c"]);
    let mut seen = std::collections::HashSet::new();
    for _ in 0..1000 {
        let changes = changes().new_tree(&mut runner).unwrap().current();
        seen.insert(changed(document.clone(), &changes));
    }
    assert!(seen.len() > 500, "only {} distinct documents", seen.len());
    for expected in [r#"{"e":null}"#, r#"{"a":[{"b/c":"d"}],"e":null}"#] {
        assert!(seen.contains(expected.as_bytes()), "{expected}");
    }
}
