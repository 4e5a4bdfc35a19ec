//! The JSON Schemas of the models, beside the schemas of the document.

use std::collections::BTreeSet;

use serde_json::Value;

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
    assert!(schemas.len() > 100, "{}", schemas.len());
    for (name, schema) in &schemas {
        let documented = &document["components"]["schemas"][name];
        let Some(properties) = documented["properties"].as_object() else { continue };
        let modelled = schema.as_value();
        let known = modelled["properties"].as_object().unwrap();
        assert_eq!(
            known.keys().collect::<Vec<_>>(),
            properties.keys().collect::<Vec<_>>(),
            "{name}"
        );
        // A list that is missing is read as an empty one.
        let [required, stated] = [modelled, documented].map(|schema| names(&schema["required"]));
        assert!(required.is_subset(&stated), "{name}: {required:?}");
        for (property, documented) in properties {
            if documented["format"] == "password" {
                assert_eq!(known[property]["format"], "password", "{name}.{property}");
            }
        }
    }
}

#[test]
fn a_value_that_the_document_does_not_list_is_valid() {
    let schemas = pilot_status::types::json_schemas();
    let provider = schemas["Provider"].as_value();
    assert_eq!(provider["type"], "string");
    assert_eq!(provider.get("enum"), None, "{provider}");
}
