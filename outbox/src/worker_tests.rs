use std::future::{pending, ready};
use std::time::Duration;

use pilot_status::StatusCode;
use pilot_status::mock::{OperationId, Reply, Sandbox};
use tempfile::TempDir;

use super::{Settings, run};
use crate::store::{Message, Store};

const SETTINGS: Settings = Settings {
    concurrency: 4,
    lease: Duration::from_secs(60),
    poll: Duration::from_millis(5),
    drain: true,
};

async fn store_with_a_message() -> (Store, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("outbox.db");
    let store = Store::open(&format!("sqlite:{}?mode=rwc", file.display())).await.unwrap();
    let message = Message { key: "a".into(), recipient: "+12125550101".into(), body: "Oi".into() };
    store.enqueue(&[message], |index| index.to_string()).await.unwrap();
    (store, folder)
}

#[tokio::test]
async fn a_message_is_sent_under_its_key() {
    let (store, _folder) = store_with_a_message().await;
    let sandbox = Sandbox::start().await.unwrap();
    run(&store, &sandbox.client(), SETTINGS, pending()).await.unwrap();
    assert_eq!(store.counts().await.unwrap().sent, 1);
    let requests = sandbox.requests();
    assert_eq!(requests.len(), 1);
    assert!(format!("{:?}", requests[0]).contains("idempotency-key"), "{requests:?}");
}

#[tokio::test]
async fn a_row_that_the_service_refuses_ends_with_the_reason() {
    let (store, _folder) = store_with_a_message().await;
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.enqueue(OperationId::SendMessage, Reply::error(StatusCode::UNPROCESSABLE_ENTITY, None));
    run(&store, &sandbox.client(), SETTINGS, pending()).await.unwrap();
    assert_eq!(store.counts().await.unwrap().failed, 1);
    let failures = store.failures(9).await.unwrap();
    assert!(failures[0].1.contains("422"), "{failures:?}");
}

#[tokio::test]
async fn a_rejected_api_key_stops_the_worker_and_fails_no_row() {
    let (store, _folder) = store_with_a_message().await;
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.enqueue(OperationId::SendMessage, Reply::error(StatusCode::UNAUTHORIZED, None));
    let error = run(&store, &sandbox.client(), SETTINGS, pending()).await.unwrap_err();
    assert!(error.to_string().contains("every message would fail"), "{error}");
    assert_eq!(store.counts().await.unwrap().queued, 1);
}

#[tokio::test]
async fn calls_in_progress_finish_at_shutdown() {
    let (store, _folder) = store_with_a_message().await;
    let sandbox = Sandbox::start().await.unwrap();
    let slow = Reply::documented().delay(Duration::from_millis(50));
    sandbox.enqueue(OperationId::SendMessage, slow);
    run(&store, &sandbox.client(), Settings { drain: false, ..SETTINGS }, ready(())).await.unwrap();
    assert_eq!(store.counts().await.unwrap().sent, 1);
}
