//! Error handling: every call ends in one typed error that suggests a remedy and leaks nothing.
//! Faults that a valid HTTP server cannot produce are scripted; a sandbox sends all other
//! responses.

mod troubleshooting;

use std::fmt::Write;
use std::time::{Duration, Instant};

use crate::support::script::Step::{Read, Send, Silent};
use crate::support::script::{Script, ScriptedServer};
use crate::support::{KEY, example, shown};
use pilot_status::mock::{OperationId, Reply, Sandbox};
use pilot_status::reqwest;
use pilot_status::{Client, Credentials, Error, ErrorCode, ErrorKind, RetryPolicy, StatusCode};
use serde_json::{Value, json};

const HTML: &str = "<html><body>marked by a proxy</body></html>";

/// Returns the error of a single attempt against a sandbox with this response.
async fn call(reply: Reply) -> Error {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.enqueue(OperationId::ListNumbers, reply);
    let once = sandbox.builder().retry(RetryPolicy::none()).build().unwrap();
    once.list_numbers().send().await.unwrap_err()
}

/// Returns the error of a single attempt against a URL.
async fn call_at(url: impl Into<String>) -> Error {
    let builder = Client::builder(Credentials::api_key(KEY)).base_url(url);
    let once = builder.retry(RetryPolicy::none()).build().unwrap();
    once.list_numbers().send().await.unwrap_err()
}

/// Returns the error of a single attempt against a server that sends these bytes and closes the
/// connection.
async fn call_for(bytes: &'static [u8]) -> Error {
    let script: Script = vec![Read, Send(bytes)].leak();
    call_at(ScriptedServer::start([script]).await.url()).await
}

fn reply(status: u16, body: impl Into<Vec<u8>>) -> Reply {
    Reply::new(StatusCode::from_u16(status).unwrap(), body.into())
}

fn in_json(status: u16, body: &Value) -> Reply {
    reply(status, body.to_string()).header("content-type", "application/json").unwrap()
}

/// Formats an error for a snapshot: its text and its properties.
fn row(name: &str, error: &Error) -> String {
    let shown = shown(error);
    assert!(!shown.contains("marked"), "{shown}");
    assert!(!error.to_string().contains('\n'), "{error}");
    let mut row = format!("{name}\n  {error}\n  {:?}", error.kind());
    if let Some(code) = error.code() {
        write!(row, ", code {code}").unwrap();
    }
    if let Some(message) = error.message() {
        write!(row, ", message {message:?}").unwrap();
    }
    if error.is_retryable() {
        row += ", retryable";
    }
    row + "\n\n"
}

/// Formats an error without the system's message and the address, which vary between runs.
fn without_cause(name: &str, error: &Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    let row = row(name, error);
    assert!(row.contains(&cause.to_string()), "{row}");
    let row = row.replace(&cause.to_string(), "(cause)");
    match row.split_once("127.0.0.1:") {
        Some((before, after)) => {
            let after = after.trim_start_matches(|digit: char| digit.is_ascii_digit());
            format!("{before}(address){after}")
        }
        None => row,
    }
}

#[tokio::test]
async fn every_error_status_is_explained() {
    let mut table = String::new();
    for status in
        [301, 304, 400, 401, 402, 403, 404, 408, 409, 418, 422, 429, 500, 501, 502, 503, 504, 599]
    {
        let body = json!({"error": "Refused by the server", "code": "BRAND_NEW"});
        table += &row(&status.to_string(), &call(in_json(status, &body)).await);
    }
    insta::assert_snapshot!("statuses", table);
}

