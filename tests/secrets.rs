//! What the format `password` makes of a field: a model of a small document,
//! generated, compiled and used.

#[path = "../build/mod.rs"]
#[allow(dead_code)]
mod generate;

use models::types::{Hook, NewHook};
// As `crate::Secret`, too, for the models.
use pilot_status::Secret;
use serde_json::{Value, json};

/// The models of [`document`]; a test compares them with what is generated.
#[allow(unused, clippy::all, clippy::pedantic)]
mod models {
    include!("snapshots/secret_models.rs");
}

/// Two models beside the one that every client has, with secrets wherever one can be.
fn document() -> Value {
    let secret = json!({"type": "string", "format": "password"});
    let bounded = json!({
        "type": "string", "format": "password", "description": "At least 8.",
        "minLength": 8, "maxLength": 64, "pattern": "^[a-z]+$", "x-note": "marked",
    });
    let named = json!({"$ref": "#/components/schemas/Pin"});
    let body = |name| {
        let schema = format!("#/components/schemas/{name}");
        json!({"application/json": {"schema": {"$ref": schema}}})
    };
    json!({
        "openapi": "3.0.3",
        "info": {"title": "Hooks", "version": "1"},
        "servers": [{"url": "https://example.com"}],
        "paths": {"/hooks": {"post": {
            "operationId": "add_hook",
            "requestBody": {"required": true, "content": body("NewHook")},
            "responses": {"200": {"description": "Added", "content": body("Hook")}},
        }}},
        "components": {"schemas": {
            "NewHook": {
                "type": "object",
                "required": ["url", "secret", "former", "pin"],
                "properties": {
                    "url": {"type": "string"},
                    "secret": bounded,
                    "former": {"type": "array", "items": secret},
                    "pin": named,
                },
            },
            "Hook": {
                "type": "object",
                "required": ["id"],
                "properties": {
                    "id": {"type": "string"},
                    "secret": secret,
                    "previous": {"type": "string", "format": "password", "nullable": true},
                    "byName": {"type": "object", "additionalProperties": secret},
                    "pin": {"allOf": [named], "description": "The PIN."},
                },
            },
            "Pin": {"type": "string", "format": "password", "minLength": 4},
        }},
    })
}

/// The module of the models in the client of a document.
fn generated(document: &Value) -> String {
    let client = generate::generate(&document.to_string()).unwrap().client;
    let is_types = |item: &syn::Item| matches!(item, syn::Item::Mod(item) if item.ident == "types");
    let mut file = syn::parse_file(&client).unwrap();
    file.items.retain(is_types);
    prettyplease::unparse(&file)
}

#[test]
fn the_models_are_those_that_are_compiled_here() {
    let expected = include_str!("snapshots/secret_models.rs");
    let generated = generated(&document());
    assert!(
        generated == expected,
        "tests/snapshots/secret_models.rs is stale; it has to be:\n{generated}"
    );
}

#[test]
fn a_request_is_built_from_strings_and_carries_the_values() {
    let builder = NewHook::builder()
        .url("https://example.com/hook")
        .secret("marked")
        .former(vec![Secret::from("marked"), "marked".into()])
        .pin("marked");
    assert!(!format!("{builder:?} {builder:#?}").contains("marked"), "{builder:?}");
    let hook = NewHook::try_from(builder).unwrap();
    assert!(!format!("{hook:?} {hook:#?}").contains("marked"), "{hook:?}");
    assert_eq!(hook.secret, Secret::from("marked".to_owned()));
    assert_eq!(
        serde_json::to_value(&hook).unwrap(),
        json!({
            "url": "https://example.com/hook",
            "secret": "marked",
            "former": ["marked", "marked"],
            "pin": "marked",
        })
    );
}

#[test]
fn an_answer_keeps_its_values_and_prints_none() {
    let full = json!({
        "id": "hook_1",
        "secret": "marked",
        "previous": "marked",
        "byName": {"first": "marked"},
        "pin": "marked",
    });
    let hook: Hook = serde_json::from_value(full.clone()).unwrap();
    assert!(!format!("{hook:?} {hook:#?}").contains("marked"), "{hook:?}");
    assert_eq!(hook.secret.as_ref().unwrap().expose_secret(), "marked");
    assert_eq!(serde_json::to_value(&hook).unwrap(), full);

    let bare: Hook = serde_json::from_value(json!({"id": "hook_1", "previous": null})).unwrap();
    assert_eq!((&bare.secret, &bare.previous, &bare.pin), (&None, &None, &None));
    assert_eq!(serde_json::to_value(&bare).unwrap(), json!({"id": "hook_1"}));
}

#[cfg(feature = "schemars")]
#[test]
fn the_json_schema_says_that_it_is_a_password() {
    let schemas = models::types::json_schemas();
    assert_eq!(schemas.keys().collect::<Vec<_>>(), [&"ApiError", &"Hook", &"NewHook", &"Pin"]);
    let secret = &schemas["NewHook"].as_value()["properties"]["secret"];
    assert_eq!((&secret["type"], &secret["format"]), (&json!("string"), &json!("password")));
    assert_eq!(schemas["Pin"].get("format"), Some(&json!("password")));
}
