//! Runs the example `webhook_server` as a process.

use std::process::{Output, Stdio};
use std::time::Duration;

use crate::support::process::example_program;
use hmac::{Hmac, KeyInit, Mac};
use pilot_status::reqwest::Client;
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

const SECRET: &str = "marked secret";
const OLD_SECRET: &str = "marked old secret";
const MAX_BYTES: usize = 40 * 1024 * 1024;

/// The program with no webhook variables in its environment except `variables`.
fn program(variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(example_program("webhook_server"));
    command
        .arg("127.0.0.1:0")
        .env_remove("PILOT_STATUS_WEBHOOK_SECRET")
        .env_remove("PILOT_STATUS_WEBHOOK_SECRET_OLD")
        .env_remove("PILOT_STATUS_WEBHOOK_TOKEN")
        .env_remove("PILOT_STATUS_WEBHOOK_VERIFY_TOKEN")
        // A thread may block while the test does not read its output.
        .env("TOKIO_WORKER_THREADS", "4")
        .envs(variables.iter().copied())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

/// Runs the program to completion.
async fn run(variables: &[(&str, &str)]) -> (Output, String) {
    let output = program(variables).output().await.unwrap();
    let text = [output.stdout.as_slice(), &output.stderr].concat();
    (output, String::from_utf8(text).unwrap())
}

/// A running server.
struct Running {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    url: String,
    client: Client,
}

impl Running {
    async fn start() -> Self {
        Self::start_with(&[
            ("PILOT_STATUS_WEBHOOK_SECRET", SECRET),
            ("PILOT_STATUS_WEBHOOK_SECRET_OLD", OLD_SECRET),
        ])
        .await
    }

    async fn start_with(variables: &[(&str, &str)]) -> Self {
        let mut child = program(variables).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let client = Client::builder().no_proxy().build().unwrap();
        let mut running = Self { child, lines, url: String::new(), client };
        let line = running.line().await;
        line.strip_prefix("listening on ")
            .expect("the server's address")
            .clone_into(&mut running.url);
        running
    }

    /// Reads the next line of output.
    async fn line(&mut self) -> String {
        let line = timeout(Duration::from_secs(10), self.lines.next_line()).await;
        line.expect("a line in time").unwrap().expect("a line")
    }

    /// Sends a delivery and returns the status of the response.
    async fn deliver(&self, signature: Option<String>, body: impl Into<String>) -> u16 {
        let mut delivery = self.client.post(&self.url).body(body.into());
        if let Some(signature) = signature {
            delivery = delivery.header("x-pilot-status-signature", signature);
        }
        delivery.send().await.unwrap().status().as_u16()
    }

    /// Sends a GET request and returns the status and body of the response.
    async fn get(&self, query: &str) -> (u16, String) {
        let response = self.client.get(format!("{}{query}", self.url)).send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }

    /// Reads the next lines of output and sorts them.
    async fn lines(&mut self, count: usize) -> Vec<String> {
        let mut lines = Vec::new();
        for _ in 0..count {
            lines.push(self.line().await);
        }
        lines.sort();
        lines
    }

    async fn deliver_signed(&self, event: &Value) -> u16 {
        let body = event.to_string();
        self.deliver(Some(signature(SECRET, &body)), body).await
    }

    /// Stops the program and returns its log of refused deliveries.
    async fn end(mut self) -> String {
        self.child.start_kill().unwrap();
        String::from_utf8(self.child.wait_with_output().await.unwrap().stderr).unwrap()
    }
}

fn signature(secret: &str, body: &str) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    hex::encode(mac.chain_update(body).finalize().into_bytes())
}

fn message(event: &str, id: &str) -> Value {
    json!({"event": event, "data": {"id": id, "numberId": "num_1", "messageId": null,
        "fromMe": false, "createdAt": "2026-06-28T10:00:00.000Z", "content": "marked"}})
}

#[tokio::test]
async fn without_a_secret_the_example_delivers_to_itself() {
    let (output, text) = run(&[]).await;
    assert!(output.status.success(), "{text}");
    for part in [
        "PILOT_STATUS_WEBHOOK_TOKEN is set: delivering",
        "the event: 200",
        "the event with another text: 401",
        "received message \"msg_01HZX\"",
    ] {
        assert_eq!(text.matches(part).count(), 1, "{text}");
    }
}

