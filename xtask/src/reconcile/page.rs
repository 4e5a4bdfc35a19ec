//! What a page of the vendor's states of each of its operations.

use anyhow::{Result, ensure};
use serde_json::{Map, Value, json};

use crate::places::METHODS;
use crate::pointer::Pointer;
use crate::upstream::Part;

/// Writes into each operation what its path states for all of them.
pub fn push_down(page: &mut Part) -> Result<()> {
    let at = Pointer::default().join("paths");
    let paths = page.document.get_mut("paths").and_then(Value::as_object_mut);
    for (path, item) in paths.into_iter().flatten() {
        let Some(item) = item.as_object_mut() else { continue };
        let at = at.join(path);
        ensure!(!item.contains_key("$ref"), "{}: {at} is a reference: write it out", page.source);
        let (parameters, servers) = (item.remove("parameters"), item.remove("servers"));
        let operations = item.iter_mut().filter(|(key, _)| METHODS.contains(&key.as_str()));
        for operation in operations.filter_map(|(_, operation)| operation.as_object_mut()) {
            if let Some(servers) = &servers {
                operation.entry("servers").or_insert_with(|| servers.clone());
            }
            if let Some(Value::Array(parameters)) = &parameters {
                add_parameters(operation, parameters);
            }
        }
    }
    Ok(())
}

/// Adds those parameters that an operation does not state itself.
fn add_parameters(operation: &mut Map<String, Value>, parameters: &[Value]) {
    let own = operation.entry("parameters").or_insert_with(|| json!([]));
    let Some(own) = own.as_array_mut() else { return };
    for parameter in parameters {
        let same =
            |other: &Value| other["name"] == parameter["name"] && other["in"] == parameter["in"];
        if !own.iter().any(|other| same(other) && other.get("name").is_some()) {
            own.push(parameter.clone());
        }
    }
}

/// Notes on an operation of ours that a page of the vendor's agrees with it.
pub fn mark(ours: &mut Value, theirs: &Value) {
    ours["x-evidence"] = json!("fragment");
    let stated = ours.get("x-upstream-operation-id").is_some();
    if let Some(id) = theirs.get("operationId").filter(|_| !stated) {
        ours["x-upstream-operation-id"] = id.clone();
    }
}
