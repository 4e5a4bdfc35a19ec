//! Retries over a real socket. What the waits are is tested with paused time,
//! beside the code; here is what reaches the server, with waits of zero or as
//! long as the proof needs.

mod support;

use std::time::{Duration, SystemTime};

use pilot_status::{ErrorCode, ErrorKind, RetryPolicy};
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
    let in_an_hour = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(3600));
    let by_the_servers_clock = Answer::new(
        429,
        &[
            ("retry-after", "Thu, 01 Jan 1970 01:00:00 GMT"),
            ("date", "Thu, 01 Jan 1970 00:00:00 GMT"),
        ],
        "",
    );
    for (rejection, about) in [
        (rejected("3600"), 3600),
        (rejected(&in_an_hour), 3600),
        (by_the_servers_clock, 3600),
        (Answer::json(429, &json!({"error": "Wait", "retryAfterSeconds": 90})), 90),
        (rejected("18446744073709551615"), u64::MAX),
        (rejected("99999999999999999999"), u64::MAX),
    ] {
        let server = Server::start([rejection, Answer::documented(200)]).await;
        let error = client(&server).list_numbers().send().await.unwrap_err();
        let asked = error.retry_after().unwrap().as_secs();
        assert!(asked == about || asked + 1 == about || asked + 2 == about, "{asked}");
        assert_eq!((error.attempts(), server.received().len()), (1, 1));
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
async fn the_connection_lives_on_after_a_rejection() {
    // Longer than what hyper reads by itself of a response that is dropped.
    let page = " ".repeat(60 * 1024);
    let rejected = Answer::new(429, &[("retry-after", "0")], page);
    let server =
        Server::start([rejected.clone(), rejected.clone(), rejected, Answer::documented(200)])
            .await;
    client(&server).list_numbers().send().await.unwrap();
    assert_eq!(server.received().len(), 4);
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn a_fault_that_may_pass_is_repeated_for_a_call_that_reads() {
    for fault in [
        Answer::new(408, &[("retry-after", "0")], ""),
        Answer::new(502, &[("retry-after-ms", "1")], ""),
        Answer::new(503, &[("retry-after", "0")], ""),
        Answer::new(504, &[("retry-after", "0")], "<html>"),
    ] {
        let server = Server::start([fault, Answer::documented(200)]).await;
        client(&server).list_numbers().send().await.unwrap();
        assert_eq!(server.received().len(), 2);
    }
}

#[tokio::test]
async fn a_connection_that_breaks_is_made_again() {
    let quick = RetryPolicy::default().backoff(Duration::ZERO, Duration::ZERO);
    for broken in ["", "HTTP/1.1 200 OK\r\nconte", "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n["]
    {
        let server = Server::start([Answer::raw(broken), Answer::documented(200)]).await;
        let client = builder(&server).retry(quick).build().unwrap();
        client.list_numbers().send().await.unwrap();
        assert_eq!((server.received().len(), server.connections()), (2, 2), "{broken}");
    }
}

#[tokio::test]
async fn what_would_end_the_same_way_is_not_repeated() {
    for status in [400, 401, 402, 403, 404, 409, 422, 500, 501] {
        let answer = Answer::new(status, &[("retry-after", "0")], "");
        let server = Server::start([answer, Answer::documented(200)]).await;
        let error = client(&server).list_numbers().send().await.unwrap_err();
        assert_eq!(error.status().map(|status| status.as_u16()), Some(status));
        assert_eq!(server.received().len(), 1, "{status}");
    }
    let body = json!({"error": "No provider", "code": "PROVIDER_NOT_CONFIGURED"});
    let server = Server::start([Answer::json(503, &body)]).await;
    let error = client(&server).list_numbers().send().await.unwrap_err();
    assert_eq!(error.code(), Some(&ErrorCode::ProviderNotConfigured));
    assert_eq!(error.attempts(), 1);
}

#[tokio::test]
async fn a_call_that_is_dropped_while_it_waits_sends_nothing_more() {
    let server = Server::start([rejected("1"), Answer::documented(200)]).await;
    let client = client(&server);
    let call = client.list_numbers().send();
    assert!(tokio::time::timeout(Duration::from_millis(50), call).await.is_err());
    assert_eq!(server.received().len(), 1);
}

#[tokio::test]
async fn clones_share_the_pause_that_one_of_them_was_asked_for() {
    let server = Server::start([rejected("3600"), Answer::documented(200)]).await;
    let sharing = client(&server);
    let rejected = sharing.clone().list_numbers().send().await.unwrap_err();
    assert_eq!((rejected.kind(), rejected.attempts()), (ErrorKind::RateLimited, 1));
    let held_back = sharing.list_numbers().send().await.unwrap_err();
    assert_eq!((held_back.kind(), held_back.attempts()), (ErrorKind::RateLimited, 0));
    assert!(held_back.retry_after().unwrap() > Duration::from_secs(3500));
    assert_eq!(held_back.operation_id(), Some("list_numbers"));
    assert_eq!(server.received().len(), 1);
    // Another client does not know of it, nor does one that shares nothing.
    client(&server).list_numbers().send().await.unwrap();
}

#[tokio::test]
async fn a_cooldown_of_one_resource_holds_back_no_other() {
    let cooldown =
        json!({"error": "Too soon", "code": "RESYNC_COOLDOWN", "retryAfterSeconds": 300});
    let started = json!({"started": true, "pageLinkId": "b"});
    let server = Server::start([Answer::json(429, &cooldown), Answer::json(202, &started)]).await;
    let client = client(&server);
    let error = client.resync_lead_page().page_link_id("a").send().await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::RateLimited, 1));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(300)));
    client.resync_lead_page().page_link_id("b").send().await.unwrap();
    assert_eq!(server.received().len(), 2);
}