#[tokio::test]
async fn an_error_names_an_address_in_use() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let mut program = Command::new(example_program("webhook_server"));
    program.arg(&address).env("PILOT_STATUS_WEBHOOK_SECRET", SECRET);
    let output = program.output().await.unwrap();
    let line = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), line.lines().count()), (Some(1), 1), "{line}");
    assert!(line.starts_with(&format!("error: cannot listen on {address}: ")), "{line}");
}

#[tokio::test]
async fn a_blank_secret_or_token_is_an_error() {
    for name in ["SECRET", "SECRET_OLD", "TOKEN", "VERIFY_TOKEN"] {
        let name = format!("PILOT_STATUS_WEBHOOK_{name}");
        let mut variables = vec![("PILOT_STATUS_WEBHOOK_SECRET", SECRET)];
        variables.push((&name, " "));
        let (output, text) = run(&variables).await;
        assert_eq!(output.status.code(), Some(1));
        assert!(text.starts_with(&format!("error: {name} is blank")), "{text}");
    }
}

#[tokio::test]
async fn without_a_secret_the_token_in_the_address_authenticates_a_delivery() {
    let token = "marked token&+";
    let mut program = Running::start_with(&[("PILOT_STATUS_WEBHOOK_TOKEN", token)]).await;
    let url = program.url.clone();
    let body = message("message.received", "msg_1").to_string();
    for query in ["", "?token=", "?token=marked", "?other=marked%20token%26%2B"] {
        program.url = format!("{url}{query}");
        assert_eq!(program.deliver(None, body.clone()).await, 401);
        assert_eq!(program.get("").await.0, 401);
    }
    program.url = format!("{url}?token=marked%20token%26%2B");
    assert_eq!(program.deliver(None, body).await, 200);
    assert_eq!(program.line().await, "received message \"msg_1\"");
    assert_eq!(program.get("&hub.challenge=42").await, (200, "42".to_owned()));
    let rejections = program.end().await;
    assert_eq!(rejections.matches("rejected with 401").count(), 8, "{rejections}");
    assert!(!rejections.contains("marked"), "{rejections}");
}

#[tokio::test]
async fn with_a_secret_and_a_token_both_are_checked() {
    let program = Running::start_with(&[
        ("PILOT_STATUS_WEBHOOK_SECRET", SECRET),
        ("PILOT_STATUS_WEBHOOK_TOKEN", "token"),
    ]);
    let mut program = program.await;
    let event = message("message.received", "msg_1");
    assert_eq!(program.deliver_signed(&event).await, 401);
    program.url += "?token=token";
    assert_eq!(program.deliver(None, event.to_string()).await, 401);
    assert_eq!(program.deliver_signed(&event).await, 200);
}

#[tokio::test]
async fn the_url_is_confirmed_with_the_verify_token() {
    let program = Running::start_with(&[
        ("PILOT_STATUS_WEBHOOK_SECRET", SECRET),
        ("PILOT_STATUS_WEBHOOK_VERIFY_TOKEN", "marked"),
    ]);
    let program = program.await;
    let query = "?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=";
    assert_eq!(program.get(&format!("{query}marked")).await, (200, "1158201444".to_owned()));
    for (query, status) in [
        (format!("{query}other"), 403),
        ("?hub.challenge=1158201444".to_owned(), 403),
        ("?hub.verify_token=marked".to_owned(), 400),
    ] {
        assert_eq!(program.get(&query).await, (status, String::new()), "{query}");
    }
    assert_eq!(program.end().await.matches("rejected with 40").count(), 3);
}

#[tokio::test]
async fn every_refusal_is_logged() {
    let program = Running::start().await;
    let put = program.client.put(&program.url).send().await.unwrap();
    assert_eq!(put.status(), 405);
    assert_eq!(program.get("/marked").await.0, 404);
    let rejections = program.end().await;
    assert_eq!(rejections.lines().count(), 2, "{rejections}");
    assert!(!rejections.contains("marked"), "{rejections}");
}

#[tokio::test]
async fn every_signed_body_is_accepted() {
    let mut program = Running::start().await;
    for body in ["[]", "{}", r#"{"type":"ping"}"#, "no JSON"] {
        assert_eq!(program.deliver(Some(signature(SECRET, body)), body).await, 200, "{body}");
        assert_eq!(program.line().await, "received the unknown event \"\"");
    }
}

