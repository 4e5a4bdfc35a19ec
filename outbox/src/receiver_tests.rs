use std::future::{pending, ready};
use std::net::SocketAddr;
use std::time::Duration;

use pilot_status::mock::{delivery, sign_delivery};
use pilot_status::reqwest::{Client, StatusCode};
use pilot_status::webhooks::{AddressToken, SIGNATURE_HEADER, Verifier};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::{Trust, serve};
use crate::databases_tests::on_each_database;
use crate::store::{Message, Outcome, Stage, Store};

const SECRET: &str = "a secret";
const TOKEN: &str = "the-token-of-the-webhook";

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

/// Serves deliveries that only carry the token. Returns the URL of the webhook.
async fn serve_with_token(store: &Store) -> (String, JoinHandle<anyhow::Result<()>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/webhook?token={TOKEN}", listener.local_addr().unwrap());
    let trust = Trust { verifier: None, ..trust() };
    (url, tokio::spawn(serve(listener, store.clone(), trust, pending())))
}

/// Delivers an event. Returns the status of the response.
async fn deliver(url: &str, name: &str, data: &Value) -> StatusCode {
    let http = Client::builder().no_proxy().build().unwrap();
    http.post(url).body(delivery::event(name, data)).send().await.unwrap().status()
}

#[tokio::test]
async fn events_of_earlier_versions_and_failures_are_stored() {
    on_each_database(async |store| {
        let (url, server) = serve_with_token(&store).await;
        for (name, data) in [
            ("message.failed", json!({"internalMessageId": "msg_1", "errorMessage": "blocked"})),
            ("message.received", json!({"id": "msg_2"})),
            ("message.failed", json!({"id": "msg\0", "error": "a NUL\0"})),
            ("message.sent", json!({"other": 1})),
        ] {
            assert_eq!(deliver(&url, name, &data).await, StatusCode::OK, "{name}");
        }
        let is_new = store.receive("message.failed msg_1", "msg_1", Stage::Failed, None).await;
        assert!(!is_new.unwrap());
        let (key, recipient) = ("a".to_owned(), "+12125550101".to_owned());
        store.enqueue(&[Message { key, recipient, body: "Oi".to_owned() }]).await.unwrap();
        let leased = store.lease("worker", Duration::ZERO, 1).await.unwrap().remove(0);
        let accepted = Outcome::Accepted { message_id: "msg_1".to_owned() };
        store.finish("worker", &leased, &accepted).await.unwrap();
        assert_eq!(store.failures(9).await.unwrap(), [("a".to_owned(), "blocked".to_owned())]);
        server.abort();
    })
    .await;
}

#[tokio::test]
async fn the_reason_of_a_failed_delivery_is_its_text_and_its_code() {
    on_each_database(async |store| {
        let (url, server) = serve_with_token(&store).await;
        for (id, data, reason) in [
            ("1", json!({"error": "blocked"}), "blocked"),
            ("2", json!({"errorCode": "META_OUTSIDE_24H_WINDOW"}), "META_OUTSIDE_24H_WINDOW"),
            ("3", json!({"error": "blocked", "errorCode": "A_NEW_CODE"}), "blocked: A_NEW_CODE"),
            ("4", json!({}), ""),
        ] {
            let mut failed = data;
            failed["id"] = json!(id);
            assert_eq!(deliver(&url, "message.failed", &failed).await, StatusCode::OK);
            let (key, recipient) = (id.to_owned(), "+12125550101".to_owned());
            store.enqueue(&[Message { key, recipient, body: "Oi".to_owned() }]).await.unwrap();
            let leased = store.lease("worker", Duration::from_secs(60), 1).await.unwrap().remove(0);
            let accepted = Outcome::Accepted { message_id: id.to_owned() };
            store.finish("worker", &leased, &accepted).await.unwrap();
            let failures = store.failures(9).await.unwrap();
            assert_eq!(failures.last().unwrap(), &(id.to_owned(), reason.to_owned()));
        }
        server.abort();
    })
    .await;
}

#[tokio::test]
async fn a_delivery_that_cannot_be_stored_is_requested_again() {
    on_each_database(async |store| {
        let (url, server) = serve_with_token(&store).await;
        store.close().await;
        let status = deliver(&url, "message.read", &json!({"id": "msg_1"})).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
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
    client.write_all(format!("{}half", head(TOKEN, &"0".repeat(64))).as_bytes()).await.unwrap();
    tokio::time::pause();
    serve(listener, store, trust(), ready(())).await.unwrap();
}

/// The head of a request. The client waits for the interim response 100 before it sends the body.
fn head(token: &str, signature: &str) -> String {
    format!(
        "POST /webhook?token={token} HTTP/1.1\r\nhost: test\r\nexpect: 100-continue\r\n\
         {SIGNATURE_HEADER}: {signature}\r\ncontent-length: 9\r\n\r\n"
    )
}

/// Sends the head of a request, and returns the first line of the response.
async fn response(client: &mut TcpStream, head: &str) -> String {
    client.write_all(head.as_bytes()).await.unwrap();
    line(client).await
}

async fn line(client: &mut TcpStream) -> String {
    let mut line = [0; 12];
    client.read_exact(&mut line).await.unwrap();
    String::from_utf8_lossy(&line).into_owned()
}

async fn start() -> (tempfile::TempDir, SocketAddr) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("outbox.db");
    let store = Store::open(&format!("sqlite:{}?mode=rwc", file.display())).await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(serve(listener, store, trust(), pending()));
    (folder, address)
}

#[tokio::test]
async fn the_body_of_a_request_without_credentials_is_not_read() {
    let (_folder, address) = start().await;
    let digits = "0f".repeat(32);
    for (token, signature) in [("another", &*digits), (TOKEN, ""), (TOKEN, &digits[1..])] {
        let mut client = TcpStream::connect(address).await.unwrap();
        let response = response(&mut client, &head(token, signature)).await;
        assert_eq!(response, "HTTP/1.1 401", "{token} {signature}");
    }
    for signature in [digits.to_uppercase(), format!("sha256={digits}")] {
        let mut client = TcpStream::connect(address).await.unwrap();
        assert_eq!(response(&mut client, &head(TOKEN, &signature)).await, "HTTP/1.1 100");
    }
}

#[tokio::test]
async fn bodies_are_read_within_limits() {
    let (_folder, address) = start().await;
    let head = head(TOKEN, &"0".repeat(64));
    let mut clients = Vec::new();
    for _ in 0..8 {
        let mut client = TcpStream::connect(address).await.unwrap();
        assert_eq!(response(&mut client, &head).await, "HTTP/1.1 100");
        clients.push(client);
    }
    let mut waiting = TcpStream::connect(address).await.unwrap();
    let early = timeout(Duration::from_millis(300), response(&mut waiting, &head)).await;
    assert!(early.is_err(), "a body too many is read");
    clients.pop();
    assert_eq!(line(&mut waiting).await, "HTTP/1.1 100");

    tokio::time::pause();
    let mut rest = String::new();
    clients.remove(0).read_to_string(&mut rest).await.unwrap();
    assert!(rest.contains("HTTP/1.1 408"), "{rest}");
}
