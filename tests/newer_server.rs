//! A server that is newer than the document: for every answer that the document
//! describes, each enum gets another value, each object another field, each field
//! that may be missing goes, and each that may be null is. All of it decodes, and
//! nothing that was known is lost.

use pilot_status::types;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

const UNKNOWN: &str = "addedLater";

/// Decodes a body as the answer of an operation, and encodes it again.
type Decode = fn(Value) -> serde_json::Result<Value>;

/// The type of the answer of each operation.
const ANSWERS: &[(&str, Decode)] = &[("list_numbers", through::<Vec<types::Number>>)];

fn through<T: DeserializeOwned + Serialize>(body: Value) -> serde_json::Result<Value> {
    serde_json::to_value(serde_json::from_value::<T>(body)?)
}

fn document() -> Value {
    serde_json::from_str(include_str!("../openapi.json")).unwrap()
}

/// The operations of the document, each with the schema of its answer.
fn answers(document: &Value) -> Vec<(&str, &Value)> {
    let items = document["paths"].as_object().unwrap().values();
    let operations = items.flat_map(|item| item.as_object().unwrap().values());
    operations
        .map(|operation| {
            let answer = &operation["responses"]["200"]["content"]["application/json"];
            (operation["operationId"].as_str().unwrap(), &answer["schema"])
        })
        .collect()
}

#[test]
fn every_answer_survives_a_newer_server() {
    let document = document();
    let mut tried = 0;
    for (operation, schema) in answers(&document) {
        let (_, decode) = ANSWERS
            .iter()
            .find(|(id, _)| *id == operation)
            .unwrap_or_else(|| panic!("add the type of the answer of {operation} to ANSWERS"));
        let schemas = Schemas(&document);
        let full = schemas.instance(schema);
        assert_eq!(decode(full.clone()).unwrap(), full);
        for body in schemas.newer(schema, &full) {
            let decoded = decode(body.clone()).unwrap_or_else(|error| panic!("{error}: {body}"));
            assert_eq!(decoded, known(body));
            tried += 1;
        }
    }
    assert!(tried > 30, "only {tried} bodies were tried");
}

/// What a client of this version knows of a body: a null is as good as nothing.
fn known(body: Value) -> Value {
    match body {
        Value::Object(fields) => fields
            .into_iter()
            .filter(|(name, value)| name != UNKNOWN && !value.is_null())
            .map(|(name, value)| (name, known(value)))
            .collect(),
        Value::Array(elements) => elements.into_iter().map(known).collect(),
        other => other,
    }
}

fn properties(schema: &Value) -> impl Iterator<Item = (&String, &Value)> {
    schema["properties"].as_object().into_iter().flatten()
}

struct Schemas<'a>(&'a Value);

impl<'a> Schemas<'a> {
    /// What a reference, or an `allOf` of one, stands for.
    fn resolve(&self, schema: &'a Value) -> &'a Value {
        let reference = schema.get("$ref").or_else(|| schema.pointer("/allOf/0/$ref"));
        match reference.and_then(Value::as_str) {
            Some(reference) => self.0.pointer(&reference[1..]).unwrap(),
            None => schema,
        }
    }

    /// A value with every field that the schema has.
    fn instance(&self, schema: &'a Value) -> Value {
        let schema = self.resolve(schema);
        if let Some(values) = schema.get("enum") {
            return values[0].clone();
        }
        match (schema["type"].as_str(), schema["format"].as_str()) {
            (Some("object"), _) => properties(schema)
                .map(|(name, property)| (name.clone(), self.instance(property)))
                .collect(),
            (Some("array"), _) => json!([self.instance(&schema["items"])]),
            (Some("string"), Some("date-time")) => json!("2026-06-01T12:00:00Z"),
            (Some("string"), _) => json!("text"),
            (Some("boolean"), _) => json!(true),
            (Some("integer"), _) => json!(1),
            (Some("number"), _) => json!(1.5),
            _ => panic!("no instance of {schema}"),
        }
    }

    /// The value with one change of a newer server, for each that there can be.
    fn newer(&self, schema: &'a Value, value: &Value) -> Vec<Value> {
        let nullable = schema["nullable"] == true;
        let schema = self.resolve(schema);
        let mut newer = Vec::new();
        if nullable || schema["nullable"] == true {
            newer.push(Value::Null);
        }
        if schema.get("enum").is_some() {
            newer.push(json!("ADDED_LATER"));
        }
        if let Value::Array(elements) = value {
            newer.push(json!([]));
            let changed = self.newer(&schema["items"], &elements[0]);
            newer.extend(changed.into_iter().map(|element| json!([element])));
        }
        if let Value::Object(fields) = value {
            let with = |name: &str, field: Value| {
                let mut fields = fields.clone();
                fields.insert(name.to_owned(), field);
                Value::Object(fields)
            };
            newer.push(with(UNKNOWN, json!({"any": [1, null, "thing"]})));
            let required = schema["required"].as_array();
            for (name, property) in properties(schema) {
                if required.is_none_or(|required| !required.contains(&json!(name))) {
                    let mut fields = fields.clone();
                    fields.remove(name);
                    newer.push(Value::Object(fields));
                }
                let changed = self.newer(property, &fields[name]);
                newer.extend(changed.into_iter().map(|field| with(name, field)));
            }
        }
        newer
    }
}
