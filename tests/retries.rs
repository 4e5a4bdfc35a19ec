//! Retries over a real socket. What the waits are is tested with paused time,
//! beside the code; here is what reaches the server, with waits of zero or as
//! long as the proof needs.

mod support;

use std::time::{Duration, Instant, SystemTime};

use pilot_status::{ErrorKind, RetryPolicy};
use serde_json::json;
use support::{Answer, Server, builder, client};

fn rejected(retry_after: &str) -> Answer {
    Answer::new(
        429,
        &[("retry-after", retry_after), ("content-type", "application/json")],
        r#"{"error":"Too many requests"}"#,
    )
}

#[tokio::test]
async fn a_rejected_call_is_sent_once_more_and_not_too_early() {
    let server = Server::start([rejected("1"), Answer::documented(200)]).await;
    client(&server).list_numbers().send().await.unwrap();
    let received = server.received();
    assert_eq!(received.len(), 2);
    assert!(received[1].at - received[0].at >= Duration::from_secs(1));
}

#[tokio::test]
async fn every_way_to_name_a_wait_is_heard() {
    let past = httpdate::fmt_http_date(SystemTime::UNIX_EPOCH);
    for rejection in [
        rejected("0"),
        rejected(&past),
        Answer::json(429, &json!({"error": "Too many requests", "retryAfterSeconds": 0})),
    ] {
        let server = Server::start([rejection, Answer::documented(200)]).await;
        let start = Instant::now();
        client(&server).list_numbers().send().await.unwrap();
        assert_eq!(server.received().len(), 2);
        assert!(start.elapsed() < Duration::from_millis(400));
    }
}

#[tokio::test]
async fn a_client_gives_up_after_its_attempts() {
    for (policy, attempts) in [
        (RetryPolicy::default(), 4),
        (RetryPolicy::default().max_attempts(2), 2),
        (RetryPolicy::none(), 1),
    ] {
        let server = Server::start([rejected("0")]).await;
        let client = builder(&server).retry(policy).build().unwrap();
        let error = client.list_numbers().send().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::RateLimited);
        assert_eq!(error.attempts(), attempts);
        assert_eq!(server.received().len(), attempts as usize);
    }
}

#[tokio::test]
async fn a_wait_that_is_too_long_comes_back_at_once() {
    let server = Server::start([rejected("3600")]).await;
    let start = Instant::now();
    let error = client(&server).list_numbers().send().await.unwrap_err();
    assert!(start.elapsed() < Duration::from_millis(400));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(3600)));
    assert_eq!((error.attempts(), server.received().len()), (1, 1));
    assert!(error.is_retryable());
}

#[tokio::test]
async fn the_connection_lives_on_after_a_rejection() {
    let server =
        Server::start([rejected("0"), rejected("0"), rejected("0"), Answer::documented(200)]).await;
    client(&server).list_numbers().send().await.unwrap();
    assert_eq!(server.received().len(), 4);
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn a_hostile_wait_panics_nowhere() {
    let hostile = [
        "18446744073709551615",
        "99999999999999999999",
        "-1",
        "1e999",
        "NaN",
        "Fri, 31 Dec 9999 23:59:59 GMT",
    ];
    for retry_after in hostile {
        let server = Server::start([rejected(retry_after), Answer::documented(200)]).await;
        let policy = RetryPolicy::default().max_attempts(1);
        let client = builder(&server).retry(policy).build().unwrap();
        assert_eq!(client.list_numbers().send().await.unwrap_err().kind(), ErrorKind::RateLimited);
    }
}

#[tokio::test]
async fn other_refusals_are_not_repeated() {
    for status in [400, 401, 403, 404, 408, 409, 500, 502, 503, 504] {
        let server = Server::start([
            Answer::new(status, &[("retry-after", "0")], ""),
            Answer::documented(200),
        ])
        .await;
        let error = client(&server).list_numbers().send().await.unwrap_err();
        assert_eq!(error.status().map(|status| status.as_u16()), Some(status));
        assert_eq!(server.received().len(), 1, "{status}");
    }
}

#[tokio::test]
async fn a_call_that_is_dropped_while_it_waits_sends_nothing_more() {
    let server = Server::start([rejected("1"), Answer::documented(200)]).await;
    let client = client(&server);
    let call = client.list_numbers().send();
    assert!(tokio::time::timeout(Duration::from_millis(50), call).await.is_err());
    assert_eq!(server.received().len(), 1);
}
