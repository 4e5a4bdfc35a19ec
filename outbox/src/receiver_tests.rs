use std::future::{pending, ready};

use pilot_status::mock::{delivery, sign_delivery};
use pilot_status::reqwest::{Client, StatusCode};
use pilot_status::webhooks::{AddressToken, SIGNATURE_HEADER, Verifier};
use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};

use super::{Trust, serve};
use crate::databases_tests::on_each_database;
use crate::store::{Stage, Store};

const SECRET: &str = "a secret";
const TOKEN: &str = "a-token-of-the-address";

fn trust() -> Trust {
    Trust { verifier: Some(Verifier::new(SECRET)), token: Some(AddressToken::new(TOKEN)) }
}

#[tokio::test]
async fn only_a_signed_delivery_to_the_right_address_is_stored() {
    on_each_database(async |store| {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/webhook", listener.local_addr().unwrap());
        let server = tokio::spawn(serve(listener, store.clone(), trust(), pending()));

        let body = delivery::event("message.read", &json!({ "id": "msg_1" }));
        let http = Client::builder().no_proxy().build().unwrap();
        for (token, secret, expected) in [
            ("another", SECRET, StatusCode::UNAUTHORIZED),
            (TOKEN, "another", StatusCode::UNAUTHORIZED),
            (TOKEN, SECRET, StatusCode::OK),
        ] {
            let request = http
                .post(format!("{url}?token={token}"))
                .header(SIGNATURE_HEADER, sign_delivery(secret, &body));
            let response = request.body(body.clone()).send().await.unwrap();
            assert_eq!(response.status(), expected, "{token} {secret}");
        }
        let is_new = store.receive("message.read msg_1", "msg_1", Stage::Read, None).await;
        assert!(!is_new.unwrap(), "the accepted delivery is stored");
        server.abort();
    })
    .await;
}

#[tokio::test]
async fn events_of_earlier_versions_and_failures_are_stored() {
    on_each_database(async |store| {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/webhook?token={TOKEN}", listener.local_addr().unwrap());
        let trust = Trust { verifier: None, ..trust() };
        let server = tokio::spawn(serve(listener, store.clone(), trust, pending()));
        let http = Client::builder().no_proxy().build().unwrap();
        for (name, data) in [
            ("message.failed", json!({"internalMessageId": "msg_1", "errorMessage": "blocked"})),
            ("message.received", json!({"id": "msg_2"})),
            ("message.failed", json!({"id": "msg\0", "error": "a NUL\0"})),
            ("message.sent", json!({"other": 1})),
        ] {
            let request = http.post(&url).body(delivery::event(name, &data));
            assert_eq!(request.send().await.unwrap().status(), StatusCode::OK, "{name}");
        }
        let is_new = store.receive("message.failed msg_1", "msg_1", Stage::Failed, None).await;
        assert!(!is_new.unwrap());
        server.abort();
    })
    .await;
}

#[tokio::test]
async fn a_request_that_never_ends_does_not_prevent_the_shutdown() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("outbox.db");
    let store = Store::open(&format!("sqlite:{}?mode=rwc", file.display())).await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    let head = format!("POST /webhook?token={TOKEN} HTTP/1.1\r\ncontent-length: 9\r\n\r\nhalf");
    client.write_all(head.as_bytes()).await.unwrap();
    tokio::time::pause();
    serve(listener, store, trust(), ready(())).await.unwrap();
}
