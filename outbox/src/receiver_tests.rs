use std::future::pending;

use pilot_status::mock::{delivery, sign_delivery};
use pilot_status::reqwest::{Client, StatusCode};
use pilot_status::webhooks::{AddressToken, SIGNATURE_HEADER, Verifier};
use serde_json::json;
use tokio::net::TcpListener;

use super::{Trust, serve};
use crate::store::Store;

#[tokio::test]
async fn only_a_signed_delivery_to_the_right_address_is_stored() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("outbox.db");
    let store = Store::open(&format!("sqlite:{}?mode=rwc", file.display())).await.unwrap();
    let trust = Trust {
        verifier: Some(Verifier::new("a secret")),
        token: Some(AddressToken::new("a-token-of-the-address")),
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/webhook", listener.local_addr().unwrap());
    tokio::spawn(serve(listener, store.clone(), trust, pending()));

    let body = delivery::event("message.read", &json!({ "id": "msg_1" }));
    let http = Client::builder().no_proxy().build().unwrap();
    for (token, secret, expected) in [
        ("another", "a secret", StatusCode::UNAUTHORIZED),
        ("a-token-of-the-address", "another", StatusCode::UNAUTHORIZED),
        ("a-token-of-the-address", "a secret", StatusCode::OK),
    ] {
        let request = http
            .post(format!("{url}?token={token}"))
            .header(SIGNATURE_HEADER, sign_delivery(secret, &body));
        let response = request.body(body.clone()).send().await.unwrap();
        assert_eq!(response.status(), expected, "{token} {secret}");
    }
    let is_new = store.receive("message.read msg_1", "msg_1", super::Stage::Read, None).await;
    assert!(!is_new.unwrap(), "the accepted delivery is stored");
}
