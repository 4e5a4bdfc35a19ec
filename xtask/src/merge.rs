//! Makes one OpenAPI document of several.

use anyhow::{Result, bail, ensure};
use serde_json::{Map, Value, json};

use crate::pointer::Pointer;
use crate::steps::Notes;
use crate::upstream::Part;

/// Fields that an operation without its own takes from the document.
const INHERITED: [&str; 2] = ["servers", "security"];

/// The methods that a path can have operations for.
const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// The union of the parts. Where two of them state the same place, they have to
/// agree; `info` alone is that of the first, and what another says is noted.
pub fn merge(mut parts: Vec<Part>, notes: &mut Notes) -> Result<Value> {
    ensure!(!parts.is_empty(), "there is no document to read: name one with --from");
    let mut merged = Map::new();
    for field in INHERITED {
        inherit(field, &mut parts, &mut merged);
    }
    for (index, part) in parts.iter().enumerate() {
        let earlier = &parts[..index];
        let Value::Object(fields) = &part.document else {
            bail!("{}: not an object", part.source);
        };
        for (field, value) in fields {
            let at = Pointer::default().join(field);
            let union = Union { earlier, part };
            match field.as_str() {
                "openapi" => union.version(&mut merged, value)?,
                "info" => union.info(&mut merged, value, notes),
                "tags" => union.tags(&mut merged, value, &at)?,
                "paths" | "webhooks" | "components" => {
                    union.entry(&mut merged, field, value, &at, 2)?;
                }
                _ => union.entry(&mut merged, field, value, &at, 0)?,
            }
        }
    }
    Ok(merged.into())
}

/// Keeps an inherited field where it means what it meant: operations of a part
/// that states another than the head of the merged document carry their own.
fn inherit(field: &str, parts: &mut [Part], merged: &mut Map<String, Value>) {
    let head = head(field, parts).cloned();
    for part in parts {
        let own = part.document.as_object_mut().and_then(|fields| fields.remove(field));
        let own = match own {
            own if own == head => continue,
            Some(own) => own,
            // A page without servers leaves the server open, ...
            None if field == "servers" => continue,
            // ... one without security says that nobody has to sign.
            None => json!([]),
        };
        let paths = part.document.get_mut("paths").and_then(Value::as_object_mut);
        for item in paths.into_iter().flat_map(Map::values_mut).filter_map(Value::as_object_mut) {
            if item.contains_key(field) {
                continue;
            }
            for (_, operation) in item.iter_mut().filter(|(key, _)| METHODS.contains(&key.as_str()))
            {
                if let Some(operation) = operation.as_object_mut() {
                    operation.entry(field).or_insert_with(|| own.clone());
                }
            }
        }
    }
    merged.extend(head.map(|head| (field.to_owned(), head)));
}

/// What the merged document states: of the servers the first that are named, of
/// the security that of the first part with operations.
fn head<'a>(field: &str, parts: &'a [Part]) -> Option<&'a Value> {
    if field == "servers" {
        return parts.iter().find_map(|part| part.document.get(field));
    }
    let has_operations =
        |part: &&Part| part.document["paths"].as_object().is_some_and(|paths| !paths.is_empty());
    parts.iter().find(has_operations).or(parts.first())?.document.get(field)
}

/// Adds what one part states to what earlier ones did.
struct Union<'a> {
    earlier: &'a [Part],
    part: &'a Part,
}

