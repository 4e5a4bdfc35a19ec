//! The one document that upstream and the fragments are.

use anyhow::{Result, anyhow, ensure};
use serde_json::{Map, Value, json};

use super::Common;
use crate::fragments::Fragments;
use crate::places::{self, entries, reached};
use crate::pointer::Pointer;

/// Fields of a path item that hold for its operations.
const HELD_FOR_ALL: [&str; 2] = ["parameters", "servers"];

/// Writes into each operation what its path states for all of them, so that it does
/// not come to mean operations of ours too.
pub fn push_down(document: &mut Value) {
    let found = places::operations(document).map(|(path, _, _, at)| (path.to_owned(), at));
    let found: Vec<(String, Pointer)> = found.collect();
    for (path, at) in &found {
        let item = document["paths"][path.as_str()].clone();
        let Some(operation) = document.pointer_mut(at.as_str()).and_then(Value::as_object_mut)
        else {
            continue;
        };
        if let Some(servers) = item.get("servers") {
            operation.entry("servers").or_insert_with(|| servers.clone());
        }
        if let Some(Value::Array(parameters)) = item.get("parameters") {
            let own = operation.entry("parameters").or_insert_with(|| json!([]));
            let Some(own) = own.as_array_mut() else { continue };
            for parameter in parameters {
                let same = |other: &Value| {
                    other["name"] == parameter["name"] && other["in"] == parameter["in"]
                };
                if !own.iter().any(|other| same(other) && other.get("name").is_some()) {
                    own.push(parameter.clone());
                }
            }
        }
    }
    for (path, _) in found {
        if let Some(item) = document["paths"][path.as_str()].as_object_mut() {
            item.retain(|key, _| !HELD_FOR_ALL.contains(&key.as_str()));
        }
    }
}

/// Puts the fragments into the vendor's document. An operation that both have is
/// ours, with the vendor's name of it beside.
pub fn join(upstream: &mut Value, ours: &Fragments, common: &[Common]) -> Result<()> {
    let replaced = take_replaced(upstream, common);
    drop_unused(upstream, &replaced);
    let root = upstream.as_object_mut().ok_or_else(|| anyhow!("the document is no object"))?;
    let paths = entry(root, "paths", &Pointer::default().join("paths"))?;
    for (path, item) in entries(&ours.document["paths"]) {
        let at = Pointer::default().join("paths").join(path);
        let merged = entry(paths, path, &at)?;
        ensure!(!merged.contains_key("$ref"), "{at} is a reference upstream: write it out");
        merged.extend(entries(item).map(|(key, value)| (key.clone(), value.clone())));
    }
    for (operation, theirs) in common.iter().zip(&replaced) {
        let merged = &mut paths[&operation.our_path][&operation.method];
        merged["x-evidence"] = json!("fragment");
        if let Some(id) = theirs.get("operationId") {
            merged["x-upstream-operation-id"] = id.clone();
        }
    }
    let components = entry(root, "components", &Pointer::default().join("components"))?;
    for (kind, ours) in entries(&ours.document["components"]) {
        let at = Pointer::default().join("components").join(kind);
        let merged = entry(components, kind, &at)?;
        for (name, component) in entries(ours) {
            ensure!(
                merged.get(name).is_none_or(|theirs| theirs == component),
                "{} is in xtask/spec/api and another one in the vendor's document: rename ours",
                at.join(name)
            );
            merged.insert(name.clone(), component.clone());
        }
    }
    Ok(())
}

/// An entry of an object that is one itself, and is made where it is missing.
fn entry<'a>(
    object: &'a mut Map<String, Value>,
    key: &str,
    at: &Pointer,
) -> Result<&'a mut Map<String, Value>> {
    let entry = object.entry(key).or_insert_with(|| json!({}));
    entry.as_object_mut().ok_or_else(|| anyhow!("{at} of the vendor's document is no object"))
}

/// Takes the operations that ours replace out of the document.
fn take_replaced(upstream: &mut Value, common: &[Common]) -> Vec<Value> {
    let taken = common.iter().map(|operation| {
        let Some(item) = upstream["paths"][&operation.their_path].as_object_mut() else {
            return Value::Null;
        };
        let taken = item.remove(&operation.method).unwrap_or_default();
        if item.is_empty()
            && let Some(paths) = upstream["paths"].as_object_mut()
        {
            paths.remove(&operation.their_path);
        }
        taken
    });
    taken.collect()
}

/// Drops the components that nothing but the replaced operations refers to.
fn drop_unused(upstream: &mut Value, replaced: &[Value]) {
    let kept = reached(upstream, [&upstream["paths"], &upstream["webhooks"]]);
    for place in reached(upstream, replaced) {
        if kept.contains(&place) {
            continue;
        }
        let steps: Vec<&str> = place.trim_start_matches('/').splitn(3, '/').collect();
        if let ["components", kind, name] = steps[..]
            && let Some(components) = upstream["components"][kind].as_object_mut()
        {
            components.remove(name);
        }
    }
}