#[tokio::test]
async fn a_meta_envelope_is_processed_once() {
    let mut program = Running::start().await;
    let value = json!({"metadata": {"phone_number_id": "1065"},
        "messages": [{"id": "wamid.1", "image": {"id": "1003"}}]});
    let envelope = |value| json!({"object": "whatsapp_business_account", "entry": [{"changes": [{"value": value}]}]});
    for _ in 0..2 {
        assert_eq!(program.deliver_signed(&envelope(value.clone())).await, 200);
    }
    for status in ["sent", "read", "sent"] {
        let status = json!({"statuses": [{"id": "wamid.1", "status": status}]});
        assert_eq!(program.deliver_signed(&envelope(status)).await, 200);
    }
    let expected = [
        "ignored a duplicate of whatsapp_business_account \"wamid.1 sent\"",
        "ignored a duplicate of whatsapp_business_account \"wamid.1\"",
        "received 1 changes from Meta",
        "received 1 changes from Meta",
        "received 1 changes from Meta",
        "received media \"1003\" for number \"1065\"",
    ];
    assert_eq!(program.lines(6).await, expected);
}

#[tokio::test]
async fn one_of_two_simultaneous_deliveries_is_processed() {
    let mut program = Running::start().await;
    for round in 0..20 {
        let event = message("message.received", &format!("msg_{round}"));
        let (one, other) =
            tokio::join!(program.deliver_signed(&event), program.deliver_signed(&event));
        assert_eq!((one, other), (200, 200));
        let expected = [
            format!("ignored a duplicate of message.received \"msg_{round}\""),
            format!("received message \"msg_{round}\""),
        ];
        assert_eq!(program.lines(2).await, expected);
    }
}

#[tokio::test]
async fn deliveries_are_accepted_under_both_secrets() {
    let mut program = Running::start().await;
    for (secret, id) in [(SECRET, "msg_1"), (OLD_SECRET, "msg_2")] {
        let body = message("message.received", id).to_string();
        assert_eq!(program.deliver(Some(signature(secret, &body)), body).await, 200);
        assert_eq!(program.line().await, format!("received message {id:?}"));
    }
}

#[tokio::test]
async fn a_delivery_with_an_invalid_signature_is_refused() {
    let mut program = Running::start().await;
    let body = message("message.received", "msg_1").to_string();
    let right = signature(SECRET, &body);
    let tampered = body.replace("msg_1", "msg_2");
    assert_eq!(program.deliver(Some(right.clone()), tampered).await, 401);
    assert_eq!(program.deliver(Some(signature("other", &body)), body.clone()).await, 401);
    assert_eq!(program.deliver(None, body.clone()).await, 401);
    assert_eq!(program.deliver(Some(right), body).await, 200);
    assert_eq!(program.line().await, "received message \"msg_1\"");
    let rejections = program.end().await;
    assert_eq!(rejections.lines().count(), 3, "{rejections}");
    assert!(!rejections.contains("marked"), "{rejections}");
}

#[tokio::test]
async fn an_unknown_event_is_accepted() {
    let mut program = Running::start().await;
    assert_eq!(program.deliver_signed(&json!({"event": "message.edited\n"})).await, 200);
    assert_eq!(program.line().await, "received the unknown event \"message.edited\\n\"");
}

#[tokio::test]
async fn the_same_event_is_processed_once() {
    let mut program = Running::start().await;
    let call = json!({"event": "call.missed", "callId": "call_1", "direction": "INBOUND",
        "status": "MISSED", "from": null, "to": null, "timestamp": "2026-06-28T10:00:00.000Z"});
    let nameless = json!({"event": "message.edited", "data": {}});
    let events =
        [message("message.sent", "msg_1"), message("message.read", "msg_1"), call, nameless];
    for _ in 0..2 {
        for event in &events {
            assert_eq!(program.deliver_signed(event).await, 200);
        }
    }
    let expected = [
        "ignored a duplicate of call.missed \"call_1\"",
        "ignored a duplicate of message.read \"msg_1\"",
        "ignored a duplicate of message.sent \"msg_1\"",
        "received call.missed",
        "received message.read",
        "received message.sent",
        "received the unknown event \"message.edited\"",
        "received the unknown event \"message.edited\"",
    ];
    assert_eq!(program.lines(8).await, expected);
}

