//! References, which all lead to a component of the same document.

use anyhow::Result;
use serde_json::Value;

use super::grammar::{Child, Kind};
use super::refuse;
use crate::pointer::Pointer;

/// How many references may lead from one to the next.
const LONGEST: usize = 8;

/// Refuses a reference that does not end at a component of the kind that belongs in its place.
pub(super) fn check(document: &Value, parts: &[(Kind, Pointer)]) -> Result<()> {
    for (kind, at) in parts {
        let mut part = document.pointer(at.as_str());
        for _ in 0..LONGEST {
            let Some(reference) = part.and_then(|part| part.get("$ref")) else { break };
            part = target(document, *kind, reference);
            if part.is_none() {
                let what = format!("{reference} is no {kind:?} in this document");
                let cure = "describe it under `/components`, and refer to it there";
                return Err(refuse(&at.join("$ref"), &format!("{what}: {cure}")));
            }
        }
        if part.is_some_and(|part| part.get("$ref").is_some()) {
            let reason = "leads from reference to reference: refer to the last of them";
            return Err(refuse(&at.join("$ref"), reason));
        }
    }
    Ok(())
}

fn target<'a>(document: &'a Value, kind: Kind, reference: &Value) -> Option<&'a Value> {
    let (section, name) = reference.as_str()?.strip_prefix("#/components/")?.split_once('/')?;
    let is_of_kind =
        matches!(Kind::Components.child(section), Some(Child::Map(child)) if child == kind);
    document["components"][section].get(name).filter(|_| is_of_kind)
}
