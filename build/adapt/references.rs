//! Puts what a document shares where it is used. Only named schemas are still
//! referred to.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::walk::{self, METHODS, SCHEMAS, reference};

/// How many references may lead from one to the next.
const LONGEST: usize = 16;

/// Resolves the references of a document.
pub fn resolve(document: &mut Value) -> Result<(), String> {
    let mut paths = document["paths"].clone();
    for (path, item) in paths.as_object_mut().into_iter().flatten() {
        put(document, item).map_err(|reason| format!("{path}: {reason}"))?;
        for parameter in walk::list(item, "parameters") {
            put(document, parameter).map_err(|reason| format!("{path}: {reason}"))?;
        }
        let Some(item) = item.as_object_mut() else { continue };
        let operations = item.iter_mut().filter(|(key, _)| METHODS.contains(&key.as_str()));
        for (method, operation) in operations {
            resolve_operation(document, operation)
                .map_err(|reason| format!("{} {path}: {reason}", method.to_uppercase()))?;
        }
    }
    document["paths"] = paths;
    name_deep(document)
}

fn resolve_operation(document: &Value, operation: &mut Value) -> Result<(), String> {
    for parameter in walk::list(operation, "parameters") {
        put(document, parameter)?;
    }
    if let Some(body) = operation.get_mut("requestBody") {
        put(document, body)?;
    }
    let responses = operation.get_mut("responses").and_then(Value::as_object_mut);
    for (_, response) in responses.into_iter().flatten() {
        put(document, response)?;
    }
    Ok(())
}

/// Puts what a part refers to in its place.
fn put(document: &Value, part: &mut Value) -> Result<(), String> {
    for _ in 0..LONGEST {
        let Some(reference) = part.get("$ref").and_then(Value::as_str) else {
            return Ok(());
        };
        *part = find(document, reference)?.clone();
    }
    Err("its references lead in a circle".to_owned())
}

fn find<'a>(document: &'a Value, reference: &str) -> Result<&'a Value, String> {
    let pointer = reference.strip_prefix('#').ok_or_else(|| {
        format!("`{reference}` is in another document; bundle the documents into one")
    })?;
    document
        .pointer(pointer)
        .or_else(|| document.pointer(&decoded(pointer)))
        .ok_or_else(|| format!("{reference} is not there"))
}

/// A pointer stands in a URI, where some characters are escaped.
fn decoded(pointer: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = pointer.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let digits = tail.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        let escaped = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        if let (b'%', Some(byte)) = (first, escaped) {
            bytes.push(byte);
            rest = &tail[2..];
        } else {
            bytes.push(*first);
            rest = tail;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Gives a name to every schema that is referred to by its place.
fn name_deep(document: &mut Value) -> Result<(), String> {
    let mut renamed: BTreeMap<String, String> = BTreeMap::new();
    loop {
        let named = walk::named(document).into_iter().flatten();
        let mut known: BTreeSet<String> = named.map(|(name, _)| name.clone()).collect();
        let mut deep = BTreeSet::new();
        walk::schemas(document, &mut |schema| {
            let Some(target) = schema.get("$ref").and_then(Value::as_str) else { return };
            if let Some(name) = renamed.get(target) {
                *schema = json!({ "$ref": format!("{SCHEMAS}{name}") });
            } else if !reference(schema).is_some_and(|name| known.contains(name)) {
                deep.insert(target.to_owned());
            }
        });
        if deep.is_empty() {
            return Ok(());
        }
        for target in deep {
            let schema = find(document, &target)?.clone();
            let name = free_name(&target, &known);
            document["components"]["schemas"][&name] = schema;
            known.insert(name.clone());
            renamed.insert(target, name);
        }
    }
}

/// A name after the last two steps of a pointer.
fn free_name(target: &str, known: &BTreeSet<String>) -> String {
    let letter = |character: char| if character.is_alphanumeric() { character } else { '-' };
    let target = decoded(target);
    let steps: Vec<&str> = target.rsplit('/').take(2).collect();
    let name: String = steps.into_iter().rev().flat_map(|step| step.chars().chain(['-'])).collect();
    let name: String = name.chars().map(letter).collect();
    let mut names = (1..).map(|number: u32| format!("{name}{number}"));
    names.find(|name| !known.contains(name)).unwrap_or_default()
}