impl Union<'_> {
    /// Adds an entry to an object, and where both have it, the entries of it down
    /// to a depth. Below that they have to be equal.
    fn entry(
        &self,
        into: &mut Map<String, Value>,
        key: &str,
        value: &Value,
        at: &Pointer,
        depth: usize,
    ) -> Result<()> {
        match (into.get_mut(key), value) {
            (None, _) => {
                into.insert(key.to_owned(), value.clone());
            }
            (Some(stated), value) if stated == value => {}
            (Some(Value::Object(stated)), Value::Object(entries)) if depth > 0 => {
                for (key, value) in entries {
                    self.entry(stated, key, value, &at.join(key), depth - 1)?;
                }
            }
            _ => {
                let place = at.to_string();
                return self.refuse(&place, |part| part.document.pointer(&place).is_some());
            }
        }
        Ok(())
    }

    /// The newest of versions that differ in the last number only.
    fn version(&self, into: &mut Map<String, Value>, value: &Value) -> Result<()> {
        match into.get("openapi") {
            Some(stated) if minor(stated) != minor(value) => self.refuse("/openapi", |_| true),
            Some(stated) if stated.as_str() >= value.as_str() => Ok(()),
            _ => {
                into.insert("openapi".to_owned(), value.clone());
                Ok(())
            }
        }
    }

    fn info(&self, into: &mut Map<String, Value>, value: &Value, notes: &mut Notes) {
        match into.get("info") {
            None => {
                into.insert("info".to_owned(), value.clone());
            }
            Some(stated) if stated != value => {
                let field = ["title", "version"].into_iter().find(|key| stated[key] != value[key]);
                let place = field.map(|field| format!("/{field}")).unwrap_or_default();
                let first = self.earlier.first().map_or("", |part| &part.source);
                notes.push(format!(
                    "/info{place} of {} is not that of {first}, which is kept",
                    self.part.source
                ));
            }
            Some(_) => {}
        }
    }

    fn tags(&self, into: &mut Map<String, Value>, value: &Value, at: &Pointer) -> Result<()> {
        let (Value::Array(stated), Value::Array(tags)) =
            (into.entry("tags").or_insert_with(|| json!([])), value)
        else {
            bail!("{}: {at} is not an array", self.part.source);
        };
        for tag in tags {
            match stated.iter().find(|other| other["name"] == tag["name"]) {
                None => stated.push(tag.clone()),
                Some(other) if other == tag => {}
                Some(_) => {
                    let name = tag["name"].as_str().unwrap_or_default();
                    let has = |part: &Part| {
                        let tags = part.document["tags"].as_array();
                        tags.is_some_and(|tags| tags.iter().any(|t| t["name"] == tag["name"]))
                    };
                    return self.refuse(&at.join(name).to_string(), has);
                }
            }
        }
        Ok(())
    }

    /// An error that names the place and the two parts that state it.
    fn refuse(&self, place: &str, states: impl Fn(&Part) -> bool) -> Result<()> {
        let other = self.earlier.iter().find(|part| states(part));
        bail!(
            "{} and {} disagree on {place}: keep one of them, or make them agree",
            other.map_or("an earlier one", |part| &part.source),
            self.part.source
        )
    }
}

