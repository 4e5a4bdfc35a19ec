//! Fields with the format `password`: their values are not printed.

use pilot_status::Secret;
use pilot_status::types::{ApiKey, EmbeddedSignupRequest, RealtimeSession, WebhookLog};
use serde_json::json;

#[test]
fn a_request_is_built_from_strings_and_does_not_print_secrets() {
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
fn a_response_keeps_its_secrets_and_does_not_print_them() {
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
fn fields_with_any_json_are_kept_and_not_printed() {
    let full = json!({"id": "log_1", "payload": {"code": "marked"}, "response": {"a": "marked"}});
    let log: WebhookLog = serde_json::from_value(full.clone()).unwrap();
    let printed = format!("{log:?} {log:#?}");
    assert!(!printed.contains("marked") && printed.contains("payload"), "{printed}");
    assert_eq!(serde_json::to_value(&log).unwrap()["payload"], full["payload"]);
}

#[test]
fn an_error_does_not_quote_a_secret_of_another_type() {
    let body = json!({"wsUrl": "wss://x", "token": 4711, "expiresInSeconds": 120});
    let error = serde_json::from_value::<RealtimeSession>(body).unwrap_err();
    assert!(!format!("{error} {error:?}").contains("4711"), "{error}");
}
