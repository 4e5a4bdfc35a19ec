//! Validates values against `oneOf` and `anyOf`.

use serde_json::{Value, json};

use super::{Violation, check as check_one};
use crate::mock::document::{entries, list};

/// Checks that a value matches an alternative, and only one if `only` is true.
pub fn check(
    schema: &Value,
    alternatives: &Value,
    value: &Value,
    only: bool,
) -> Result<(), Violation> {
    if let Some(tag) = schema["discriminator"]["propertyName"].as_str() {
        return tagged(&schema["discriminator"]["mapping"], tag, value);
    }
    let mut matching = Vec::new();
    let mut violations = Vec::new();
    for alternative in list(alternatives) {
        match check_one(alternative, value) {
            Ok(()) => matching.push(name(alternative)),
            Err(violation) => violations.push(violation),
        }
    }
    match matching.len() {
        0 => Err(closest(violations)),
        1 => Ok(()),
        _ if only => {
            Err(Violation::new(format!("matches more than one of: {}", matching.join(", "))))
        }
        _ => Ok(()),
    }
}

/// Checks a value against the alternative that its discriminator selects.
fn tagged(mapping: &Value, tag: &str, value: &Value) -> Result<(), Violation> {
    let Some(name) = value.get(tag) else {
        return Err(Violation::new(format!("has no {tag}")));
    };
    let target = name.as_str().and_then(|name| mapping.get(name));
    let Some(target) = target else {
        let names: Vec<&str> = entries(mapping).map(|(name, _)| name).collect();
        return Err(Violation::new(format!("is not one of {}", names.join(", "))).within(tag));
    };
    check_one(&json!({ "$ref": target }), value)
}

/// Joins the violations at the deepest place: their alternative is most likely the intended
/// one.
fn closest(violations: Vec<Violation>) -> Violation {
    let deepest =
        violations.iter().map(|violation| violation.place.len()).max().unwrap_or_default();
    let violations = violations.into_iter().filter(|violation| violation.place.len() == deepest);
    let all = violations.reduce(|mut all, violation| {
        if violation.place == all.place {
            all.what = format!("{}, or {}", all.what, violation.what);
        }
        all
    });
    all.unwrap_or_else(|| Violation::new("matches no alternative"))
}

/// A name for an alternative: its title, or its required fields.
fn name(alternative: &Value) -> String {
    let required = list(&alternative["required"]).iter().filter_map(Value::as_str);
    let required = || required.collect::<Vec<_>>().join(" and ");
    alternative["title"].as_str().map_or_else(required, str::to_owned)
}
