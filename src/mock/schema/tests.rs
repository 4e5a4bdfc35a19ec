use serde_json::{Value, json};

use super::{check, check_keyword};
use crate::mock::OperationId;
use crate::mock::document::{ROOT, entries};

fn violation(schema: &Value, value: &Value) -> String {
    match check(schema, value) {
        Ok(()) => String::new(),
        Err(violation) => violation.to_string(),
    }
}

#[test]
fn a_violation_states_its_place() {
    let person = json!({
        "type": "object",
        "required": ["name"],
        "additionalProperties": false,
        "properties": {
            "name": {"type": "string", "minLength": 2, "maxLength": 4},
            "age": {"type": "integer", "minimum": 0, "maximum": 150, "nullable": true},
            "tags": {"type": "array", "minItems": 1, "maxItems": 2, "items": {"enum": ["a", "b"]}},
            "born": {"type": "string", "format": "date-time"},
            "photo": {"type": "string", "format": "data-url"},
            "page": {"type": "string", "nullable": true, "pattern": "^https://"},
            "notes": {"type": "object", "additionalProperties": {"type": "string"}},
        },
    });
    for (value, expected) in [
        (json!({"name": "Ana"}), ""),
        (json!({"name": "Ana", "age": null, "tags": ["a"], "notes": {"x": "y"}}), ""),
        (json!({"name": "çãõé"}), ""),
        (json!({"name": "Ana", "age": 3.0}), ""),
        (json!([]), " is not an object"),
        (json!({}), " has no name"),
        (json!({"name": null}), "/name is not text"),
        (json!({"name": "A"}), "/name has fewer than 2 characters"),
        (json!({"name": "Anabe"}), "/name has more than 4 characters"),
        (json!({"name": "Ana", "age": "3"}), "/age is not an integer"),
        (json!({"name": "Ana", "age": 1.5}), "/age is not an integer"),
        (json!({"name": "Ana", "age": -1}), "/age is less than 0"),
        (json!({"name": "Ana", "age": 151}), "/age is more than 150"),
        (json!({"name": "Ana", "tags": []}), "/tags has fewer than 1 entries"),
        (json!({"name": "Ana", "tags": ["a", "b", "a"]}), "/tags has more than 2 entries"),
        (json!({"name": "Ana", "tags": ["a", "c"]}), "/tags/1 is not one of \"a\", \"b\""),
        (
            json!({"name": "Ana", "born": "today"}),
            "/born is not a date and time, such as 2026-01-31T12:00:00Z",
        ),
        (json!({"name": "Ana", "born": "2026-01-31T12:00:00-03:00"}), ""),
        (json!({"name": "Ana", "photo": "data:image/png;base64,AAAA"}), ""),
        (json!({"name": "Ana", "photo": "AAAA"}), "/photo is not a data URL with Base64"),
        (json!({"name": "Ana", "page": "https://a.example"}), ""),
        (json!({"name": "Ana", "page": null}), ""),
        (
            json!({"name": "Ana", "page": "http://a.example"}),
            "/page does not match the pattern ^https://",
        ),
        (json!({"name": "Ana", "notes": {"x": 1}}), "/notes/x is not text"),
        (json!({"name": "Ana", "nam": 1}), " has nam, which is not documented"),
    ] {
        assert_eq!(violation(&person, &value), expected, "{value}");
    }
}

#[test]
fn a_value_must_match_an_alternative() {
    let destination = json!({"oneOf": [{"required": ["number"]}, {"required": ["group"]}]});
    assert_eq!(violation(&destination, &json!({"group": 1})), "");
    assert_eq!(violation(&destination, &json!({})), " has no number, or has no group");
    assert_eq!(
        violation(&destination, &json!({"number": 1, "group": 1})),
        " matches more than one of: number, group"
    );
    let text = json!({"type": "string"});
    let list = json!({"type": "array", "items": {"type": "integer"}});
    let either = json!({"anyOf": [text, list]});
    assert_eq!(violation(&either, &json!([1])), "");
    assert_eq!(violation(&either, &json!([1, "a"])), "/1 is not an integer");
    assert_eq!(violation(&either, &json!(1)), " is not text, or is not a list");
    let all = json!({"allOf": [{"required": ["a"]}, {"required": ["b"]}]});
    assert_eq!(violation(&all, &json!({"a": 1})), " has no b");
}