#[tokio::test]
async fn an_odd_error_body_does_not_hide_the_status() {
    let huge = "marked".repeat(10 * 1024 * 1024 / 6);
    let typed = |status, media_type, body: &str| {
        reply(status, body).header("content-type", media_type).unwrap()
    };
    let cut_json = typed(404, "application/json", r#"{"error": "marked"#);
    let in_text = typed(402, "text/plain", r#"{"error":"Pay","code":"PAYMENT_FAILED"}"#);
    let bodies: [(&str, Reply); 11] = [
        ("HTML", typed(401, "text/html", HTML)),
        ("HTML with the media type of JSON", typed(502, "application/json", HTML)),
        ("nothing", reply(403, "")),
        ("cut JSON", cut_json),
        ("JSON of another shape", in_json(409, &json!([{"error": "marked"}]))),
        ("fields of other types", in_json(400, &json!({"error": {"marked": 1}, "code": 7}))),
        ("null fields", in_json(400, &json!({"error": null, "code": null}))),
        ("JSON with the media type of text", in_text),
        ("no UTF-8", reply(500, [0xff, 0xfe])),
        ("10 MB", reply(503, huge)),
        ("wrong compression", reply(500, "marked").header("content-encoding", "gzip").unwrap()),
    ];
    let mut table = String::new();
    for (name, reply) in bodies {
        let error = call(reply).await;
        assert!(error.status().is_some(), "{name}");
        table += &row(name, &error);
    }
    let less = b"HTTP/1.1 503 Any\r\ncontent-length: 1000\r\n\r\n{\"error\": \"marked";
    table += &row("less than announced", &call_for(less).await);
    insta::assert_snapshot!("bodies", table);
}

#[tokio::test]
async fn an_error_in_latin_1_has_its_code_and_message() {
    let body = b"{\"error\": \"n\xfamero em uso\", \"code\": \"NUMBER_NOT_FOUND\"}";
    let error = call(reply(404, &body[..])).await;
    assert_eq!(error.code(), Some(&ErrorCode::NumberNotFound));
    assert_eq!(error.message(), Some("n\u{fffd}mero em uso"));
}

#[tokio::test]
async fn extra_fields_of_an_error_are_kept() {
    let body = json!({"error": "Blocked", "code": "NUMBER_BLOCKED", "reason": "extra_charge_unpaid", "details": {"missing": ["a"]}});
    let error = call(in_json(409, &body)).await;
    assert_eq!(error.code(), Some(&ErrorCode::NumberBlocked));
    assert_eq!(error.api_error().unwrap().extra["reason"], "extra_charge_unpaid");
    assert_eq!(error.api_error().unwrap().extra["details"]["missing"][0], "a");
    assert_eq!(serde_json::to_value(error.api_error().unwrap()).unwrap(), body);
}

#[tokio::test]
async fn an_invalid_success_body_is_a_decode_error() {
    let mut missing = example(200);
    missing[0].as_object_mut().unwrap().remove("id");
    let mut wrong = example(200);
    wrong[0]["isFullyConnected"] = json!("marked");
    let mut deep_field = example(200);
    deep_field[0]["apiKeys"] = json!([{"name": "a"}, {"name": {"marked": "marked"}}]);
    let deep = "[".repeat(100_000);
    let mut table = String::new();
    for (name, reply) in [
        ("HTML", reply(200, HTML)),
        ("nothing", reply(200, "")),
        ("no content", reply(204, "")),
        ("cut JSON", reply(200, r#"[{"id": "marked"#)),
        ("JSON of another shape", in_json(200, &json!({"numbers": "marked"}))),
        ("a required field is missing", in_json(200, &missing)),
        ("a field of another type", in_json(200, &wrong)),
        ("a field of another type, deep", in_json(200, &deep_field)),
        ("deep nesting", reply(200, deep)),
        ("no UTF-8", reply(200, [b'[', b'"', 0xff, b'"', b']'])),
        ("more after the end", reply(200, "[] marked")),
    ] {
        let error = call(reply).await;
        assert_eq!(error.kind(), ErrorKind::Decode, "{name}");
        assert_eq!(error.attempts(), 1);
        table += &row(name, &error);
    }
    insta::assert_snapshot!("decode", table);
}

/// Covers each status with the bodies that services and proxies send.
#[tokio::test]
async fn an_error_keeps_its_response() {
    let long = format!("<html>{}", "a".repeat(1024 * 1024));
    for status in [301, 400, 401, 404, 409, 429, 500, 503, 200] {
        for body in ["", "{}", HTML, r#"{"error": "No"}"#, &long] {
            let reply = reply(status, body).header("x-request-id", "req_1").unwrap();
            let error = call(reply).await;
            assert_eq!(error.body().map(|body| &body[..]), Some(body.as_bytes()), "{status}");
            assert_eq!(error.headers().unwrap()["x-request-id"], "req_1");
            let shown = shown(&error);
            assert!(!shown.contains("html>") && !shown.contains("req_1"), "{shown}");
        }
    }
    let unreachable =
        tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let error = call_at(format!("http://{unreachable}")).await;
    assert_eq!((error.body(), error.headers()), (None, None));
    // The response was truncated; the part that arrived is kept.
    let error = call_for(b"HTTP/1.1 200 OK\r\na: b\r\ncontent-length: 9\r\n\r\n[").await;
    assert_eq!(error.body().map(|body| &body[..]), Some(&b"["[..]));
    assert_eq!(error.headers().unwrap()["a"], "b");
}

/// The server closes the connection before the framing ends, or keeps it open after the body.
#[tokio::test]
async fn complete_json_is_read_despite_broken_framing() {
    const ROTATED: &str = r#"{"key": "ps_new_0123456789"}"#;
    const REFUSED: &str = r#"{"error": "There is no such number", "code": "NUMBER_NOT_FOUND"}"#;
    let too_short = |status, body: &str| {
        let length = body.len() + 1;
        format!("HTTP/1.1 {status} Any\r\ncontent-length: {length}\r\n\r\n{body}").leak()
    };
    let no_end = |status, body: &str| {
        let head = format!("HTTP/1.1 {status} Any\r\ntransfer-encoding: chunked\r\n\r\n");
        format!("{head}{:x}\r\n{body}\r\n", body.len()).leak()
    };
    let marked = format!("\u{feff}{ROTATED}");
    for (rotated, refused) in [
        (too_short(200, ROTATED), too_short(404, REFUSED)),
        (too_short(200, &marked), too_short(404, REFUSED)),
        (no_end(200, ROTATED), no_end(404, REFUSED)),
    ] {
        for ends in [&[][..], &[Silent]] {
            let script =
                |bytes: &'static [u8]| -> Script { [&[Read, Send(bytes)], ends].concat().leak() };
            let server = ScriptedServer::start([script(rotated.as_bytes())]).await;
            let builder = Client::builder(Credentials::api_key(KEY)).base_url(server.url());
            let client = builder.attempt_timeout(Duration::from_millis(200)).build().unwrap();
            let rotated = client.rotate_api_key().send().await.unwrap();
            assert_eq!(rotated.key.expose_secret(), "ps_new_0123456789");

            let server = ScriptedServer::start([script(refused.as_bytes())]).await;
            let builder = Client::builder(Credentials::api_key(KEY)).base_url(server.url());
            let client = builder.attempt_timeout(Duration::from_millis(200)).build().unwrap();
            let error = client.rotate_api_key().send().await.unwrap_err();
            assert_eq!(error.code(), Some(&ErrorCode::NumberNotFound), "{error}");
        }
    }
}

#[tokio::test]
async fn the_path_in_an_error_includes_the_prefix_of_the_base_url() {
    let unreachable =
        tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    for (prefix, path) in [
        ("", "(GET /v1/numbers)"),
        ("/", "(GET /v1/numbers)"),
        ("/v1", "(GET /v1/numbers)"),
        ("/v1/v1", "(GET /v1/v1/numbers)"),
        ("/gateway/a/", "(GET /gateway/a/v1/numbers)"),
    ] {
        let error = call_at(format!("http://{unreachable}{prefix}")).await;
        assert!(error.to_string().contains(path), "{error}");
    }
}

#[tokio::test]
async fn an_error_names_an_unrequested_content_encoding() {
    for encoding in ["gzip", "deflate", "br", "zstd"] {
        let reply = reply(200, [0x1f, 0x8b, 8, 0]).header("content-encoding", encoding).unwrap();
        let error = call(reply.header("content-type", "application/json").unwrap()).await;
        let expected =
            format!("its body is encoded as {encoding}, which the client did not request");
        assert!(error.to_string().contains(&expected), "{error}");
    }
}

#[tokio::test]
async fn a_response_above_the_size_limit_is_an_error() {
    let sandbox = Sandbox::start().await.unwrap();
    let length = example(200).to_string().len();
    for (limit, fits) in [(length, true), (length - 1, false), (1, false)] {
        let client = sandbox.builder().max_response_bytes(limit).build().unwrap();
        let outcome = client.list_numbers().send().await;
        assert_eq!(outcome.is_ok(), fits, "{limit}");
        if let Err(error) = outcome {
            assert_eq!(error.kind(), ErrorKind::Decode);
            assert!(error.to_string().contains(&format!("longer than {limit} bytes")), "{error}");
        }
    }
    // A call without an idempotency key would take effect twice.
    let client = sandbox.builder().max_response_bytes(1).build().unwrap();
    let error = client.create_project().body_map(|body| body.name("Acme")).send().await;
    let error = error.unwrap_err().to_string();
    assert!(error.ends_with("the server reported success, so do not repeat it"), "{error}");
}

#[tokio::test]
async fn the_error_for_an_invalid_idempotency_key_names_the_call() {
    let client = Sandbox::start().await.unwrap().client();
    for key in ["marked\n", ""] {
        let call = client.send_message().idempotency_key(key);
        let call = call.body_map(|body| body.destination_number("+5511988887777").text("Oi"));
        let error = call.send().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        assert_eq!(error.operation_id(), Some("send_message"), "{error}");
    }
}

#[tokio::test]
async fn the_error_for_a_url_that_cannot_be_sent_has_a_reason() {
    let client = Sandbox::start().await.unwrap().client();
    let error = client.get_number().id("marked".repeat(11_000)).send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert!(error.to_string().contains("the request could not be built: "), "{error}");
    assert!(!shown(&error).contains("marked"), "{error:?}");
}

#[tokio::test]
async fn network_faults_have_distinct_errors() {
    let mut table = String::new();

    let unreachable =
        tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    table += &without_cause("refused", &call_at(format!("http://{unreachable}")).await);

    let plain: Script = &[Send(b"HTTP/1.1 400 Bad Request\r\n\r\n")];
    let url = ScriptedServer::start([plain]).await.url().replace("http:", "https:");
    table += &without_cause("TLS to a port without", &call_at(url).await);

    for (name, bytes) in [
        ("closed before the response", &b""[..]),
        ("closed within the head", b"HTTP/1.1 200 OK\r\nconte"),
        ("closed within the body", b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n["),
        ("no HTTP", b"220 marked ESMTP\r\n"),
    ] {
        table += &row(name, &call_for(bytes).await);
    }

    insta::assert_snapshot!("network", table);
}

#[tokio::test]
async fn an_attempt_ends_at_its_timeout() {
    const TIME: Duration = Duration::from_millis(100);
    const LATE: Script = &[Read, Silent];
    const UNFINISHED: Script =
        &[Read, Send(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n"), Silent];
    for (script, status) in [(LATE, None), (UNFINISHED, Some(StatusCode::OK))] {
        let server = ScriptedServer::start([script]).await;
        let builder = || Client::builder(Credentials::api_key(KEY)).base_url(server.url());
        let by_request = builder().attempt_timeout(TIME).retry(RetryPolicy::none());
        let by_total = builder().retry(RetryPolicy::default().total_timeout(TIME));
        for builder in [by_request, by_total] {
            let start = Instant::now();
            let error = builder.build().unwrap().list_numbers().send().await.unwrap_err();
            assert_eq!((error.kind(), error.status()), (ErrorKind::Timeout, status));
            assert!(error.is_retryable());
            assert!(start.elapsed() < Duration::from_secs(5));
        }
    }
}

#[tokio::test]
async fn a_redirect_is_an_error_and_is_not_followed() {
    let sandbox = Sandbox::start().await.unwrap();
    let other = ScriptedServer::start([&[Read] as Script]).await;
    let other_host = other.url().replace("127.0.0.1", "localhost");
    let other_scheme = other.url().replace("http://", "https://");
    for origin in [other.url(), other_host, other_scheme] {
        let location = format!("{origin}/marked?key=marked#marked");
        for status in [301, 302, 303, 307, 308] {
            for credentials in [
                Credentials::api_key(Sandbox::API_KEY),
                Credentials::api_key_id(Sandbox::API_KEY_ID),
            ] {
                let following =
                    reqwest::Client::builder().redirect(reqwest::redirect::Policy::limited(5));
                let builder = || Client::builder(credentials.clone()).base_url(sandbox.url());
                for client in [builder(), builder().http_client_builder(following)] {
                    let before = sandbox.requests().len();
                    sandbox.enqueue(
                        OperationId::ListNumbers,
                        reply(status, "").header("location", &location).unwrap(),
                    );
                    let call = client.build().unwrap();
                    let error = call.list_numbers().send().await.unwrap_err();
                    assert_eq!(error.kind(), ErrorKind::Redirect);
                    let shown = format!("{error} {error:?}");
                    assert!(shown.contains(&origin) && !shown.contains("marked"), "{shown}");
                    assert_eq!(sandbox.requests().len(), before + 1);
                }
            }
        }
    }
    assert_eq!(other.accepted(), 0);
}
