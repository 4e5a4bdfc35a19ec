//! Compares the JSON Schemas of the models with the schemas of the document.

use std::collections::BTreeSet;

use serde_json::{Value, json};

fn document() -> Value {
    serde_json::from_str(include_str!("../../openapi.json")).unwrap()
}

fn names(list: &Value) -> BTreeSet<&str> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

#[test]
fn a_model_has_the_properties_of_the_document() {
    let document = document();
    let schemas = pilot_status::types::json_schemas();
    let mut compared = 0;
    for (name, schema) in &schemas {
        let documented = &document["components"]["schemas"][name];
        let Some(properties) = documented["properties"].as_object() else { continue };
        compared += 1;
        let modelled = schema.as_value();
        let known = modelled["properties"].as_object().unwrap();
        assert_eq!(
            known.keys().collect::<Vec<_>>(),
            properties.keys().collect::<Vec<_>>(),
            "{name}"
        );
        // A missing list is decoded as an empty one, so it may be optional.
        let [required, stated] = [modelled, documented].map(|schema| names(&schema["required"]));
        assert!(required.is_subset(&stated), "{name}: {required:?}");
        for (property, documented) in properties {
            if documented["format"] == "password" {
                assert_eq!(known[property]["format"], "password", "{name}.{property}");
            }
        }
    }
    assert!(compared > 200, "{compared}");
}

#[test]
fn a_field_allows_the_json_types_that_its_rust_type_decodes() {
    let schemas = pilot_status::types::json_schemas();
    let field = |model: &str, name: &str| {
        let schema = schemas[model].as_value();
        let field = &schema["properties"][name];
        let target = field["anyOf"][0]["$ref"].as_str().or(field["$ref"].as_str());
        let target = target.and_then(|target| schema.pointer(target.trim_start_matches('#')));
        target.unwrap_or(field)["type"].clone()
    };
    assert_eq!(field("BrandingUpdateRequest", "subtitle"), json!(["string", "null"]));
    assert_eq!(field("ApiKey", "key"), json!(["string", "null"]));
    assert_eq!(field("Number", "createdAt"), json!(["string", "number"]));
}

#[test]
fn an_enum_value_that_the_document_does_not_list_is_valid() {
    let schemas = pilot_status::types::json_schemas();
    let provider = schemas["Provider"].as_value();
    assert_eq!(provider["type"], "string");
    assert_eq!(provider.get("enum"), None, "{provider}");
    assert!(provider["examples"].as_array().is_some_and(|known| !known.is_empty()), "{provider}");
}
