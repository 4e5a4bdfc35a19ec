//! Long request bodies, as of messages with files.

use std::time::Duration;

use crate::support::{KEY, pass};
use pilot_status::mock::{OperationId, Reply, Sandbox};
use pilot_status::types::MessageRequest;
use pilot_status::{Client, Credentials, Error, ErrorKind, RetryPolicy, StatusCode};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinHandle;

const MEBIBYTE: usize = 1024 * 1024;

async fn send(client: Client, bytes: usize) -> Result<(), Error> {
    let message = MessageRequest::builder().destination_number("+5511988887777");
    let message = message.text("a".repeat(bytes));
    client.send_message().body(message).send().await.map(drop)
}

/// Starts to send a long message over a connection with small buffers. Returns the call, the
/// connection and the head of the request.
async fn begin(
    policy: RetryPolicy,
    bytes: usize,
) -> (JoinHandle<Result<(), Error>>, TcpStream, String) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(64 * 1024).unwrap();
    socket.bind(([127, 0, 0, 1], 0).into()).unwrap();
    let listener = socket.listen(1).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let client = Client::builder(Credentials::api_key(KEY)).base_url(url).retry(policy);
    let call = tokio::spawn(send(client.build().unwrap(), bytes));
    let (mut stream, _) = listener.accept().await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    (call, stream, String::from_utf8(head).unwrap())
}

fn length(head: &str) -> usize {
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    length.expect("a length").parse().unwrap()
}

#[tokio::test]
async fn a_server_that_reads_slowly_gets_the_whole_body() {
    // More than the socket buffers hold.
    const STEP: usize = 6 * MEBIBYTE;
    let policy = RetryPolicy::default().max_attempts(1).total_timeout(Duration::from_secs(300));
    let (call, mut stream, head) = begin(policy, 27 * MEBIBYTE).await;
    assert!(!head.contains("transfer-encoding"), "{head}");
    let mut left = length(&head);
    assert!(left > 4 * STEP);
    let mut part = vec![0; STEP];
    while left > 0 {
        let step = left.min(STEP);
        stream.read_exact(&mut part[..step]).await.unwrap();
        left -= step;
        if left > STEP {
            // The sum of the pauses is longer than the attempt timeout.
            pass(20).await;
        }
    }
    let body = json!({"id": "cm_1", "correlationId": "1", "status": "QUEUED", "origin": "API",
        "sourceNumber": "+5511", "createdAt": "2026-06-28T10:00:00Z"})
    .to_string();
    let response = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    stream.write_all(response.as_bytes()).await.unwrap();
    call.await.unwrap().unwrap();
}

#[tokio::test]
async fn an_upload_timeout_names_the_settings_to_raise() {
    // 20 MiB take at most 350 s, and then 60 s.
    for (minutes, pauses) in [(60, &[300, 60][..]), (1, &[25, 36])] {
        let total_timeout = Duration::from_secs(60 * minutes);
        let policy = RetryPolicy::default().max_attempts(1).total_timeout(total_timeout);
        let (call, mut stream, _) = begin(policy, 20 * MEBIBYTE).await;
        let mut part = vec![0; 5 * MEBIBYTE];
        for pause in pauses {
            stream.read_exact(&mut part).await.unwrap();
            pass(*pause).await;
        }
        let error = call.await.unwrap().unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Timeout, 1));
        let text = error.to_string();
        for setting in ["`attempt_timeout`", "`RetryPolicy::total_timeout`"] {
            assert!(text.contains(setting), "{text}");
        }
    }
}

#[tokio::test]
async fn every_attempt_sends_the_whole_body() {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.enqueue(OperationId::SendMessage, Reply::error(StatusCode::SERVICE_UNAVAILABLE, None));
    sandbox.enqueue(OperationId::SendMessage, Reply::reset());
    let policy = RetryPolicy::default().backoff(Duration::ZERO, Duration::ZERO);
    let client = sandbox.builder().retry(policy).build().unwrap();
    send(client, 4 * MEBIBYTE).await.unwrap();
    let requests = sandbox.requests();
    assert_eq!(requests.len(), 3);
    for request in &requests {
        assert_eq!(request.headers["content-length"], request.body.len().to_string());
        assert_eq!(request.json()["text"], requests[0].json()["text"]);
        assert!(request.body.len() > 4 * MEBIBYTE);
    }
}
