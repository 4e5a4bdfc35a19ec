//! `list_numbers` over a real socket, compared with the document.

use crate::support::example;
use pilot_status::mock::{OperationId, Reply, Sandbox};
use pilot_status::types::{CoexistenceStatus, ConnectionState, Number, Provider};
use pilot_status::{Error, ErrorKind, RetryPolicy, StatusCode, Timestamp};
use serde_json::{Value, json};

async fn list(reply: Reply) -> Result<Vec<Number>, Error> {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.enqueue(OperationId::ListNumbers, reply);
    let once = sandbox.builder().retry(RetryPolicy::none()).build().unwrap();
    Ok(once.list_numbers().send().await?.into_inner())
}

async fn read(body: &Value) -> Vec<Number> {
    list(Reply::json(StatusCode::OK, body)).await.unwrap()
}

#[tokio::test]
async fn the_documented_success_is_read_as_typed_numbers() {
    let sandbox = Sandbox::start().await.unwrap();
    let response = sandbox.client().list_numbers().send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let [number] = &response[..] else { panic!("expected one number") };
    assert_eq!(number.id, "num_01HZX...");
    assert_eq!(number.number, "5511999999999");
    assert_eq!(number.provider, Some(Provider::PilotStatus));
    assert_eq!(number.state, Some(ConnectionState::Open));
    assert!(number.is_fully_connected);
    assert_eq!(number.api_keys[0].key_prefix.as_deref(), Some("ps_abcd"));
    assert_eq!(number.created_at, Timestamp::from("1780315140"));
    assert_eq!(number.secondary_link, None);
    assert_eq!(sandbox.requests()[0].line(), "GET /v1/numbers");
}

#[tokio::test]
async fn the_documented_errors_are_typed() {
    for (status, kind, message) in [
        (StatusCode::UNAUTHORIZED, ErrorKind::Unauthorized, "Unauthorized"),
        (StatusCode::TOO_MANY_REQUESTS, ErrorKind::RateLimited, "Too many requests"),
    ] {
        let error = list(Reply::error(status, None)).await.unwrap_err();
        assert_eq!((error.kind(), error.status()), (kind, Some(status)));
        assert_eq!(error.message(), Some(message));
        assert_eq!(error.code(), None);
        assert_eq!(error.operation_id(), Some("list_numbers"));
    }
}

#[tokio::test]
async fn additions_of_a_newer_server_do_not_fail_a_call() {
    let mut body = example(200);
    body[0]["state"] = json!("HIBERNATING");
    body[0]["provider"] = json!("CARRIER");
    body[0]["addedLater"] = json!({"a": [1]});
    body[0]["coexistence"] = json!({"status": "UNKNOWN", "evidence": null, "since": 1});
    body[0]["primaryLink"] = json!({"state": "OPEN", "connectedAt": null});
    let numbers = read(&body).await;
    assert_eq!(numbers[0].state, Some(ConnectionState::Unknown("HIBERNATING".to_owned())));
    assert_eq!(numbers[0].provider, Some(Provider::Unknown("CARRIER".to_owned())));
    let coexistence = numbers[0].coexistence.as_ref().unwrap();
    assert_eq!(coexistence.status, Some(CoexistenceStatus::UnknownValue));
    assert_eq!(coexistence.evidence, None);
}

#[tokio::test]
async fn optional_fields_may_be_missing_or_null() {
    const REQUIRED: [&str; 8] = [
        "apiKeys",
        "createdAt",
        "id",
        "instanceName",
        "isFullyConnected",
        "name",
        "number",
        "updatedAt",
    ];
    let mut body = example(200);
    body[0].as_object_mut().unwrap().retain(|field, _| REQUIRED.contains(&field.as_str()));
    read(&body).await;

    body[0]["apiKeys"] = json!([{}]);
    for field in [
        "coexistence",
        "extraChargeUnpaidSince",
        "lastValidatedAt",
        "primaryLink",
        "provider",
        "secondaryLink",
        "state",
    ] {
        body[0][field] = Value::Null;
    }
    read(&body).await;
}

#[tokio::test]
async fn any_success_status_is_a_success() {
    for status in [200, 201, 202, 206, 299] {
        let status = StatusCode::from_u16(status).unwrap();
        let numbers = list(Reply::json(status, &example(200))).await.unwrap();
        assert_eq!(numbers.len(), 1, "{status}");
    }
    assert_eq!(read(&json!([])).await, []);
}
