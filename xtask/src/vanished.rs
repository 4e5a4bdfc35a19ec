//! Refuses a document that lacks a tag, a callback or an event of the earlier one: users would
//! lose it without notice.

use std::collections::BTreeSet;

use anyhow::{Result, ensure};
use serde_json::Value;

use crate::generate::events::delivery;
use crate::generate::schema::{schema, texts};
use crate::places::{self, entries};

/// Compares a document with the earlier one, which may lose the names in `dropped`.
pub fn check(earlier: &Value, document: &Value, dropped: &[String]) -> Result<()> {
    let mut gone = Vec::from_iter(&names(earlier) - &names(document));
    gone.retain(|name| !dropped.contains(name));
    let options: Vec<String> = gone.iter().map(|name| format!("--drop '{name}'")).collect();
    let (gone, options) = (gone.join(", "), options.join(" "));
    ensure!(
        gone.is_empty(),
        "openapi.json would lose {gone}: describe them in xtask/spec/api, or drop them with \
         {options}"
    );
    Ok(())
}

/// The tags, the callbacks and the events of a document.
fn names(document: &Value) -> BTreeSet<String> {
    let operations = || places::operations(document).map(|(.., operation, _)| operation);
    let tags = operations().flat_map(|one| texts(one, "tags").map(|tag| format!("tag {tag}")));
    let callbacks = operations().flat_map(|one| entries(&one["callbacks"]));
    let callbacks = callbacks.map(|(name, _)| format!("callback {name}"));
    let union = schema(document, delivery(document).unwrap_or_default());
    let events = entries(&union["discriminator"]["mapping"]);
    tags.chain(callbacks).chain(events.map(|(event, _)| format!("event {event}"))).collect()
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
    fn a_lost_name_is_an_error_unless_it_is_dropped() {
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
                    "openapi.json would lose {gone}: describe them in xtask/spec/api, or drop \
                     them with --drop '{gone}'"
                )
            );
            check(&earlier, &later, &[gone.to_owned()]).unwrap();
        }
    }
}
