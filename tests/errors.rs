//! Whatever the server or the network does, a call ends in one typed error that
//! says what to do and gives nothing away.

mod support;

use std::fmt::Write;
use std::time::{Duration, Instant};

use pilot_status::reqwest::{self, header::HeaderMap};
use pilot_status::{Client, Credentials, Error, ErrorCode, ErrorKind, RetryPolicy, StatusCode};
use serde_json::json;
use support::{Answer, KEY, Server, builder, example, shown};
use tokio::io::AsyncWriteExt;

const HTML: &str = "<html><body>marked by a proxy</body></html>";

/// A client that sends a call once.
fn once(url: &str) -> Client {
    let builder = Client::builder(Credentials::api_key(KEY)).base_url(url);
    builder.retry(RetryPolicy::none()).build().unwrap()
}

async fn call(answer: Answer) -> Error {
    let server = Server::start([answer]).await;
    once(&server.url).list_numbers().send().await.unwrap_err()
}

/// A row of the snapshot: what a program sees of an error, and what a person does.
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

/// The same, without the words of the system, which differ between systems.
fn without_cause(name: &str, error: &Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    let row = row(name, error);
    assert!(row.contains(&cause.to_string()), "{row}");
    row.replace(&cause.to_string(), "(cause)")
}

#[tokio::test]
async fn every_status_has_its_error() {
    let mut table = String::new();
    for status in
        [301, 304, 400, 401, 402, 403, 404, 408, 409, 418, 422, 429, 500, 501, 502, 503, 504, 599]
    {
        let body = json!({"error": "marked by the server", "code": "MARKED_not"});
        table += &row(&status.to_string(), &call(Answer::json(status, &body)).await)
            .replace("marked by the server", "...");
    }
    insta::assert_snapshot!("statuses", table);
}

#[tokio::test]
async fn no_body_hides_the_status() {
    let huge = "marked".repeat(10 * 1024 * 1024 / 6);
    let cut_json = r#"{"error": "marked"#;
    let announced = format!("HTTP/1.1 503 Any\r\ncontent-length: 1000\r\n\r\n{cut_json}");
    let bodies: [(&str, Answer); 12] = [
        ("HTML", Answer::new(401, &[("content-type", "text/html")], HTML)),
        (
            "HTML that says it is JSON",
            Answer::new(502, &[("content-type", "application/json")], HTML),
        ),
        ("nothing", Answer::new(403, &[], "")),
        ("cut JSON", Answer::new(404, &[("content-type", "application/json")], cut_json)),
        ("less than announced", Answer::raw(announced)),
        ("JSON of another shape", Answer::json(409, &json!([{"error": "marked"}]))),
        ("fields of other types", Answer::json(400, &json!({"error": {"marked": 1}, "code": 7}))),
        ("null fields", Answer::json(400, &json!({"error": null, "code": null}))),
        (
            "JSON that says it is text",
            Answer::new(
                402,
                &[("content-type", "text/plain")],
                r#"{"error":"Pay","code":"PAYMENT_FAILED"}"#,
            ),
        ),
        ("no UTF-8", Answer::new(500, &[], [0xff, 0xfe])),
        ("10 MB", Answer::new(503, &[], huge)),
        ("wrong compression", Answer::new(500, &[("content-encoding", "gzip")], "marked")),
    ];
    let mut table = String::new();
    for (name, answer) in bodies {
        let error = call(answer).await;
        assert!(error.status().is_some(), "{name}");
        table += &row(name, &error);
    }
    insta::assert_snapshot!("bodies", table);
}

#[tokio::test]
async fn further_keys_of_an_error_are_kept() {
    let body = json!({"error": "Blocked", "code": "NUMBER_BLOCKED", "reason": "extra_charge_unpaid", "details": {"missing": ["a"]}});
    let error = call(Answer::json(409, &body)).await;
    assert_eq!(error.code(), Some(&ErrorCode::NumberBlocked));
    assert_eq!(error.api_error().unwrap().extra["reason"], "extra_charge_unpaid");
    assert_eq!(error.api_error().unwrap().extra["details"]["missing"][0], "a");
    assert_eq!(serde_json::to_value(error.api_error().unwrap()).unwrap(), body);
}

