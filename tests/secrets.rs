//! What the format `password` makes of a field: in the models of the document, and
//! wherever else one can be.

#[path = "../build/mod.rs"]
#[allow(dead_code)]
mod generate;

use pilot_status::Secret;
use pilot_status::types::{ApiKey, EmbeddedSignupRequest, RealtimeSession};
use serde_json::{Value, json};

#[test]
fn a_request_is_built_from_strings_and_carries_the_values() {
    let builder = EmbeddedSignupRequest::builder().phone_number_id("1").waba_id("2").code("marked");
    assert!(!format!("{builder:?} {builder:#?}").contains("marked"), "{builder:?}");
    let request = EmbeddedSignupRequest::try_from(builder).unwrap();
    assert!(!format!("{request:?} {request:#?}").contains("marked"), "{request:?}");
    assert_eq!(request.code, Some(Secret::from("marked")));
    assert_eq!(
        serde_json::to_value(&request).unwrap(),
        json!({"phoneNumberId": "1", "wabaId": "2", "code": "marked"})
    );
}

#[test]
fn an_answer_keeps_its_values_and_prints_none() {
    let full = json!({"keyId": "k_1", "key": "marked", "revealable": true});
    let key: ApiKey = serde_json::from_value(full.clone()).unwrap();
    assert!(!format!("{key:?} {key:#?}").contains("marked"), "{key:?}");
    assert_eq!(key.key.as_ref().unwrap().expose_secret(), "marked");
    assert_eq!(serde_json::to_value(&key).unwrap(), full);

    let bare: ApiKey = serde_json::from_value(json!({"key": null})).unwrap();
    assert_eq!(bare.key, None);
    assert_eq!(serde_json::to_value(&bare).unwrap(), json!({}));
}

#[test]
fn a_secret_that_does_not_fit_is_not_quoted() {
    let body = json!({"wsUrl": "wss://x", "token": 4711, "expiresInSeconds": 120});
    let error = serde_json::from_value::<RealtimeSession>(body).unwrap_err();
    assert!(!format!("{error} {error:?}").contains("4711"), "{error}");
}

#[cfg(feature = "schemars")]
#[test]
fn the_json_schema_says_that_it_is_a_password() {
    let schemas = pilot_status::types::json_schemas();
    let secret = &schemas["ApiKey"].as_value()["properties"]["key"];
    assert_eq!(secret["format"], json!("password"));
}

/// The models of a document with secrets wherever one can be.
fn models() -> String {
    let secret = json!({"type": "string", "format": "password"});
    let bounded = json!({
        "type": "string", "format": "password", "description": "At least 8.",
        "minLength": 8, "maxLength": 64, "pattern": "^[a-z]+$", "x-note": "marked",
    });
    let named = json!({"$ref": "#/components/schemas/Pin"});
    let document = json!({
        "openapi": "3.0.3",
        "info": {"title": "Hooks", "version": "1"},
        "servers": [{"url": "https://example.com"}],
        "paths": {},
        "components": {"schemas": {
            "Hook": {
                "type": "object",
                "required": ["bounded"],
                "properties": {
                    "bounded": bounded,
                    "nullable": {"type": "string", "format": "password", "nullable": true},
                    "list": {"type": "array", "items": secret},
                    "by_name": {"type": "object", "additionalProperties": secret},
                    "named": {"allOf": [named], "description": "The PIN."},
                },
            },
            "Pin": {"type": "string", "format": "password", "minLength": 4},
        }},
    });
    let client = generate::generate(&document.to_string(), &|_| true).unwrap().client;
    let without_space: String = client.split_whitespace().collect();
    without_space.replace("::std::option::", "").replace("::std::vec::", "")
}

#[test]
fn a_field_is_a_secret_wherever_it_is() {
    let models = models();
    for part in [
        "pubbounded:crate::Secret,",
        "pubnullable:Option<crate::Secret>,",
        "publist:Vec<crate::Secret>,",
        "pubby_name:::std::collections::BTreeMap<::std::string::String,crate::Secret>,",
        "pubnamed:Option<Pin>,",
        "pubstructPin(pubcrate::Secret);",
    ] {
        assert!(models.contains(part), "{part} is not in {models}");
    }
    let value: Value = json!("marked");
    assert_eq!(serde_json::to_value(Secret::from("marked")).unwrap(), value);
}
