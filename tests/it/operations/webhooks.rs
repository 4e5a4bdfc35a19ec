//! Webhooks: the URLs that receive events, and the log of deliveries.

use pilot_status::StatusCode;
use pilot_status::mock::{Reply, Sandbox};
use pilot_status::types::{self, WebhookEventName, WebhookUpdateRequest};
use serde_json::{Value, json};

use crate::operations::case::{bodies, moment, ok, sandbox};

operations! {
    list_webhooks {
        call: |client| client.list_webhooks(),
        sends: "GET /v1/webhooks",
        reads: |webhooks| {
            let [webhook] = webhooks.as_slice() else { panic!("{webhooks:?}") };
            assert_eq!(webhook.tenant_id.as_deref(), Some("tenant_01HZX..."));
            assert_eq!(webhook.url.as_deref(), Some("https://hooks.example.com/whatsapp"));
            assert_eq!(webhook.environment.as_deref(), Some("LIVE"));
            assert_eq!(webhook.active, Some(true));
            assert_eq!(
                webhook.events,
                [WebhookEventName::MessageReceived, WebhookEventName::MessageDelivered]
            );
            assert_eq!(webhook.api_keys[0].name.as_deref(), Some("Default"));
            assert_eq!(webhook.last_triggered, Some(moment("2026-06-28T09:59:00Z").into()));
            assert_eq!(webhook.whatsapp_number_ids, ["num_01HZX..."]);
            assert!(webhook.whatsapp_instance_ids.is_empty());
            assert_eq!(webhook.updated_at, Some(moment("2026-06-01T12:00:00Z").into()));
        },
        refused: (400, "NUMBER_REQUIRED"),
    }

    create_webhook {
        call: |client| client.create_webhook().body(
            types::WebhookRequest::builder()
                .url("https://hooks.example.com/whatsapp?a=1&b=ç")
                .name("n8n")
                .events([WebhookEventName::MessageReceived, WebhookEventName::CallEnded])
                .whatsapp_number_id("num_01HZX"),
        ),
        sends: "POST /v1/webhooks",
        body: {
            "url": "https://hooks.example.com/whatsapp?a=1&b=ç",
            "name": "n8n",
            "events": ["message.received", "call.ended"],
            "whatsappNumberId": "num_01HZX",
        },
        reads: |webhook| {
            assert_eq!(webhook.id, "wh_01HZX...");
            assert_eq!(webhook.last_triggered, None);
            assert_eq!(webhook.created_at, Some(moment("2026-06-01T11:59:00Z").into()));
        },
        refused: (400, "NUMBER_MISMATCH"),
    }

    get_webhook {
        call: |client| client.get_webhook().id("wh/01?#"),
        sends: "GET /v1/webhooks/wh%2F01%3F%23",
        reads: |webhook| assert_eq!(webhook.name.as_deref(), Some("n8n")),
        refused: (404, "WEBHOOK_NOT_FOUND"),
    }

    update_webhook {
        call: |client| client.update_webhook().id("wh_01HZX").body(
            WebhookUpdateRequest::builder()
                .name("n8n")
                .url("https://hooks.example.com/whatsapp")
                .active(false)
                .events([WebhookEventName::All]),
        ),
        sends: "PATCH /v1/webhooks/wh_01HZX",
        body: {
            "name": "n8n",
            "url": "https://hooks.example.com/whatsapp",
            "active": false,
            "events": ["*"],
        },
        reads: |webhook| {
            assert_eq!(webhook.active, Some(false));
            assert!(webhook.api_keys.is_empty() && webhook.whatsapp_number_ids.is_empty());
            assert_eq!(webhook.last_triggered, None);
        },
        refused: (404, "NUMBER_NOT_FOUND"),
    }

    delete_webhook {
        call: |client| client.delete_webhook().id("wh/1"),
        sends: "DELETE /v1/webhooks/wh%2F1",
        reads: |nothing| assert_eq!(nothing, &()),
        refused: (404, "NUMBER_NOT_FOUND"),
    }

    list_webhook_logs {
        call: |client| client
            .list_webhook_logs()
            .id("wh/1")
            .limit(50)
            .event(WebhookEventName::MessageDelivered),
        sends: "GET /v1/webhooks/wh%2F1/logs?event=message.delivered&limit=50",
        reads: |logs| {
            let [log] = logs.as_slice() else { panic!("{logs:?}") };
            assert_eq!(log.event, Some(WebhookEventName::MessageDelivered));
            assert_eq!(log.status, Some(types::WebhookLogStatus::Success));
            assert_eq!((log.status_code, log.duration_ms), (Some(200), Some(85)));
            assert_eq!(log.payload["data"]["id"], "msg_01HZX...");
            assert_eq!(log.response, Some(json!("OK")));
        },
        refused: (400, "NUMBER_REQUIRED"),
    }
}