/// A version without its last number.
fn minor(version: &Value) -> Option<&str> {
    version.as_str()?.rsplit_once('.').map(|(minor, _)| minor)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::merge;
    use crate::upstream::Part;

    fn merged(documents: &[&Value]) -> anyhow::Result<(Value, Vec<String>)> {
        let parts = documents.iter().zip(["a.yaml", "b.yaml", "c.yaml"]);
        let parts = parts
            .map(|(document, source)| Part {
                source: source.to_owned(),
                document: (*document).clone(),
            })
            .collect();
        let mut notes = Vec::new();
        merge(parts, &mut notes).map(|document| (document, notes))
    }

    fn document(rest: &Value) -> Value {
        let mut document = json!({"openapi": "3.1.0", "info": {"title": "T", "version": "1"}});
        document.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        document
    }

    #[test]
    fn one_document_stays_what_it_is() {
        let one = document(&json!({
            "servers": [{"url": "https://a"}], "security": [{"k": []}], "tags": [{"name": "A"}],
            "paths": {"/a": {"get": {"operationId": "a"}}}, "x-any": 1,
            "components": {"schemas": {"S": {}}}
        }));
        let mut empty = one.clone();
        empty["paths"] = json!({});
        for one in [one, empty] {
            assert_eq!(merged(&[&one]).unwrap(), (one.clone(), vec![]));
            assert_eq!(merged(&[&one, &one]).unwrap(), (one, vec![]));
        }
    }

    #[test]
    fn what_only_one_of_them_states_is_kept() {
        let one = document(&json!({
            "tags": [{"name": "A"}], "x-one": 1,
            "paths": {"/a": {"get": {"operationId": "a"}}, "/b": {}},
            "components": {"schemas": {"S": {"type": "string"}}}
        }));
        let other = document(&json!({
            "tags": [{"name": "B"}, {"name": "A"}], "x-other": 2,
            "paths": {"/a": {"post": {"operationId": "b"}}, "/c": {}},
            "components": {"schemas": {"T": {}}, "responses": {"R": {}}}
        }));
        let both = document(&json!({
            "tags": [{"name": "A"}, {"name": "B"}], "x-one": 1, "x-other": 2,
            "paths": {
                "/a": {"get": {"operationId": "a"}, "post": {"operationId": "b"}},
                "/b": {}, "/c": {}
            },
            "components": {
                "schemas": {"S": {"type": "string"}, "T": {}}, "responses": {"R": {}}
            }
        }));
        assert_eq!(merged(&[&one, &other]).unwrap(), (both, vec![]));
    }

    #[test]
    fn two_that_disagree_are_an_error_that_names_both_and_the_place() {
        let operation = |id: &str| json!({"paths": {"/a": {"get": {"operationId": id}}}});
        let schema = |kind: &str| json!({"components": {"schemas": {"S/T": {"type": kind}}}});
        let tag = |text: &str| json!({"tags": [{"name": "A", "description": text}]});
        for (one, other, place) in [
            (operation("a"), operation("b"), "/paths/~1a/get"),
            (schema("string"), schema("null"), "/components/schemas/S~1T"),
            (tag("one"), tag("two"), "/tags/A"),
            (json!({"x-any": 1}), json!({"x-any": 2}), "/x-any"),
            (json!({"paths": {}}), json!({"paths": []}), "/paths"),
            (json!({"tags": {}}), json!({"tags": []}), "/tags"),
            (json!({}), json!({"openapi": "3.0.3"}), "/openapi"),
        ] {
            // The one in the middle states none of it.
            let documents = [&document(&one), &document(&json!({})), &document(&other)];
            let error = merged(&documents).unwrap_err().to_string();
            assert!(error.contains(place), "{error}");
            if place != "/tags" {
                assert!(error.starts_with("a.yaml and c.yaml disagree on "), "{error}");
            }
        }
    }

    #[test]
    fn an_operation_keeps_its_servers_and_its_security() {
        let part = |path: &str, head: Value| {
            let mut document = document(&head);
            document["paths"] = json!({path: {"get": {"operationId": "x"}}});
            document
        };
        let server = |name: &str| json!([{"url": name}]);
        let (merged, _) = merged(&[
            &part("/a", json!({"servers": server("https://a"), "security": [{"k": []}]})),
            &part("/b", json!({"servers": server("https://b"), "security": [{"k": []}]})),
            &part("/c", json!({})),
        ])
        .unwrap();
        assert_eq!(merged["servers"], server("https://a"));
        assert_eq!(merged["security"], json!([{"k": []}]));
        assert_eq!(
            merged["paths"],
            json!({
                "/a": {"get": {"operationId": "x"}},
                "/b": {"get": {"operationId": "x", "servers": server("https://b")}},
                "/c": {"get": {"operationId": "x", "security": []}},
            })
        );
    }

    #[test]
    fn the_info_is_that_of_the_first() {
        let mut later = document(&json!({}));
        later["info"]["version"] = json!("2");
        later["openapi"] = json!("3.1.1");
        let (merged, notes) = merged(&[&document(&json!({})), &later]).unwrap();
        assert_eq!(merged["info"]["version"], "1");
        assert_eq!(merged["openapi"], "3.1.1");
        assert_eq!(notes, ["/info/version of b.yaml is not that of a.yaml, which is kept"]);
    }
}