#[tokio::test]
async fn an_answer_that_cannot_be_decoded_is_no_panic() {
    let mut missing = example(200);
    missing[0].as_object_mut().unwrap().remove("id");
    let mut wrong = example(200);
    wrong[0]["isFullyConnected"] = json!("marked");
    let mut date = example(200);
    date[0]["createdAt"] = json!("marked");
    let mut deep_field = example(200);
    deep_field[0]["apiKeys"] = json!([{"name": "a"}, {"name": {"marked": "marked"}}]);
    let deep = "[".repeat(100_000);
    let mut table = String::new();
    for (name, answer) in [
        ("HTML", Answer::new(200, &[], HTML)),
        ("nothing", Answer::new(200, &[], "")),
        ("no content", Answer::new(204, &[], "")),
        ("cut JSON", Answer::new(200, &[], r#"[{"id": "marked"#)),
        ("JSON of another shape", Answer::json(200, &json!({"numbers": "marked"}))),
        ("a required field is missing", Answer::json(200, &missing)),
        ("a field of another type", Answer::json(200, &wrong)),
        ("a date that is none", Answer::json(200, &date)),
        ("a field of another type, deep", Answer::json(200, &deep_field)),
        ("deep nesting", Answer::new(200, &[], deep)),
        ("no UTF-8", Answer::new(200, &[], [b'[', b'"', 0xff, b'"', b']'])),
        ("more after the end", Answer::new(200, &[], "[] marked")),
    ] {
        let error = call(answer).await;
        assert_eq!(error.kind(), ErrorKind::Decode, "{name}");
        assert_eq!(error.attempts(), 1);
        table += &row(name, &error);
    }
    insta::assert_snapshot!("decode", table);
}

#[tokio::test]
async fn an_answer_that_is_too_long_is_an_error() {
    let body = example(200).to_string();
    for (limit, fits) in [(body.len(), true), (body.len() - 1, false), (0, false)] {
        let server = Server::start([Answer::json(200, &example(200))]).await;
        let client = builder(&server).max_response_bytes(limit).build().unwrap();
        let outcome = client.list_numbers().send().await;
        assert_eq!(outcome.is_ok(), fits, "{limit}");
        if let Err(error) = outcome {
            assert_eq!(error.kind(), ErrorKind::Decode);
            assert!(error.to_string().contains(&format!("longer than {limit} bytes")), "{error}");
        }
    }
    // Chunks without an end, and no length announced.
    let endless = format!(
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{}",
        "2\r\n[[\r\n".repeat(10_000)
    );
    let server = Server::start([Answer::raw(endless)]).await;
    let client = builder(&server).max_response_bytes(1000).build().unwrap();
    let error = client.list_numbers().send().await.unwrap_err();
    assert!(error.to_string().contains("longer than 1000 bytes"), "{error}");
}

#[tokio::test]
async fn faults_of_the_network_are_told_apart() {
    let mut table = String::new();

    let nobody = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let client = once(&format!("http://{nobody}"));
    table += &without_cause("refused", &client.list_numbers().send().await.unwrap_err());

    let plain = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", plain.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, _) = plain.accept().await.unwrap();
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
    });
    let client = once(&url);
    let error = client.list_numbers().send().await.unwrap_err();
    table += &without_cause("TLS to a port without", &error);

    table += &row("closed before the answer", &call(Answer::raw("")).await);
    table += &row("closed within the head", &call(Answer::raw("HTTP/1.1 200 OK\r\nconte")).await);
    table += &row(
        "closed within the body",
        &call(Answer::raw("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n[")).await,
    );
    table += &row("no HTTP", &call(Answer::raw("220 marked ESMTP\r\n")).await);

    insta::assert_snapshot!("network", table);
}

#[tokio::test]
async fn an_attempt_ends_with_its_time() {
    const TIME: Duration = Duration::from_millis(100);
    let late = Answer::documented(200).after(Duration::from_secs(60));
    let unfinished = Answer::new(200, &[], "").announcing(9);
    for (answer, status) in [(late, None), (unfinished, Some(StatusCode::OK))] {
        let server = Server::start([answer]).await;
        let by_request = builder(&server).request_timeout(TIME).retry(RetryPolicy::none());
        let by_total = builder(&server).retry(RetryPolicy::default().total_time(TIME));
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
async fn a_redirect_is_an_error_and_the_other_server_hears_nothing() {
    let other = Server::start([Answer::documented(200)]).await;
    let other_port = other.url.clone();
    let other_host = other.url.replace("127.0.0.1", "localhost");
    let other_scheme = other.url.replace("http://", "https://");
    for origin in [other_port, other_host, other_scheme] {
        let location = format!("{origin}/marked?key=marked#marked");
        let redirects = [301, 302, 303, 307, 308]
            .map(|status| Answer::new(status, &[("location", &location)], ""));
        for credentials in [Credentials::api_key(KEY), Credentials::api_key_id(KEY)] {
            let server = Server::start([&redirects[..], &redirects[..]].concat()).await;
            let following =
                reqwest::Client::builder().redirect(reqwest::redirect::Policy::limited(5));
            let builder = || Client::builder(credentials.clone()).base_url(&server.url);
            for client in [builder(), builder().http_client_builder(following)] {
                let client = client.build().unwrap();
                for _ in &redirects {
                    let error = client.list_numbers().send().await.unwrap_err();
                    assert_eq!(error.kind(), ErrorKind::Redirect);
                    let shown = format!("{error} {error:?}");
                    assert!(shown.contains(&origin) && !shown.contains("marked"), "{shown}");
                }
            }
            assert_eq!(server.received().len(), 2 * redirects.len());
        }
    }
    assert_eq!(other.connections(), 0);
}

#[tokio::test]
async fn errors_of_the_generated_code_become_ours_with_a_question_mark() {
    fn question_mark<T>(generated: Result<T, progenitor_client::Error<T>>) -> Result<T, Error> {
        Ok(generated?)
    }
    let error = question_mark::<()>(Err(progenitor_client::Error::InvalidRequest(
        "id was not initialized".to_owned(),
    )));
    let error = error.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert!(error.to_string().contains("id was not initialized"), "{error}");

    let broken = serde_json::from_str::<bool>("\"marked\"").unwrap_err();
    let payload = progenitor_client::Error::InvalidResponsePayload("marked".into(), broken);
    let error = question_mark::<()>(Err(payload)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(!format!("{error} {error:?}").contains("marked"), "{error:?}");

    for (status, kind) in
        [(404, ErrorKind::NotFound), (503, ErrorKind::Server), (201, ErrorKind::Decode)]
    {
        let status = pilot_status::StatusCode::from_u16(status).unwrap();
        let value = pilot_status::ResponseValue::new((), status, HeaderMap::default());
        let error =
            question_mark::<()>(Err(progenitor_client::Error::ErrorResponse(value))).unwrap_err();
        assert_eq!((error.kind(), error.status()), (kind, Some(status)));
    }
}
