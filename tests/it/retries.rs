//! Retries over a real socket: the requests that reach the server, with waits of zero or as
//! short as the test allows. The unit tests cover the length of waits with paused time.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use crate::support::script::{Script, ScriptedServer, Step};
use chrono::Utc;
use pilot_status::mock::{OperationId, Reply, Sandbox};
use pilot_status::{
    Client, Credentials, ErrorCode, ErrorKind, Pacing, RetryPolicy, StatusCode, types,
};
use serde_json::json;

fn rejected(retry_after: &str) -> Reply {
    Reply::too_many_requests(None).header("retry-after", retry_after).unwrap()
}

/// Starts a sandbox that responds to the first call with this.
async fn first(reply: Reply) -> Sandbox {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.enqueue(OperationId::ListNumbers, reply);
    sandbox
}

/// Starts a sandbox that rejects as many calls as start a pause, of an hour.
async fn rejecting() -> Sandbox {
    let sandbox = first(rejected("3600")).await;
    for _ in 0..2 {
        sandbox.enqueue(OperationId::ListNumbers, rejected("3600"));
    }
    sandbox
}

#[tokio::test]
async fn a_429_is_retried_after_the_requested_wait() {
    let sandbox = first(rejected("1")).await;
    let start = Instant::now();
    sandbox.client().list_numbers().send().await.unwrap();
    assert!(start.elapsed() >= Duration::from_secs(1));
    assert_eq!(sandbox.requests().len(), 2);
}

#[tokio::test]
async fn a_response_states_the_number_of_attempts() {
    let sandbox = first(Reply::error(StatusCode::SERVICE_UNAVAILABLE, None)).await;
    let client = sandbox.client();
    for attempts in [2, 1] {
        assert_eq!(client.list_numbers().send().await.unwrap().attempts(), attempts);
    }
    let raw = client.request(pilot_status::Method::GET, "/v1/numbers").send().await.unwrap();
    assert_eq!(raw.attempts(), 1);
}

#[tokio::test]
async fn every_form_of_retry_after_is_read() {
    let in_an_hour =
        (Utc::now() + Duration::from_secs(3600)).format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let by_the_servers_clock = rejected("Thu, 01 Jan 1970 01:00:00 GMT")
        .header("date", "Thu, 01 Jan 1970 00:00:00 GMT")
        .unwrap();
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
        let requested = error.retry_after().unwrap().as_secs();
        assert!(
            requested == about || requested + 1 == about || requested + 2 == about,
            "{requested}"
        );
        assert_eq!((error.attempts(), sandbox.requests().len()), (1, 1));
    }
}

#[tokio::test]
async fn a_call_fails_after_the_maximum_number_of_attempts() {
    for (policy, attempts) in [
        (RetryPolicy::default(), 4),
        (RetryPolicy::default().max_attempts(2), 2),
        (RetryPolicy::none(), 1),
    ] {
        let sandbox = first(rejected("0")).await;
        for _ in 1..attempts {
            sandbox.enqueue(OperationId::ListNumbers, rejected("0"));
        }
        let client = sandbox.builder().retry(policy).build().unwrap();
        let error = client.list_numbers().send().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::RateLimited);
        assert_eq!(error.attempts(), attempts);
        assert_eq!(sandbox.requests().len(), attempts as usize);
    }
}

#[tokio::test]
async fn a_read_is_retried_after_a_transient_fault() {
    for fault in [
        Reply::new(StatusCode::REQUEST_TIMEOUT, "").header("retry-after", "0").unwrap(),
        Reply::new(StatusCode::BAD_GATEWAY, "").header("retry-after-ms", "1").unwrap(),
        Reply::error(StatusCode::SERVICE_UNAVAILABLE, None).header("retry-after", "0").unwrap(),
        Reply::html(StatusCode::GATEWAY_TIMEOUT).header("retry-after", "0").unwrap(),
        Reply::reset(),
    ] {
        let sandbox = first(fault).await;
        sandbox.client().list_numbers().send().await.unwrap();
        assert_eq!(sandbox.requests().len(), 2);
    }
}

