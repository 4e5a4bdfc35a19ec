//! The failures that are retried, by kind of request, over a real socket.

use std::fmt::Write;
use std::net::SocketAddr;
use std::time::Duration;

use reqwest::{Method, Url};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;

use super::*;
use crate::credentials::Credentials;
use crate::error::ErrorKind;
use crate::retry::RetryPolicy;

#[path = "../../tests/it/support/mod.rs"]
#[allow(dead_code, unused_imports, reason = "the tests of the crate `it` use the rest")]
mod support;

use support::{Server, ServerResponse};

/// Faults, each with a server that causes it.
async fn faults() -> Vec<(&'static str, Server)> {
    let status = |status| ServerResponse::new(status, &[], "");
    let permanent = json!({"error": "No provider", "code": "PROVIDER_NOT_CONFIGURED"});
    let no_server = || {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap()
    };
    let mut faults = vec![
        ("429", Server::start([status(429)]).await),
        (
            "503 with Retry-After",
            Server::start([ServerResponse::new(503, &[("retry-after", "0")], "")]).await,
        ),
        (
            "503 PROVIDER_NOT_CONFIGURED",
            Server::start([ServerResponse::json(503, &permanent)]).await,
        ),
        ("408", Server::start([status(408)]).await),
        ("502", Server::start([status(502)]).await),
        ("503", Server::start([status(503)]).await),
        ("504", Server::start([status(504)]).await),
        ("500", Server::start([status(500)]).await),
        ("reset after sending", Server::start([ServerResponse::raw("")]).await),
        (
            "reset within the response",
            Server::start([ServerResponse::raw("HTTP/1.1 200 OK\r\nconte")]).await,
        ),
        ("not JSON", Server::start([ServerResponse::new(200, &[], "<html>")]).await),
        ("a path that leads elsewhere", Server::start([status(200)]).await),
        ("timeout", Server::start([status(200).delay(Duration::from_secs(60))]).await),
    ];
    let mut refused = Server::start([status(200)]).await;
    refused.url = format!("http://{}", no_server());
    faults.push(("refused before sending", refused));
    let mut no_tls = Server::start([status(200)]).await;
    no_tls.url = format!("https://{}", plain_text().await);
    faults.push(("TLS error", no_tls));
    faults
}

/// A server that responds in plain text to everything, including TLS.
async fn plain_text() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
        }
    });
    address
}

fn client(server: &Server, timeout: Duration) -> Client {
    Client::builder(Credentials::api_key("ps_a"))
        .base_url(&server.url)
        .attempt_timeout(timeout)
        .retry(RetryPolicy::default().max_attempts(2).backoff(Duration::ZERO, Duration::ZERO))
        .build()
        .unwrap()
}

fn operation(method: &str, safe_to_repeat: bool) -> Cow<'static, Operation> {
    Cow::Owned(Operation {
        method: method.parse().unwrap(),
        credential_headers: &["x-api-key"],
        anonymous: false,
        safe_to_repeat,
        ..Operation::odd()
    })
}

/// Sends a request as a generated call does, and returns the error.
async fn error_of(
    client: &Client,
    mut request: Request,
    operation: Cow<'static, Operation>,
) -> Error {
    let sent = client.execute(&mut request, operation).await;
    let decoded = sent.and_then(Succeeded::into_value::<Value>);
    decoded.expect_err("a failure")
}

fn request(server: &Server, method: &str, has_key: bool) -> Request {
    let url = Url::parse(&format!("{}/x", server.url)).unwrap();
    let mut request = Request::new(Method::from_bytes(method.as_bytes()).unwrap(), url);
    if has_key {
        request.headers_mut().insert(IDEMPOTENCY_KEY, "1".parse().unwrap());
    }
    request
}

#[tokio::test]
async fn a_failure_is_retried_if_that_is_safe() {
    let mut table = String::new();
    for (fault, server) in faults().await {
        let is_late = fault == "timeout";
        let client = client(&server, Duration::from_millis(if is_late { 10 } else { 30_000 }));
        let mut by_attempts = [const { Vec::new() }; 3];
        for (name, method, safe, has_key) in [
            ("GET", "GET", true, false),
            ("HEAD", "HEAD", true, false),
            ("PUT", "PUT", true, false),
            ("DELETE", "DELETE", true, false),
            ("POST", "POST", false, false),
            ("PATCH", "PATCH", false, false),
            ("POST with Idempotency-Key", "POST", false, true),
            ("PATCH with Idempotency-Key", "PATCH", false, true),
        ] {
            let mut request = request(&server, method, has_key);
            if fault == "a path that leads elsewhere" {
                request.url_mut().set_path("/x/%00");
            }
            let error = error_of(&client, request, operation(method, safe)).await;
            by_attempts[error.attempts() as usize].push(name);
        }
        writeln!(table, "{fault}").unwrap();
        for (times, names) in ["never sent", "once", "again"].iter().zip(by_attempts).rev() {
            if !names.is_empty() {
                writeln!(table, "  {times}: {}", names.join(", ")).unwrap();
            }
        }
    }
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../tests/snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("safety_table", table));
}

#[tokio::test]
async fn every_attempt_sends_the_whole_body() {
    let server = Server::start([ServerResponse::new(429, &[("retry-after", "0")], "")]).await;
    let mut request = request(&server, "POST", true);
    *request.body_mut() = Some("whole body".into());
    let client = client(&server, Duration::from_secs(30));
    let error = error_of(&client, request, operation("POST", false)).await;
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    let received: Vec<String> = server
        .received()
        .into_iter()
        .map(|received| String::from_utf8(received.body).unwrap())
        .collect();
    assert_eq!(received, ["whole body", "whole body"]);
}
