//! Retries over a real socket. What the waits are is tested with paused time,
//! beside the code; here is what reaches the server, with waits of zero or as
//! long as the proof needs.

use std::time::{Duration, Instant, SystemTime};

use pilot_status::mock::{Reply, Sandbox};
use pilot_status::{ErrorCode, ErrorKind, RetryPolicy, StatusCode};
use serde_json::json;

fn rejected(retry_after: &str) -> Reply {
    Reply::too_many_requests(None).header("retry-after", retry_after)
}

/// A server that answers the first call with this.
async fn first(reply: Reply) -> Sandbox {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.next("list_numbers", reply);
    sandbox
}

#[tokio::test]
async fn a_rejected_call_is_sent_once_more_and_not_too_early() {
    let sandbox = first(rejected("1")).await;
    let start = Instant::now();
    sandbox.client().list_numbers().send().await.unwrap();
    assert!(start.elapsed() >= Duration::from_secs(1));
    assert_eq!(sandbox.requests().len(), 2);
}

#[tokio::test]
async fn every_way_to_name_a_wait_is_heard() {
    let in_an_hour = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(3600));
    let by_the_servers_clock =
        rejected("Thu, 01 Jan 1970 01:00:00 GMT").header("date", "Thu, 01 Jan 1970 00:00:00 GMT");
    let in_the_body = json!({"error": "Wait", "retryAfterSeconds": 90});
    for (rejection, about) in [
        (rejected("3600"), 3600),
        (rejected(&in_an_hour), 3600),
        (by_the_servers_clock, 3600),
        (Reply::json(StatusCode::TOO_MANY_REQUESTS, &in_the_body), 90),
        (rejected("18446744073709551615"), u64::MAX),
        (rejected("99999999999999999999"), u64::MAX),
    ] {
        let sandbox = first(rejection).await;
        let error = sandbox.client().list_numbers().send().await.unwrap_err();
        let asked = error.retry_after().unwrap().as_secs();
        assert!(asked == about || asked + 1 == about || asked + 2 == about, "{asked}");
        assert_eq!((error.attempts(), sandbox.requests().len()), (1, 1));
    }
}

#[tokio::test]
async fn a_client_gives_up_after_its_attempts() {
    for (policy, attempts) in [
        (RetryPolicy::default(), 4),
        (RetryPolicy::default().max_attempts(2), 2),
        (RetryPolicy::none(), 1),
    ] {
        let sandbox = first(rejected("0")).await;
        for _ in 1..attempts {
            sandbox.next("list_numbers", rejected("0"));
        }
        let client = sandbox.builder().retry(policy).build().unwrap();
        let error = client.list_numbers().send().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::RateLimited);
        assert_eq!(error.attempts(), attempts);
        assert_eq!(sandbox.requests().len(), attempts as usize);
    }
}

#[tokio::test]
async fn a_fault_that_may_pass_is_repeated_for_a_call_that_reads() {
    for fault in [
        Reply::new(StatusCode::REQUEST_TIMEOUT, "").header("retry-after", "0"),
        Reply::new(StatusCode::BAD_GATEWAY, "").header("retry-after-ms", "1"),
        Reply::error(StatusCode::SERVICE_UNAVAILABLE, None).header("retry-after", "0"),
        Reply::html(StatusCode::GATEWAY_TIMEOUT).header("retry-after", "0"),
        Reply::reset(),
    ] {
        let sandbox = first(fault).await;
        sandbox.client().list_numbers().send().await.unwrap();
        assert_eq!(sandbox.requests().len(), 2);
    }
}

#[tokio::test]
async fn what_would_end_the_same_way_is_not_repeated() {
    for status in [400, 401, 402, 403, 404, 409, 422, 500, 501] {
        let status = StatusCode::from_u16(status).unwrap();
        let sandbox = first(Reply::new(status, "").header("retry-after", "0")).await;
        let error = sandbox.client().list_numbers().send().await.unwrap_err();
        assert_eq!(error.status(), Some(status));
        assert_eq!(sandbox.requests().len(), 1, "{status}");
    }
    let code = ErrorCode::ProviderNotConfigured;
    let sandbox = first(Reply::error(StatusCode::SERVICE_UNAVAILABLE, code)).await;
    let error = sandbox.client().list_numbers().send().await.unwrap_err();
    assert_eq!(error.code(), Some(&ErrorCode::ProviderNotConfigured));
    assert_eq!(error.attempts(), 1);
}

#[tokio::test]
async fn a_call_that_is_dropped_while_it_waits_sends_nothing_more() {
    let sandbox = first(rejected("1")).await;
    let client = sandbox.client();
    let call = client.list_numbers().send();
    assert!(tokio::time::timeout(Duration::from_millis(50), call).await.is_err());
    assert_eq!(sandbox.requests().len(), 1);
}

#[tokio::test]
async fn clones_share_the_pause_that_one_of_them_was_asked_for() {
    let sandbox = first(rejected("3600")).await;
    let sharing = sandbox.client();
    let rejected = sharing.clone().list_numbers().send().await.unwrap_err();
    assert_eq!((rejected.kind(), rejected.attempts()), (ErrorKind::RateLimited, 1));
    let held_back = sharing.list_numbers().send().await.unwrap_err();
    assert_eq!((held_back.kind(), held_back.attempts()), (ErrorKind::RateLimited, 0));
    assert!(held_back.retry_after().unwrap() > Duration::from_secs(3500));
    assert_eq!(held_back.operation_id(), Some("list_numbers"));
    assert_eq!(sandbox.requests().len(), 1);
    // Another client does not know of it, nor does one that shares nothing.
    sandbox.builder().build().unwrap().list_numbers().send().await.unwrap();
}

#[tokio::test]
async fn a_cooldown_of_one_resource_holds_back_no_other() {
    let cooldown =
        json!({"error": "Too soon", "code": "RESYNC_COOLDOWN", "retryAfterSeconds": 300});
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.next("resync_lead_page", Reply::json(StatusCode::TOO_MANY_REQUESTS, &cooldown));
    let client = sandbox.client();
    let error = client.resync_lead_page().page_link_id("a").send().await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::RateLimited, 1));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(300)));
    client.resync_lead_page().page_link_id("b").send().await.unwrap();
    assert_eq!(sandbox.requests().len(), 2);
}
