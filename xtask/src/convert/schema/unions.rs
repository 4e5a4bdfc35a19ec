//! `anyOf` and `oneOf`.

use anyhow::Result;
use serde_json::{Value, json};

use super::{Schema, all_of, is_never};
use crate::convert::refuse;
use crate::pointer::Pointer;

pub(super) fn convert(schema: &mut Schema, at: &Pointer) -> Result<()> {
    for key in ["oneOf", "anyOf"] {
        remove_never(schema, key);
        null_branch(schema, key, at)?;
    }
    Ok(())
}

/// `false` is no choice.
fn remove_never(schema: &mut Schema, key: &str) {
    if let Some(Value::Array(branches)) = schema.get_mut(key)
        && !branches.iter().all(is_never)
    {
        branches.retain(|branch| !is_never(branch));
    }
}

/// A branch that is null, or may be, becomes `nullable` of the whole.
fn null_branch(schema: &mut Schema, key: &str, at: &Pointer) -> Result<()> {
    let excluded = schema.get("type").is_some_and(|kind| !allows_null(kind));
    let Some(Value::Array(branches)) = schema.get_mut(key) else { return Ok(()) };
    let before = branches.len();
    branches.retain(|branch| !is_null(branch));
    let had_null = branches.len() < before;
    let mut took_nullable = false;
    for branch in branches.iter_mut() {
        took_nullable |= take_nullable(branch);
    }
    if !had_null && !took_nullable {
        return Ok(());
    }
    if branches.is_empty() {
        if excluded {
            return Err(refuse(&at.join(key), "it is null, which the type beside it is not"));
        }
        schema.remove(key);
        if schema.contains_key("enum") {
            all_of(schema, json!({"enum": [null]}));
        } else {
            schema.insert("enum".into(), json!([null]));
        }
        return Ok(());
    }
    if let [only] = branches.as_mut_slice()
        && had_null
    {
        let only = only.take();
        schema.remove(key);
        inline(schema, only);
    }
    if !excluded {
        schema.insert("nullable".into(), true.into());
    }
    Ok(())
}

fn allows_null(kind: &Value) -> bool {
    kind == "null" || kind.as_array().is_some_and(|kinds| kinds.contains(&json!("null")))
}

/// Whether a converted schema is the one for null.
fn is_null(schema: &Value) -> bool {
    schema.get("enum").is_some_and(|values| *values == json!([null]))
}

/// Takes `nullable` from a branch, where it means that null is valid.
fn take_nullable(value: &mut Value) -> bool {
    let Value::Object(branch) = value else { return false };
    let typed = ["type", "allOf", "anyOf", "oneOf"].iter().any(|key| branch.contains_key(*key));
    if !typed
        || branch.get("nullable") != Some(&Value::Bool(true))
        || branch.contains_key("default")
    {
        return false;
    }
    if let Some(Value::Array(values)) = branch.get_mut("enum") {
        let before = values.len();
        values.retain(|value| !value.is_null());
        if values.len() == before || values.is_empty() {
            return false;
        }
    }
    branch.remove("nullable");
    if branch.len() == 1
        && let Some(Value::Array(all)) = branch.get_mut("allOf")
        && let [only] = all.as_mut_slice()
    {
        *value = only.take();
    }
    true
}

/// Puts a lone branch in place of the union that held it.
fn inline(schema: &mut Schema, branch: Value) {
    match branch {
        Value::Object(branch)
            if !branch.contains_key("$ref")
                && branch.keys().all(|key| !schema.contains_key(key)) =>
        {
            schema.extend(branch);
        }
        branch => all_of(schema, branch),
    }
}

/// A schema that fits whatever one of `schemas` does. It is a union where types
/// tell the branches apart, as code can then, and else fits anything.
pub(super) fn wide(schemas: Vec<Value>) -> Value {
    let mut nullable = false;
    let mut branches: Vec<Value> = Vec::new();
    for mut schema in schemas {
        if is_null(&schema) {
            nullable = true;
            continue;
        }
        nullable |= take_nullable(&mut schema);
        let Some(kind) = schema.get("type").and_then(Value::as_str).map(str::to_owned) else {
            return json!({});
        };
        let same = |branch: &&mut Value| {
            branch["type"] == kind || (is_numeric(&branch["type"]) && is_numeric(&json!(kind)))
        };
        match branches.iter_mut().find(same) {
            None => branches.push(schema),
            Some(branch) if *branch == schema => {}
            Some(branch) => match wider(branch, &schema) {
                Some(wider) => *branch = wider,
                None => return json!({}),
            },
        }
    }
    let mut union = match branches.len() {
        0 => return json!({"enum": [null]}),
        1 => branches.remove(0),
        _ => json!({"oneOf": branches}),
    };
    if nullable {
        union["nullable"] = true.into();
    }
    union
}

/// One schema for two of the same simple type; none where they hold more.
fn wider(one: &Value, other: &Value) -> Option<Value> {
    let kind = if one["type"] == other["type"] { one["type"].as_str()? } else { "number" };
    if matches!(kind, "object" | "array") {
        return None;
    }
    let mut wider = json!({"type": kind});
    if let Some(format) = one.get("format").filter(|format| other.get("format") == Some(*format)) {
        wider["format"] = format.clone();
    }
    Some(wider)
}

fn is_numeric(kind: &Value) -> bool {
    kind == "integer" || kind == "number"
}
