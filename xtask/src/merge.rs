//! Merges several OpenAPI documents into one.

use anyhow::{Result, anyhow, ensure};
use serde_json::{Value, json};

use crate::places::{Pointer, entries};
use crate::upstream::Part;

/// Returns the union of the parts. If two parts state an operation, a component or another
/// field of the document, it has to be equal in both.
pub fn merge(parts: &[Part]) -> Result<Value> {
    ensure!(!parts.is_empty(), "there is no document to read: name one with --from");
    let mut merged = json!({});
    for part in parts {
        for (field, value) in entries(&part.document) {
            let is_map = matches!(field.as_str(), "paths" | "components");
            let (at, depth) = (Pointer::default().join(field), if is_map { 2 } else { 0 });
            unite(&mut merged[field], value, at, depth).map_err(|at| {
                let states = |other: &&Part| other.document.pointer(at.as_str()).is_some();
                let other = parts.iter().find(states).map_or("", |other| &other.source);
                anyhow!("{other} and {} disagree on {at}: keep one of them", part.source)
            })?;
        }
    }
    Ok(merged)
}

/// Merges a value into another: objects down to a depth, below which both have to be equal. The
/// error is the place of a conflict.
fn unite(stated: &mut Value, value: &Value, at: Pointer, depth: usize) -> Result<(), Pointer> {
    match value {
        _ if stated.is_null() => *stated = value.clone(),
        _ if stated == value => {}
        Value::Object(entries) if stated.is_object() && depth > 0 => {
            for (key, value) in entries {
                unite(&mut stated[key], value, at.join(key), depth - 1)?;
            }
        }
        _ => return Err(at),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::merge;
    use crate::upstream::Part;

    fn merged(documents: &[&Value]) -> anyhow::Result<Value> {
        let parts = documents.iter().zip(["a.yaml", "b.yaml", "c.yaml"]);
        let part = |(document, source): (&&Value, &str)| Part {
            source: source.to_owned(),
            document: (*document).clone(),
        };
        merge(&parts.map(part).collect::<Vec<_>>())
    }

    fn document(rest: &Value) -> Value {
        let mut document = json!({"openapi": "3.1.0", "info": {"title": "T", "version": "1"}});
        document.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        document
    }

    #[test]
    fn one_document_is_unchanged() {
        let one = document(&json!({
            "servers": [{"url": "https://a"}], "security": [{"k": []}], "tags": [{"name": "A"}],
            "paths": {"/a": {"get": {"operationId": "a"}}}, "x-any": 1,
            "components": {"schemas": {"S": {}}}
        }));
        assert_eq!(merged(&[&one]).unwrap(), one);
        assert_eq!(merged(&[&one, &one]).unwrap(), one);
    }

    #[test]
    fn facts_of_only_one_document_are_kept() {
        let one = document(&json!({
            "security": [{"k": []}],
            "paths": {"/a": {"get": {"operationId": "a"}}, "/b": {}},
            "components": {"schemas": {"S": {"type": "string"}}}
        }));
        let other = document(&json!({
            "paths": {"/a": {"post": {"operationId": "b"}}, "/c": {}},
            "components": {"schemas": {"T": {}}, "responses": {"R": {}}}
        }));
        let both = document(&json!({
            "security": [{"k": []}],
            "paths": {
                "/a": {"get": {"operationId": "a"}, "post": {"operationId": "b"}},
                "/b": {}, "/c": {}
            },
            "components": {
                "schemas": {"S": {"type": "string"}, "T": {}}, "responses": {"R": {}}
            }
        }));
        assert_eq!(merged(&[&one, &other]).unwrap(), both);
    }

    #[test]
    fn a_conflict_is_an_error_with_both_documents_and_the_place() {
        let operation = |id: &str| json!({"paths": {"/a": {"get": {"operationId": id}}}});
        let schema = |kind: &str| json!({"components": {"schemas": {"S/T": {"type": kind}}}});
        for (one, other, place) in [
            (operation("a"), operation("b"), "/paths/~1a/get"),
            (schema("string"), schema("null"), "/components/schemas/S~1T"),
            (json!({"security": []}), json!({"security": [{}]}), "/security"),
            (json!({"paths": {}}), json!({"paths": []}), "/paths"),
            (json!({}), json!({"openapi": "3.0.3"}), "/openapi"),
        ] {
            // The second document is not part of the conflict.
            let documents = [&document(&one), &document(&json!({})), &document(&other)];
            let error = merged(&documents).unwrap_err().to_string();
            assert_eq!(error, format!("a.yaml and c.yaml disagree on {place}: keep one of them"));
        }
    }
}
