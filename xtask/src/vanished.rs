//! Refuses a document that lacks a tag, a callback or an event that the one before
//! has: its users would lose it without notice.

use std::collections::BTreeSet;

use anyhow::{Result, bail};
use serde_json::Value;

use crate::places::{self, elements, entries};

/// Holds a document against the one before. `dropped` may go.
pub fn check(earlier: &Value, document: &Value, dropped: &[String]) -> Result<()> {
    let kept = names(document);
    let gone: Vec<String> = names(earlier)
        .into_iter()
        .filter(|name| !kept.contains(name) && !dropped.contains(name))
        .collect();
    if gone.is_empty() {
        return Ok(());
    }
    let options: Vec<String> = gone.iter().map(|name| format!("--drop '{name}'")).collect();
    bail!(
        "openapi.json would lose {}: describe them in xtask/spec/api, or let them go with {}",
        gone.join(", "),
        options.join(" ")
    )
}

/// The tags, the callbacks and the events of a document.
fn names(document: &Value) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (.., operation, at) in places::operations(document) {
        for tag in elements(&operation["tags"]).filter_map(Value::as_str) {
            names.insert(format!("tag {tag}"));
        }
        for (name, callback) in entries(&operation["callbacks"]) {
            names.insert(format!("callback {name}"));
            for (_, delivery) in entries(callback) {
                let media = &delivery["post"]["requestBody"]["content"]["application/json"];
                let (_, union) = places::resolve(document, &media["schema"], &at);
                let events = entries(&union["discriminator"]["mapping"]);
                names.extend(events.map(|(event, _)| format!("event {event}")));
            }
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::check;

    fn document(tag: &str, callback: &str, event: &str) -> Value {
        let schema = json!({"$ref": "#/components/schemas/Event"});
        let body = json!({"content": {"application/json": {"schema": schema}}});
        json!({
            "paths": {"/a": {"post": {
                "tags": [tag],
                "callbacks": {callback: {"{$url}": {"post": {"requestBody": body}}}},
            }}},
            "components": {"schemas": {"Event": {
                "discriminator": {"propertyName": "event", "mapping": {event: "#"}},
            }}},
        })
    }

    #[test]
    fn what_vanishes_is_named_unless_it_may() {
        let earlier = document("A", "delivery", "a.sent");
        check(&earlier, &earlier, &[]).unwrap();
        check(&Value::Null, &earlier, &[]).unwrap();
        for (later, gone) in [
            (document("B", "delivery", "a.sent"), "tag A"),
            (document("A", "report", "a.sent"), "callback delivery"),
            (document("A", "delivery", "a.read"), "event a.sent"),
        ] {
            let error = check(&earlier, &later, &[]).unwrap_err().to_string();
            assert_eq!(
                error,
                format!(
                    "openapi.json would lose {gone}: describe them in xtask/spec/api, or let them \
                     go with --drop '{gone}'"
                )
            );
            check(&earlier, &later, &[gone.to_owned()]).unwrap();
        }
    }
}