/// A webhook with required fields only.
fn webhook() -> Value {
    json!({"id": "wh_1", "tenantId": "tenant_1", "name": "n8n", "url": "https://a", "active": true,
        "environment": "LIVE", "events": [], "createdAt": "2026-06-01T11:59:00.000Z",
        "updatedAt": "2026-06-01T11:59:00.000Z"})
}

#[tokio::test]
async fn a_webhook_is_deleted_whatever_the_response_contains() {
    let nothing = Reply::new(StatusCode::OK, "");
    let text = Reply::new(StatusCode::OK, "OK").header("content-type", "text/html").unwrap();
    let no_content = Reply::new(StatusCode::NO_CONTENT, "");
    let responses = [nothing.clone(), no_content, ok(&json!({"success": true})), text];
    let sandbox = sandbox("delete_webhook", responses).await;
    let client = sandbox.client();
    for _ in 0..4 {
        client.delete_webhook().id("wh_1").send().await.unwrap();
    }
}

#[tokio::test]
async fn unset_fields_are_not_sent() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = sandbox.client();
    let pause =
        client.update_webhook().id("wh_1").body(WebhookUpdateRequest::builder().active(false));
    pause.send().await.unwrap();
    client.create_webhook().body_map(|body| body.url("https://a")).send().await.unwrap();
    assert_eq!(bodies(&sandbox), [json!({"active": false}), json!({"url": "https://a"})]);
}

#[tokio::test]
async fn an_unused_webhook_with_unknown_events_is_read() {
    let mut webhook = webhook();
    webhook["lastTriggered"] = Value::Null;
    webhook["apiKeys"] = Value::Null;
    webhook["events"] = json!(["*", "message.edited"]);
    let sandbox = sandbox("get_webhook", [ok(&webhook)]).await;
    let webhook = sandbox.client().get_webhook().id("wh_1").send().await.unwrap();
    assert_eq!(webhook.last_triggered, None);
    assert_eq!(webhook.events[0], WebhookEventName::All);
    assert_eq!(webhook.events[1], WebhookEventName::Unknown("message.edited".to_owned()));
}

#[tokio::test]
async fn a_delivery_without_a_response_is_read() {
    let log = json!({"event": "message.edited", "status": "FAILED", "statusCode": null,
        "payload": null, "response": null, "durationMs": null,
        "createdAt": "2026-06-28T09:59:00.000Z"});
    let sandbox = sandbox("list_webhook_logs", [ok(&json!([log]))]).await;
    let logs = sandbox.client().list_webhook_logs().id("wh_1").send().await.unwrap();
    assert_eq!(logs[0].status, Some(types::WebhookLogStatus::Failed));
    assert_eq!((logs[0].status_code, &logs[0].response), (None, &None));
    assert!(logs[0].payload.is_empty());
}

#[tokio::test]
async fn only_a_clone_for_a_number_sends_it() {
    let sandbox = Sandbox::start().await.unwrap();
    let tenant = sandbox.client();
    let scoped = tenant.for_number("num_01HZX");
    for client in [&scoped, &tenant] {
        client.list_webhooks().send().await.unwrap();
        client.create_webhook().body_map(|body| body.url("https://a")).send().await.unwrap();
        client.get_webhook().id("wh_1").send().await.unwrap();
        client.update_webhook().id("wh_1").send().await.unwrap();
        client.delete_webhook().id("wh_1").send().await.unwrap();
        client.list_webhook_logs().id("wh_1").send().await.unwrap();
    }
    let received = sandbox.requests();
    let (of_scoped, of_tenant) = received.split_at(CASES.len());
    for received in of_scoped {
        assert_eq!(received.headers["x-whatsapp-number-id"], "num_01HZX");
    }
    assert_eq!(of_tenant.len(), CASES.len());
    for received in of_tenant {
        assert!(!received.headers.contains_key("x-whatsapp-number-id"));
    }
}