#[test]
fn an_excluded_value_is_described() {
    let cases = json!([
        {"description": "has a and b", "required": ["a", "b"]},
        {"description": "has c and no d", "required": ["c"], "not": {"required": ["d"]}},
    ]);
    let schema = json!({"not": {"anyOf": cases}});
    for (value, expected) in [
        (json!({}), ""),
        (json!({"a": 1}), ""),
        (json!({"a": 1, "b": 1}), " has a and b"),
        (json!({"c": 1}), " has c and no d"),
        (json!({"c": 1, "d": 1}), ""),
    ] {
        assert_eq!(violation(&schema, &value), expected, "{value}");
    }
    assert_eq!(violation(&json!({"not": {"required": ["a"]}}), &json!({"a": 1})), " is excluded");
}

#[test]
fn the_discriminator_selects_the_alternative() {
    let variable = json!({"$ref": "#/components/schemas/LeadVariable"});
    for (value, expected) in [
        (json!({"source": "field", "key": "name"}), ""),
        (json!({"source": "static", "key": "name"}), " has no value"),
        (json!({"source": "question"}), "/source is not one of field, static"),
        (json!({"key": "name"}), " has no source"),
    ] {
        assert_eq!(violation(&variable, &value), expected, "{value}");
    }
}

#[test]
fn an_unknown_keyword_format_pattern_or_type_is_a_violation() {
    assert!(violation(&json!({"multipleOf": 3}), &json!(3)).contains("multipleOf"));
    assert!(violation(&json!({"format": "uuid"}), &json!("a")).contains("uuid"));
    assert!(violation(&json!({"pattern": "^(?!b)"}), &json!("a")).contains("^(?!b)"));
    assert!(violation(&json!({"type": "file"}), &json!("a")).contains("file"));
}

/// Visits a schema and all schemas within it.
fn within<'a>(schema: &'a Value, visit: &mut dyn FnMut(&'a Value)) {
    visit(schema);
    for (_, property) in schema["properties"].as_object().into_iter().flatten() {
        within(property, visit);
    }
    for key in ["items", "additionalProperties", "not"] {
        if schema[key].is_object() {
            within(&schema[key], visit);
        }
    }
    for key in ["allOf", "oneOf", "anyOf"] {
        schema[key].as_array().into_iter().flatten().for_each(|part| within(part, visit));
    }
}

/// The outermost schemas of the document.
fn schemas() -> Vec<&'static Value> {
    let mut schemas: Vec<_> =
        entries(&ROOT["components"]["schemas"]).map(|(_, schema)| schema).collect();
    for operation in OperationId::ALL {
        schemas.extend(operation.parameters().map(|parameter| &parameter["schema"]));
        let bodies = operation.body().into_iter();
        for body in bodies.chain(operation.responses().map(|(_, response)| response)) {
            schemas.extend(entries(&body["content"]).map(|(_, media_type)| &media_type["schema"]));
        }
    }
    schemas
}

#[test]
fn every_keyword_of_the_document_is_supported() {
    let mut count = 0;
    for schema in schemas() {
        within(schema, &mut |schema| {
            for (rule, argument) in schema.as_object().into_iter().flatten() {
                if rule != "$ref" {
                    count += 1;
                    let violation = check_keyword(schema, rule, argument, &Value::Null).err();
                    let violation =
                        violation.map(|violation| violation.to_string()).unwrap_or_default();
                    assert!(!violation.contains("does not support"), "it {violation}: {schema}");
                }
            }
        });
    }
    assert!(count > 0);
}

#[test]
fn every_kind_of_parameter_of_the_document_is_supported() {
    const KNOWN: [&str; 7] =
        ["description", "example", "examples", "in", "name", "required", "schema"];
    for operation in OperationId::ALL {
        for parameter in operation.parameters() {
            let place = parameter["in"].as_str().unwrap();
            assert!(["path", "query", "header"].contains(&place), "{parameter}");
            for (key, _) in entries(parameter) {
                assert!(KNOWN.contains(&key), "{operation}: {key} of {parameter}");
            }
        }
    }
}

#[test]
fn every_body_of_the_document_is_json_or_the_recording() {
    for operation in OperationId::ALL {
        let bodies = operation.body().into_iter();
        for body in bodies.chain(operation.responses().map(|(_, response)| response)) {
            for (media_type, _) in entries(&body["content"]) {
                let is_recording =
                    media_type == "audio/*" && *operation == OperationId::GetActivationAudio;
                assert!(media_type == "application/json" || is_recording, "{operation}");
            }
        }
    }
}

#[test]
fn every_example_of_a_request_matches_its_schema() {
    for operation in OperationId::ALL {
        for (_, media_type) in
            operation.body().into_iter().flat_map(|body| entries(&body["content"]))
        {
            if let Some(example) = media_type.get("example") {
                assert_eq!(violation(&media_type["schema"], example), "", "{operation}");
            }
        }
    }
}