#[tokio::test]
async fn a_permanent_error_is_not_retried() {
    for status in [400, 401, 402, 403, 404, 409, 422, 500, 501] {
        let status = StatusCode::from_u16(status).unwrap();
        let sandbox = first(Reply::new(status, "").header("retry-after", "0").unwrap()).await;
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

/// Starts a sandbox that breaks the connection of an operation's first call after it has read
/// the request, and then sends a reply. Its client retries without delay.
async fn after_a_broken_connection(operation: OperationId, then: Reply) -> (Sandbox, Client) {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.enqueue(operation, Reply::reset());
    sandbox.enqueue(operation, then);
    let policy = RetryPolicy::default().backoff(Duration::ZERO, Duration::ZERO);
    let client = sandbox.builder().retry(policy).build().unwrap();
    (sandbox, client)
}

fn text_message() -> types::builder::MessageRequest {
    types::MessageRequest::builder().destination_number("+5511988887777").text("Olá!")
}

#[tokio::test]
async fn an_error_mentions_that_an_earlier_attempt_may_have_taken_effect() {
    let status = |status| Reply::error(StatusCode::from_u16(status).unwrap(), None);
    for (reply, kind) in [
        (rejected("3600"), ErrorKind::RateLimited),
        (status(400), ErrorKind::BadRequest),
        (status(401), ErrorKind::Unauthorized),
        (status(403), ErrorKind::Forbidden),
        (status(404), ErrorKind::NotFound),
        (Reply::error(StatusCode::CONFLICT, ErrorCode::IdempotencyKeyReused), ErrorKind::Conflict),
    ] {
        let (sandbox, client) = after_a_broken_connection(OperationId::SendMessage, reply).await;
        let call = client.send_message().body(text_message()).idempotency_key("order-0042");
        let error = call.send().await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (kind, 2), "{error}");
        assert!(error.may_have_taken_effect(), "{error}");
        assert_eq!(error.idempotency_key(), Some("order-0042"));
        let text = error.to_string();
        let expected =
            "an earlier attempt may have taken effect; repeat it only under the same key";
        assert!(text.contains(expected), "{text}");
        assert!(!format!("{text} {error:?}").contains("order-0042"), "{error:?}");
        assert_eq!(sandbox.requests().len(), 2);
    }
}

#[tokio::test]
async fn a_connect_error_after_a_broken_connection_may_have_taken_effect() {
    const CLOSES: Script = &[Step::Pause(Duration::from_millis(20))];
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    // The port is then free, so connections are refused.
    let server = ScriptedServer::start_at(any, 1, [CLOSES]).await;
    let policy = RetryPolicy::default().backoff(Duration::ZERO, Duration::ZERO);
    let builder = Client::builder(Credentials::api_key("ps_0123456789")).base_url(server.url());
    let client = builder.retry(policy).build().unwrap();
    let error = client.send_message().body(text_message()).send().await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Connect, 4), "{error}");
    assert!(error.may_have_taken_effect(), "{error}");
    assert!(error.to_string().contains("an earlier attempt may have taken effect"), "{error}");
    assert!(error.idempotency_key().is_some());
    // A client that never connected cannot have sent anything.
    let error = client.send_message().body(text_message()).send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    assert!(!error.may_have_taken_effect(), "{error}");
    assert!(!error.to_string().contains("effect"), "{error}");
}

#[tokio::test]
async fn a_404_after_a_broken_deletion_may_mean_success() {
    let not_found = || Reply::error(StatusCode::NOT_FOUND, None);
    let (_number, client) = after_a_broken_connection(OperationId::DeleteNumber, not_found()).await;
    let number = client.delete_number().id("num_1").send().await.unwrap_err();
    let (_webhook, client) =
        after_a_broken_connection(OperationId::DeleteWebhook, not_found()).await;
    let webhook = client.delete_webhook().id("wh_1").send().await.unwrap_err();
    let (_purged, client) = after_a_broken_connection(OperationId::PurgeNumber, not_found()).await;
    let purged = client.purge_number().id("num_1").send().await.unwrap_err();
    for error in [number, webhook, purged] {
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::NotFound, 2), "{error}");
        assert!(error.may_have_taken_effect());
        assert!(error.to_string().contains("an earlier attempt may have deleted it"), "{error}");
    }
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.enqueue(OperationId::DeleteNumber, not_found());
    let error = sandbox.client().delete_number().id("num_1").send().await.unwrap_err();
    assert!(!error.may_have_taken_effect(), "{error}");
}

