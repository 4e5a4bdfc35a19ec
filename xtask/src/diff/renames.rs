//! Components that only got another name.

use serde_json::Value;

use super::uses::reference;

/// A component that has another name in the new document.
pub struct Rename {
    pub kind: String,
    pub old: String,
    pub new: String,
}

/// Renames components in the old document as the new one did, and says which. What
/// is left to compare then differs by more than a name.
///
/// A component that refers to another renamed one is found after that one.
pub fn apply(old: &mut Value, new: &Value) -> Vec<Rename> {
    let mut renames = Vec::new();
    for kind in ["schemas", "parameters", "responses", "requestBodies", "headers"] {
        while let Some(rename) = find(old, new, kind) {
            let (from, to) = (reference(kind, &rename.old), reference(kind, &rename.new));
            replace(old, &from, &to);
            if let Some(components) =
                old.pointer_mut("/components").and_then(|all| all.get_mut(kind)?.as_object_mut())
                && let Some(component) = components.remove(&rename.old)
            {
                components.insert(rename.new.clone(), component);
            }
            renames.push(rename);
        }
    }
    renames
}

fn find(old: &Value, new: &Value, kind: &str) -> Option<Rename> {
    let before = old.get("components")?.get(kind)?.as_object()?;
    let after = new.get("components")?.get(kind)?.as_object()?;
    let removed = before.iter().filter(|(name, _)| !after.contains_key(*name));
    let added: Vec<_> = after.iter().filter(|(name, _)| !before.contains_key(*name)).collect();
    for (old, value) in removed {
        for (new, candidate) in &added {
            let mut value = value.clone();
            replace(&mut value, &reference(kind, old), &reference(kind, new));
            if value == **candidate {
                return Some(Rename {
                    kind: kind.to_owned(),
                    old: old.clone(),
                    new: (*new).clone(),
                });
            }
        }
    }
    None
}

/// Replaces a text wherever it stands alone: a reference, or the entry of a
/// discriminator.
fn replace(value: &mut Value, from: &str, to: &str) {
    match value {
        Value::String(text) if text == from => to.clone_into(text),
        Value::Object(entries) => entries.values_mut().for_each(|entry| replace(entry, from, to)),
        Value::Array(elements) => {
            for element in elements {
                replace(element, from, to);
            }
        }
        _ => {}
    }
}