#[tokio::test]
async fn every_documented_id_is_recognised() {
    let mut program = Running::start().await;
    let mut numeric = message("message.reply", "");
    numeric["data"]["id"] = json!(42);
    let mut earlier = message("message.failed", "msg_1");
    let id = earlier["data"]["id"].take();
    earlier["data"]["internalMessageId"] = id;
    let flat = json!({"event": "message.group", "internalMessageId": "msg_2"});
    let lead = json!({"event": "lead.received", "data": {"leadId": "lead_1", "leadgenId": 43}});
    let call = json!({"event": "CallOffer", "data": {"CallID": "call_1"}});
    let line = json!({"event": "phone_line.canceled", "id": "evt_1", "data": {"lineId": "line_1"}});
    for event in [numeric, earlier, flat, lead, call, line] {
        for _ in 0..2 {
            assert_eq!(program.deliver_signed(&event).await, 200);
        }
    }
    let expected = [
        "ignored a duplicate of CallOffer \"call_1\"",
        "ignored a duplicate of lead.received \"43\"",
        "ignored a duplicate of message.failed \"msg_1\"",
        "ignored a duplicate of message.group \"msg_2\"",
        "ignored a duplicate of message.reply \"42\"",
        "ignored a duplicate of phone_line.canceled \"evt_1\"",
        "received CallOffer",
        "received lead.received",
        "received message.failed",
        "received message.group",
        "received message.reply",
        "received phone_line.canceled",
    ];
    assert_eq!(program.lines(12).await, expected);
}

#[tokio::test]
async fn events_without_a_documented_id_are_all_processed() {
    let mut program = Running::start().await;
    for name in ["calls", "flow.response_received", "number.connected"] {
        for state in ["one", "other"] {
            let data = json!({"id": "1", "numberId": "num_1", "state": state});
            let event = json!({"event": name, "id": "1", "callId": "1", "data": data});
            assert_eq!(program.deliver_signed(&event).await, 200);
            assert_eq!(program.line().await, format!("received {name}"));
        }
    }
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused() {
    let program = Running::start().await;
    for (length, status) in [(MAX_BYTES, 200), (MAX_BYTES + 1, 413)] {
        let body = message("message.received", "msg_1").to_string();
        let body = format!("{body}{}", " ".repeat(length - body.len()));
        assert_eq!(program.deliver(Some(signature(SECRET, &body)), body).await, status);
    }
}

#[tokio::test]
async fn a_full_queue_refuses_deliveries_with_503() {
    let mut program = Running::start().await;
    // The test does not read the output, so the program blocks.
    let name = "a".repeat(10_000);
    let mut accepted = 0;
    let status = loop {
        match program.deliver_signed(&json!({ "event": name })).await {
            200 if accepted < 1000 => accepted += 1,
            status => break status,
        }
    };
    assert_eq!(status, 503);
    assert!(accepted >= 100);
    for _ in 0..accepted {
        assert!(program.line().await.starts_with("received the unknown event"));
    }
    assert_eq!(program.deliver_signed(&message("message.received", "msg_1")).await, 200);
    assert_eq!(program.line().await, "received message \"msg_1\"");
}

#[cfg(unix)]
#[tokio::test]
async fn a_signal_stops_the_server_after_all_events_are_processed() {
    for signal in ["-INT", "-TERM"] {
        let mut program = Running::start().await;
        // More output than the pipe holds while the test does not read.
        let event = json!({ "event": "a".repeat(10_000) });
        for _ in 0..20 {
            assert_eq!(program.deliver_signed(&event).await, 200);
        }
        // A request that does not end is cut off.
        let address = program.url.strip_prefix("http://").unwrap().strip_suffix("/webhook");
        let mut unfinished = TcpStream::connect(address.unwrap()).await.unwrap();
        let head = "POST /webhook HTTP/1.1\r\nhost: test\r\ncontent-length: 9\r\n\r\nhalf";
        unfinished.write_all(head.as_bytes()).await.unwrap();
        let id = program.child.id().unwrap().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().await.unwrap().success());
        for _ in 0..20 {
            program.line().await;
        }
        let status = timeout(Duration::from_secs(20), program.child.wait()).await.unwrap();
        assert!(status.unwrap().success(), "{signal}");
    }
}
