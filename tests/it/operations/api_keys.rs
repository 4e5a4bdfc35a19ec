//! API keys, some of them in full.

use pilot_status::mock::{OperationId, Reply};
use pilot_status::{StatusCode, types};
use serde_json::json;

use crate::operations::case::{moment, ok, sandbox};

operations! {
    list_api_keys {
        call: |client| client.list_api_keys(),
        sends: "GET /v1/api-keys",
        reads: |keys| {
            let [first, second] = keys.as_slice() else { panic!("{keys:?}") };
            let key = first.key.as_ref().unwrap().expose_secret();
            assert_eq!((key, first.revealable), ("ps_4f1c...real...wxyz", Some(true)));
            assert_eq!(first.number_id.as_deref(), Some("wn_1"));
            assert_eq!((&second.key, second.revealable), (&None, Some(false)));
            assert_eq!(second.key_last4.as_deref(), Some("abcd"));
            let shown = format!("{keys:?} {keys:#?}");
            assert!(!shown.contains("real...wxyz"), "{shown}");
        },
        refused: (403, "NUMBER_SCOPE_NOT_ALLOWED"),
    }

    rotate_number_api_key {
        call: |client| client.rotate_number_api_key().body(
            types::NumberApiKeyRequest::builder().whatsapp_number_id("num_01HZX..."),
        ),
        sends: "POST /v1/api-keys",
        body: {"whatsappNumberId": "num_01HZX..."},
        reads: |rotated| {
            let key = &rotated.key;
            assert_eq!(key.expose_secret(), "ps_THIS_IS_SHOWN_ONLY_ONCE");
            assert_eq!(rotated.number_id.as_deref(), Some("num_01HZX..."));
            assert_eq!(rotated.created_at, Some("2026-06-28T10:00:00.000Z".into()));
            assert!(!format!("{rotated:?} {rotated:#?}").contains("ONLY_ONCE"), "{rotated:?}");
        },
        refused: (404, "NUMBER_NOT_FOUND"),
    }

    rotate_api_key {
        call: |client| client.rotate_api_key(),
        sends: "POST /v1/api-keys/regenerate",
        reads: |rotated| {
            let key = &rotated.key;
            assert_eq!(key.expose_secret(), "ps_THIS_IS_SHOWN_ONLY_ONCE");
            assert_eq!(rotated.scope.as_deref(), Some("number"));
            assert_eq!(rotated.created_at, Some(moment("2026-06-28T10:00:00Z").into()));
            assert!(!format!("{rotated:?} {rotated:#?}").contains("ONLY_ONCE"), "{rotated:?}");
        },
        refused: (401, None::<&str>),
    }
}

#[tokio::test]
async fn the_masked_keys_of_a_number_are_read() {
    let sandbox = sandbox(
        "list_api_keys",
        [ok(&json!([{
            "id": "k_1",
            "name": "Default",
            "keyPrefix": "ps_abcd",
            "lastUsedAt": null,
            "createdAt": "2026-06-28T10:00:00.000Z",
            "webhookId": "wh_1",
            "projectId": null,
            "webhook": {"id": "wh_1", "name": "Main", "url": "https://example.com/hook"},
            "whatsappInstanceId": "wn_1",
            "whatsappInstance": {
                "id": "wn_1",
                "instanceName": "tenant-5511999999999",
                "displayName": "Suporte",
                "number": "5511999999999",
                "state": "OPEN",
            },
            "retentionDays": 30,
        }]))],
    )
    .await;
    let keys = sandbox.client().list_api_keys().send().await.unwrap();
    let key = &keys[0];
    assert_eq!((&key.key, &key.key_id, &key.revealable), (&None, &None, &None));
    assert_eq!((key.id.as_deref(), key.retention_days), (Some("k_1"), Some(30)));
    assert_eq!((&key.last_used_at, &key.project_id), (&None, &None));
    assert_eq!(key.webhook.as_ref().unwrap().name.as_deref(), Some("Main"));
    let instance = key.whatsapp_instance.as_ref().unwrap();
    assert_eq!(instance.state, Some(types::ConnectionState::Open));
}

#[tokio::test]
async fn a_key_rotation_is_not_retried() {
    let late = Reply::error(StatusCode::GATEWAY_TIMEOUT, None);
    let sandbox = sandbox("rotate_api_key", [late.clone()]).await;
    sandbox.enqueue(OperationId::RotateNumberApiKey, late);
    let client = sandbox.client();
    let own = client.rotate_api_key().send().await.unwrap_err();
    let call = client.rotate_number_api_key();
    let other = call.body_map(|body| body.whatsapp_number_id("num_1")).send().await.unwrap_err();
    assert_eq!(sandbox.requests().len(), 2);
    for error in [own, other] {
        assert!(error.to_string().contains("it may have taken effect"), "{error}");
    }
}
