//! Path items that refer to others. 3.1 shares path items among the components;
//! in 3.0 each path has its own.

use anyhow::Result;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use super::grammar::{Child, Kind};
use super::{Context, refuse};
use crate::pointer::Pointer;

/// How many values may be copied: path items that refer to each other through
/// callbacks could else grow without end.
const LIMIT: usize = 1_000_000;

/// Puts each path item in the place of a reference to it.
pub(super) fn resolve(document: &mut Value, context: &mut Context) -> Result<()> {
    let mut places = Vec::new();
    find(Kind::Document, document, &Pointer::default(), &mut places);
    let mut copies = Copies { document, open: Vec::new(), values: 0 };
    let mut resolved = Vec::with_capacity(places.len());
    for place in &places {
        if let Some(item) = copies.document.pointer(place.as_str()) {
            resolved.push(copies.resolve(item, place)?);
        }
    }
    for (place, item) in places.iter().zip(resolved) {
        if let Some(value) = document.pointer_mut(place.as_str()) {
            *value = item;
        }
    }
    remove_shared(document, &places, context);
    Ok(())
}

/// The outermost path items that refer to others; those that are only there to
/// be shared are looked at when they are copied.
fn find(kind: Kind, value: &Value, at: &Pointer, found: &mut Vec<Pointer>) {
    let Value::Object(object) = value else { return };
    if kind == Kind::PathItem && object.contains_key("$ref") {
        found.push(at.clone());
        return;
    }
    for (key, value) in object {
        if kind == Kind::Components && key == "pathItems" {
            continue;
        }
        for_each_child(kind, key, value, at, &mut |kind, value, at| find(kind, value, at, found));
    }
}

/// Path items hang below these only.
fn may_hold_path_items(kind: Kind) -> bool {
    matches!(kind, Kind::PathItem | Kind::Operation | Kind::Callback | Kind::Components)
}

fn for_each_child<'a>(
    kind: Kind,
    key: &str,
    value: &'a Value,
    at: &Pointer,
    visit: &mut dyn FnMut(Kind, &'a Value, &Pointer),
) {
    let at = at.join(key);
    match (kind.child(key), value) {
        (Some(Child::One(kind)), value) if may_hold_path_items(kind) => visit(kind, value, &at),
        (Some(Child::Map(kind) | Child::Extensible(kind)), Value::Object(values))
            if may_hold_path_items(kind) =>
        {
            for (name, value) in values {
                visit(kind, value, &at.join(name));
            }
        }
        _ => {}
    }
}

struct Copies<'a> {
    document: &'a Value,
    /// The references that are being resolved.
    open: Vec<String>,
    values: usize,
}

impl<'a> Copies<'a> {
    /// A path item with all that it refers to.
    fn resolve(&mut self, item: &'a Value, at: &Pointer) -> Result<Value> {
        let Some(reference) = item.get("$ref") else { return self.copy(item, at) };
        let place = at.join("$ref");
        let target = reference.as_str().unwrap_or_default();
        let Some(pointer) = target.strip_prefix('#') else {
            return Err(refuse(&place, "only path items of this document are read: bundle it"));
        };
        let pointer = percent_decode_str(pointer).decode_utf8_lossy().into_owned();
        if self.open.contains(&pointer) {
            return Err(refuse(&place, "the path item refers to itself"));
        }
        let shared = self.document.pointer(&pointer).filter(|shared| shared.is_object());
        let shared = shared.ok_or_else(|| refuse(&place, "there is no such path item"))?;
        self.open.push(pointer);
        let mut resolved = self.resolve(shared, at)?;
        self.open.pop();
        if let (Some(resolved), Some(item)) = (resolved.as_object_mut(), item.as_object()) {
            self.add_siblings(resolved, item, at)?;
        }
        Ok(resolved)
    }

    /// What stands beside the reference adds to what it names. Of two words
    /// for the path, those nearer to it count.
    fn add_siblings(
        &mut self,
        resolved: &mut Map<String, Value>,
        item: &'a Map<String, Value>,
        at: &Pointer,
    ) -> Result<()> {
        for (key, value) in item.iter().filter(|(key, _)| *key != "$ref") {
            let at = at.join(key);
            let copy = match Kind::PathItem.child(key) {
                Some(Child::One(kind)) => self.copy_inside(kind, value, &at)?,
                _ => self.copy(value, &at)?,
            };
            let is_words = matches!(key.as_str(), "summary" | "description");
            if resolved.insert(key.clone(), copy).is_some() && !is_words {
                return Err(refuse(&at, "the path item that `$ref` names has it too"));
            }
        }
        Ok(())
    }

    fn copy(&mut self, item: &'a Value, at: &Pointer) -> Result<Value> {
        self.copy_inside(Kind::PathItem, item, at)
    }

    /// Copies what may hold path items, resolving those on the way.
    fn copy_inside(&mut self, kind: Kind, value: &'a Value, at: &Pointer) -> Result<Value> {
        let Value::Object(object) = value else { return self.count(value, at) };
        if kind == Kind::PathItem && object.contains_key("$ref") {
            return self.resolve(value, at);
        }
        self.spend(1, at)?;
        let mut copy = Map::new();
        for (key, value) in object {
            let place = at.join(key);
            let value = match (kind.child(key), value) {
                (Some(Child::One(kind)), value) if may_hold_path_items(kind) => {
                    self.copy_inside(kind, value, &place)?
                }
                (Some(Child::Map(kind)), Value::Object(values)) if may_hold_path_items(kind) => {
                    let mut copies = Map::new();
                    for (name, value) in values {
                        let copy = self.copy_inside(kind, value, &place.join(name))?;
                        copies.insert(name.clone(), copy);
                    }
                    Value::Object(copies)
                }
                (_, value) => self.count(value, &place)?,
            };
            copy.insert(key.clone(), value);
        }
        Ok(Value::Object(copy))
    }

    fn count(&mut self, value: &Value, at: &Pointer) -> Result<Value> {
        self.spend(size(value), at)?;
        Ok(value.clone())
    }

    fn spend(&mut self, values: usize, at: &Pointer) -> Result<()> {
        self.values += values;
        if self.values > LIMIT {
            return Err(refuse(at, "path items refer to each other too often to copy them"));
        }
        Ok(())
    }
}

fn size(value: &Value) -> usize {
    1 + match value {
        Value::Array(values) => values.iter().map(size).sum(),
        Value::Object(values) => values.values().map(size).sum(),
        _ => 0,
    }
}

/// What was only there to be shared goes; what nothing refers to is listed.
fn remove_shared(document: &mut Value, places: &[Pointer], context: &mut Context) {
    let Some(components) = document.get_mut("components").and_then(Value::as_object_mut) else {
        return;
    };
    if components.remove("pathItems").is_some() && places.is_empty() {
        context.drop(&Pointer::default().join("components"), "pathItems");
    }
}
