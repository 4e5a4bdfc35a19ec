//! References, which all lead to a component of the same document.

use anyhow::Result;
use serde_json::Value;

use super::grammar::{Child, Kind};
use super::refuse;
use crate::pointer::Pointer;

/// Refuses a reference that does not lead to a component of the kind that belongs in its
/// place, which is no reference itself.
pub(super) fn check(
    document: &Value,
    kind: Kind,
    reference: Option<&Value>,
    at: &Pointer,
) -> Result<()> {
    let Some(reference) = reference else { return Ok(()) };
    let what = match target(document, kind, reference) {
        None => format!(
            "{reference} is no {kind:?} in this document: describe it under `/components`, and \
             refer to it there"
        ),
        Some(target) if target.get("$ref").is_some() => {
            "leads from reference to reference: refer to the last of them".to_owned()
        }
        Some(_) => return Ok(()),
    };
    Err(refuse(&at.join("$ref"), &what))
}

fn target<'a>(document: &'a Value, kind: Kind, reference: &Value) -> Option<&'a Value> {
    let (section, name) = reference.as_str()?.strip_prefix("#/components/")?.split_once('/')?;
    let is_of_kind =
        matches!(Kind::Components.child(section), Some(Child::Map(child)) if child == kind);
    document["components"][section].get(name).filter(|_| is_of_kind)
}
