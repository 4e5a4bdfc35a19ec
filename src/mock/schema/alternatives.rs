//! Validates values with alternatives.

use serde_json::{Map, Value, json};

use super::{Violation, check as check_one};
use crate::mock::document::list;

/// Checks that a value matches one of the alternatives, or `only` one.
pub fn check(
    root: &Value,
    schema: &Value,
    alternatives: &Value,
    value: &Value,
    only: bool,
) -> Result<(), Violation> {
    if let Some(tag) = schema["discriminator"]["propertyName"].as_str() {
        return tagged(root, &schema["discriminator"]["mapping"], tag, value);
    }
    let mut matching = Vec::new();
    let mut violations = Vec::new();
    for alternative in list(alternatives) {
        match check_one(root, alternative, value) {
            Ok(()) => matching.push(name(alternative)),
            Err(violation) => violations.push(violation),
        }
    }
    match matching.len() {
        0 => Err(closest(violations)),
        1 => Ok(()),
        _ if only => {
            Err(Violation::new(format!("may be only one of these: {}", matching.join(", "))))
        }
        _ => Ok(()),
    }
}

/// Checks a value against the alternative that its tag names.
fn tagged(root: &Value, mapping: &Value, tag: &str, value: &Value) -> Result<(), Violation> {
    let Some(name) = value.get(tag) else {
        return Err(Violation::new(format!("has no {tag}")));
    };
    let target = name.as_str().and_then(|name| mapping.get(name));
    let Some(target) = target else {
        let names = mapping.as_object().into_iter().flat_map(Map::keys);
        let names: Vec<&str> = names.map(String::as_str).collect();
        return Err(Violation::new(format!("is not one of {}", names.join(", "))).within(tag));
    };
    check_one(root, &json!({ "$ref": target }), value)
}

/// The violations at the deepest place, where the value most likely matches.
fn closest(violations: Vec<Violation>) -> Violation {
    let deepest =
        violations.iter().map(|violation| violation.place.len()).max().unwrap_or_default();
    let mut violations =
        violations.into_iter().filter(|violation| violation.place.len() == deepest);
    let Some(first) = violations.next() else {
        return Violation::new("matches no alternative");
    };
    violations.filter(|violation| violation.place == first.place).fold(
        first.clone(),
        |mut all, violation| {
            all.what = format!("{}, or {}", all.what, violation.what);
            all
        },
    )
}

/// A name for an alternative: its own, its required fields, or its type.
fn name(alternative: &Value) -> String {
    let own = alternative["$ref"].as_str().and_then(|target| target.rsplit('/').next());
    let required = || {
        let names: Vec<&str> =
            list(&alternative["required"]).iter().filter_map(Value::as_str).collect();
        (!names.is_empty()).then(|| names.join(" and "))
    };
    own.map(str::to_owned)
        .or_else(required)
        .or_else(|| Some(alternative["type"].as_str()?.to_owned()))
        .unwrap_or_else(|| "an unnamed alternative".to_owned())
}
