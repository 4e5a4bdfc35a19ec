//! A value that is one of several kinds.

use serde_json::{Map, Value, json};

use super::{Fault, check as check_one, list};

/// Checks a value against alternatives, of which it has to fit one, or `only` one.
pub fn check(
    root: &Value,
    schema: &Value,
    alternatives: &Value,
    value: &Value,
    only: bool,
) -> Result<(), Fault> {
    if let Some(tag) = schema["discriminator"]["propertyName"].as_str() {
        return tagged(root, &schema["discriminator"]["mapping"], tag, value);
    }
    let mut fitting = Vec::new();
    let mut faults = Vec::new();
    for alternative in list(alternatives) {
        match check_one(root, alternative, value) {
            Ok(()) => fitting.push(name(alternative)),
            Err(fault) => faults.push(fault),
        }
    }
    match fitting.len() {
        0 => Err(closest(faults)),
        1 => Ok(()),
        _ if only => Err(Fault::new(format!("may be only one of these: {}", fitting.join(", ")))),
        _ => Ok(()),
    }
}

/// Checks a value against the alternative that its tag names.
fn tagged(root: &Value, mapping: &Value, tag: &str, value: &Value) -> Result<(), Fault> {
    let Some(name) = value.get(tag) else {
        return Err(Fault::new(format!("has no {tag}")));
    };
    let target = name.as_str().and_then(|name| mapping.get(name));
    let Some(target) = target else {
        let names = mapping.as_object().into_iter().flat_map(Map::keys);
        let names: Vec<&str> = names.map(String::as_str).collect();
        return Err(Fault::new(format!("is none of {}", names.join(", "))).within(tag));
    };
    check_one(root, &json!({ "$ref": target }), value)
}

/// What is wrong with the alternatives that the value fits the furthest.
fn closest(faults: Vec<Fault>) -> Fault {
    let deepest = faults.iter().map(|fault| fault.place.len()).max().unwrap_or_default();
    let mut faults = faults.into_iter().filter(|fault| fault.place.len() == deepest);
    let Some(first) = faults.next() else {
        return Fault::new("fits no alternative");
    };
    faults.filter(|fault| fault.place == first.place).fold(first.clone(), |mut all, fault| {
        all.what = format!("{}, or {}", all.what, fault.what);
        all
    })
}

/// A name for an alternative: its own, what it demands or its type.
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
        .unwrap_or_else(|| "one without a name".to_owned())
}
