//! What the document says of calls in the other direction.

use serde_json::Value;

use super::walk::{self, reference};

/// The named schema of the bodies that callbacks send, if there is one for all.
pub fn body(document: &mut Value) -> Option<String> {
    let mut found = None;
    for (_, _, operation) in walk::operations(document) {
        let callbacks = operation["callbacks"].as_object().into_iter().flatten();
        let paths = callbacks.filter_map(|(_, callback)| callback.as_object()).flatten();
        for (_, path) in paths {
            let content = &path["post"]["requestBody"]["content"]["application/json"];
            let name = reference(&content["schema"])?;
            if found.get_or_insert(name.to_owned()) != name {
                return None;
            }
        }
    }
    found
}