#[tokio::test]
async fn a_decode_error_after_a_broken_connection_keeps_the_idempotency_key() {
    let cut = Reply::new(StatusCode::ACCEPTED, r#"{"id": "msg_1"#);
    let (_sandbox, client) = after_a_broken_connection(OperationId::SendMessage, cut).await;
    let call = client.send_message().body(text_message()).idempotency_key("order-0042");
    let error = call.send().await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Decode, 2), "{error}");
    assert_eq!(error.idempotency_key(), Some("order-0042"));
    assert_eq!(error.body().map(|body| &body[..]), Some(&br#"{"id": "msg_1"#[..]));
    assert!(error.may_have_taken_effect());
}

#[tokio::test]
async fn an_invalid_request_has_its_idempotency_key_and_no_effect() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = sandbox.client().for_number("a\nb");
    let call = client.send_message().body(text_message()).idempotency_key("order-0042");
    let error = call.send().await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::InvalidRequest, 0), "{error}");
    assert_eq!(error.idempotency_key(), Some("order-0042"));
    assert!(!error.may_have_taken_effect(), "{error}");
}

#[tokio::test]
async fn a_call_dropped_during_its_wait_sends_no_more_requests() {
    let sandbox = first(rejected("1")).await;
    let client = sandbox.client();
    let call = client.list_numbers().send();
    assert!(tokio::time::timeout(Duration::from_millis(50), call).await.is_err());
    assert_eq!(sandbox.requests().len(), 1);
}

#[tokio::test]
async fn clones_share_the_pause_after_429s() {
    let sandbox = rejecting().await;
    let sharing = sandbox.client();
    for _ in 0..3 {
        let rejected = sharing.clone().list_numbers().send().await.unwrap_err();
        assert_eq!((rejected.kind(), rejected.attempts()), (ErrorKind::RateLimited, 1));
    }
    let throttled = sharing.list_numbers().send().await.unwrap_err();
    assert_eq!((throttled.kind(), throttled.attempts()), (ErrorKind::RateLimited, 0));
    assert!(throttled.retry_after().unwrap() > Duration::from_secs(3500));
    assert_eq!(throttled.operation_id(), Some("list_numbers"));
    assert_eq!(sandbox.requests().len(), 3);
    // A separate client does not share the pause.
    sandbox.builder().build().unwrap().list_numbers().send().await.unwrap();
}

#[tokio::test]
async fn a_cooldown_of_one_resource_does_not_delay_others() {
    let cooldown =
        json!({"error": "Too soon", "code": "RESYNC_COOLDOWN", "retryAfterSeconds": 300});
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.enqueue(
        OperationId::ResyncLeadPage,
        Reply::json(StatusCode::TOO_MANY_REQUESTS, &cooldown),
    );
    let client = sandbox.client();
    let error = client.resync_lead_page().page_link_id("a").send().await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::RateLimited, 1));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(300)));
    client.resync_lead_page().page_link_id("b").send().await.unwrap();
    assert_eq!(sandbox.requests().len(), 2);
}

#[tokio::test]
async fn a_pause_for_one_number_does_not_delay_others() {
    let sandbox = rejecting().await;
    let client = sandbox.client();
    let (a, b) = (client.for_number("a"), client.for_number("b"));
    for _ in 0..3 {
        a.list_numbers().send().await.unwrap_err();
    }
    b.list_numbers().send().await.unwrap();
    client.list_numbers().send().await.unwrap();
    assert_eq!(sandbox.requests().len(), 5);
    // The pause applies to calls for its number from any clone.
    let throttled = client.for_number("a").list_numbers().send().await.unwrap_err();
    assert_eq!((throttled.attempts(), sandbox.requests().len()), (0, 5));
}

#[tokio::test]
async fn a_stray_429_does_not_delay_other_calls() {
    let sandbox = first(rejected("3600")).await;
    let client = sandbox.client();
    let error = client.list_numbers().send().await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::RateLimited, 1));
    client.list_numbers().send().await.unwrap();
}

#[tokio::test]
async fn a_retry_after_of_zero_still_backs_off() {
    let past = || rejected("Thu, 01 Jan 1970 00:00:00 GMT");
    let milliseconds = || Reply::too_many_requests(None).header("retry-after-ms", "0").unwrap();
    for pacing in [Pacing::Off, Pacing::Pause] {
        for rejection in [rejected("0"), past(), milliseconds()] {
            let sandbox = first(rejection.clone()).await;
            sandbox.enqueue(OperationId::ListNumbers, rejection.clone());
            sandbox.enqueue(OperationId::ListNumbers, rejection);
            let backoff = Duration::from_millis(80);
            let policy = RetryPolicy::default().pacing(pacing).backoff(backoff, 4 * backoff);
            let client = sandbox.builder().retry(policy).build().unwrap();
            let start = Instant::now();
            client.list_numbers().send().await.unwrap();
            // The shortest possible waits are 40 and 80 ms.
            assert!(start.elapsed() >= Duration::from_millis(120), "{:?}", start.elapsed());
            assert_eq!(sandbox.requests().len(), 4);
        }
    }
}
