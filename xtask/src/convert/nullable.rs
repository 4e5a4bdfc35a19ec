//! Null, where OpenAPI 3.0 has no word for it.
//!
//! There, `nullable` means something only beside a `type` (3.0.3, 4.7.24.1). Of a
//! reference or a union that may be null, null is one of the alternatives.

use anyhow::Result;
use serde_json::{Map, Value, json};

use super::document::for_each;
use super::grammar::Kind;
use crate::pointer::Pointer;

/// What stays beside the alternatives: it does not say which values are valid.
pub(crate) const BESIDE: [&str; 7] =
    ["description", "title", "default", "example", "deprecated", "readOnly", "writeOnly"];

/// The schema that only null fits.
pub(crate) fn only_null() -> Value {
    json!({"type": "object", "nullable": true, "enum": [null]})
}

/// Makes null an alternative where `nullable` would say nothing.
pub(super) fn as_alternative(document: &mut Value) -> Result<()> {
    visit(Kind::Document, document, &mut |schema| {
        if schema.contains_key("type") || schema.get("nullable") != Some(&Value::Bool(true)) {
            return;
        }
        schema.remove("nullable");
        let is_rule = |key: &String| !BESIDE.contains(&key.as_str()) && !key.starts_with("x-");
        let keys: Vec<String> = schema.keys().filter(|key| is_rule(key)).cloned().collect();
        match keys.as_slice() {
            // Anything fits, so null does.
            [] => {}
            [only] if only == "enum" => {}
            [only] if only == "anyOf" || only == "oneOf" => {
                if let Some(alternatives) = schema.get_mut(only).and_then(Value::as_array_mut) {
                    alternatives.push(only_null());
                }
            }
            _ => {
                let rules = keys.iter().filter_map(|key| schema.remove_entry(key)).collect();
                schema.insert("anyOf".into(), json!([lone(rules), only_null()]));
            }
        }
    })
}

/// A lone part in place of what only holds it.
fn lone(mut rules: Map<String, Value>) -> Value {
    if rules.len() == 1
        && let Some(Value::Array(parts)) = rules.get_mut("allOf")
        && let [only] = parts.as_mut_slice()
    {
        return only.take();
    }
    Value::Object(rules)
}

/// Visits every schema, the inner ones first.
fn visit(
    kind: Kind,
    value: &mut Value,
    change: &mut dyn FnMut(&mut Map<String, Value>),
) -> Result<()> {
    let Value::Object(object) = value else { return Ok(()) };
    if object.contains_key("$ref") {
        return Ok(());
    }
    let nowhere = Pointer::default();
    for (key, value) in object.iter_mut() {
        let Some(child) = kind.child(key) else { continue };
        for_each(child, value, &nowhere, &mut |kind, value, _| visit(kind, value, change))?;
    }
    if kind == Kind::Schema {
        change(object);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{as_alternative, only_null};

    fn of_schema(schema: &Value) -> Value {
        json!({"components": {"schemas": {"A": schema}}})
    }

    fn stated(schema: &Value) -> Value {
        let mut document = of_schema(schema);
        as_alternative(&mut document).unwrap();
        let schema = document["components"]["schemas"]["A"].take();
        assert_eq!(again(&schema), schema);
        schema
    }

    fn again(schema: &Value) -> Value {
        let mut document = of_schema(schema);
        as_alternative(&mut document).unwrap();
        document["components"]["schemas"]["A"].take()
    }

    #[test]
    fn null_is_an_alternative_where_there_is_no_type() {
        let reference = json!({"$ref": "#/components/schemas/B"});
        for (before, after) in [
            (
                json!({"allOf": [reference], "nullable": true, "description": "d"}),
                json!({"anyOf": [reference, only_null()], "description": "d"}),
            ),
            (
                json!({"oneOf": [reference, {"type": "string"}], "nullable": true}),
                json!({"oneOf": [reference, {"type": "string"}, only_null()]}),
            ),
            (
                json!({"allOf": [reference, {"type": "object"}], "nullable": true}),
                json!({"anyOf": [{"allOf": [reference, {"type": "object"}]}, only_null()]}),
            ),
            (
                json!({"type": "array", "items": {"allOf": [reference], "nullable": true}}),
                json!({"type": "array", "items": {"anyOf": [reference, only_null()]}}),
            ),
        ] {
            assert_eq!(stated(&before), after);
        }
    }

    #[test]
    fn what_says_it_already_stays() {
        for schema in [
            json!({"type": "string", "nullable": true}),
            json!({"allOf": [{"$ref": "#/components/schemas/B"}]}),
            json!({"enum": ["a", null]}),
            only_null(),
        ] {
            assert_eq!(stated(&schema), schema);
        }
        assert_eq!(stated(&json!({"nullable": true})), json!({}));
        assert_eq!(
            stated(&json!({"nullable": true, "enum": [1, null]})),
            json!({"enum": [1, null]})
        );
    }
}
