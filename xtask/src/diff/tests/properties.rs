//! Whatever changes, anywhere in a document: it is seen, and nothing panics.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::report;
use super::base;

/// One change at a random place.
#[derive(Clone, Debug)]
enum Edit {
    Replace(Value),
    Remove,
    Insert(String, Value),
    /// Puts there what stands at another place.
    Copy(prop::sample::Index),
    RenameKey(String),
}

/// The pointers to everything in a document.
fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Object(entries) => {
            for (key, value) in entries {
                let key = key.replace('~', "~0").replace('/', "~1");
                pointers(value, &format!("{at}/{key}"), found);
            }
        }
        Value::Array(elements) => {
            for (index, value) in elements.iter().enumerate() {
                pointers(value, &format!("{at}/{index}"), found);
            }
        }
        _ => {}
    }
}

fn apply(document: &mut Value, place: prop::sample::Index, edit: Edit) {
    let mut all = Vec::new();
    pointers(document, "", &mut all);
    let pointer = place.get::<String>(&all).clone();
    let copied = match &edit {
        Edit::Copy(from) => document.pointer(from.get::<String>(&all)).cloned(),
        _ => None,
    };
    let parent = pointer
        .rsplit_once('/')
        .map(|(parent, key)| (parent.to_owned(), key.replace("~1", "/").replace("~0", "~")));
    match edit {
        Edit::Replace(value) => *document.pointer_mut(&pointer).unwrap() = value,
        Edit::Copy(_) => *document.pointer_mut(&pointer).unwrap() = copied.unwrap(),
        Edit::Insert(key, value) => match document.pointer_mut(&pointer).unwrap() {
            Value::Object(entries) => drop(entries.insert(key, value)),
            Value::Array(elements) => elements.push(value),
            leaf => *leaf = json!({ key: value }),
        },
        Edit::Remove | Edit::RenameKey(_) => {
            let Some((parent, key)) = parent else { return };
            match document.pointer_mut(&parent).unwrap() {
                Value::Object(entries) => {
                    let value = entries.remove(&key);
                    if let (Edit::RenameKey(name), Some(value)) = (edit, value) {
                        entries.insert(name, value);
                    }
                }
                Value::Array(elements) => drop(elements.remove(key.parse().unwrap())),
                _ => {}
            }
        }
    }
}

fn key() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "$ref",
            "type",
            "format",
            "nullable",
            "enum",
            "allOf",
            "oneOf",
            "anyOf",
            "items",
            "properties",
            "required",
            "additionalProperties",
            "schema",
            "content",
            "parameters",
            "in",
            "name",
            "security",
            "servers",
            "get",
            "post",
            "default",
            "minimum",
            "description",
            "x-any",
            "State",
            "id",
            "200",
            "not",
        ])
        .prop_map(str::to_owned),
        "[a-z~/{}]{0,4}",
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        prop::sample::select(vec![
            "string",
            "integer",
            "object",
            "array",
            "#/components/schemas/Number",
            "#/components/schemas/Link",
            "#/components/schemas/Change",
            "#",
            "#/paths",
            "query",
            "path",
            "date-time",
            "int64",
        ])
        .prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inside| {
        prop_oneof![
            prop::collection::vec(inside.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(key(), inside, 0..4)
                .prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

fn edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        value().prop_map(Edit::Replace),
        Just(Edit::Remove),
        (key(), value()).prop_map(|(key, value)| Edit::Insert(key, value)),
        any::<prop::sample::Index>().prop_map(Edit::Copy),
        key().prop_map(Edit::RenameKey),
    ]
}

fn edits(count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<(prop::sample::Index, Edit)>> {
    prop::collection::vec((any::<prop::sample::Index>(), edit()), count)
}

fn edited(edits: Vec<(prop::sample::Index, Edit)>) -> Value {
    let mut document = base();
    for (place, edit) in edits {
        apply(&mut document, place, edit);
    }
    document
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_change_anywhere_is_seen(edits in edits(1..2)) {
        let (old, new) = (base(), edited(edits));
        prop_assert_eq!(report(&old, &new).verdict().is_none(), old == new);
        prop_assert_eq!(report(&new, &old).verdict().is_none(), old == new);
    }

    #[test]
    fn any_two_documents_can_be_compared(one in edits(0..6), other in edits(0..6)) {
        let (old, new) = (edited(one), edited(other));
        prop_assert_eq!(report(&old, &new).verdict().is_none(), old == new);
        prop_assert!(report(&old, &old).verdict().is_none());
        for line in report(&old, &new).to_string().lines() {
            prop_assert!(line.chars().all(|character| !character.is_control()));
        }
    }
}

#[test]
fn references_in_a_circle_end() {
    let circle = |names: &[&str]| {
        let mut document = base();
        for (index, name) in names.iter().enumerate() {
            let next = names[(index + 1) % names.len()];
            document["components"]["schemas"][name] =
                json!({"$ref": format!("#/components/schemas/{next}")});
        }
        let first = format!("#/components/schemas/{}", names[0]);
        document["components"]["schemas"]["Change"]["allOf"][0] = json!({ "$ref": first });
        document["components"]["schemas"]["Number"]["properties"]["parent"] =
            json!({ "$ref": first });
        document
    };
    for (old, new) in [(["A", "B"], ["C", "D"]), (["A", "B"], ["B", "A"])] {
        assert!(report(&circle(&old), &circle(&new)).verdict().is_some());
        assert!(report(&base(), &circle(&new)).verdict().is_some());
    }
}
