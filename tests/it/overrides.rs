//! Clones of a client with other settings: what they change and what they share.

use std::time::Duration;

use crate::support::KEY;
use crate::support::script::Step::{Pause, Read, RespondToAll, Send, Silent};
use crate::support::script::{GOOD, Script, ScriptedServer};
use pilot_status::mock::{OperationId, Reply, Sandbox};
use pilot_status::{
    Client, Credentials, Error, ErrorKind, Pacing, RetryPolicy, StatusCode, reqwest,
};

fn quick() -> RetryPolicy {
    RetryPolicy::default().backoff(Duration::ZERO, Duration::ZERO)
}

async fn sandbox(replies: impl IntoIterator<Item = Reply>) -> Sandbox {
    let sandbox = Sandbox::start().await.unwrap();
    for reply in replies {
        sandbox.enqueue(OperationId::ListNumbers, reply);
    }
    sandbox
}

fn unavailable() -> Reply {
    Reply::error(StatusCode::SERVICE_UNAVAILABLE, None)
}

async fn attempts(client: &Client) -> u32 {
    client.list_numbers().send().await.unwrap_err().attempts()
}

/// Returns clones with different overrides.
fn clones(client: &Client) -> [Client; 5] {
    let minute = Duration::from_secs(60);
    [
        client.with_retry(quick()),
        client.with_attempt_timeout(minute),
        client.for_number("wn_1").with_retry(quick()).with_attempt_timeout(minute),
        client.with_attempt_timeout(minute).for_number("wn_1").with_retry(quick()),
        client.with_retry(quick()).with_attempt_timeout(minute).for_number("wn_1"),
    ]
}

#[tokio::test]
async fn a_clone_has_its_own_retry_policy() {
    let sandbox = sandbox(vec![unavailable(); 2 + 4 + 1 + 4]).await;
    let client = sandbox.builder().retry(quick()).build().unwrap();
    let twice = client.with_retry(quick().max_attempts(2));
    assert_eq!(attempts(&twice).await, 2);
    assert_eq!(attempts(&client).await, 4);
    assert_eq!(attempts(&client.with_retry(RetryPolicy::none())).await, 1);
    assert_eq!(attempts(&twice.with_retry(quick())).await, 4);
    assert_eq!(sandbox.requests().len(), 2 + 4 + 1 + 4);
}

#[tokio::test]
async fn a_clone_has_its_own_attempt_timeout() {
    const LATE: Script = &[Read, Pause(Duration::from_millis(200)), Send(GOOD)];
    let short = Duration::from_millis(10);
    // The timeouts of reqwest must not cut off the longer one.
    for http in [None, Some(reqwest::Client::builder().timeout(short).read_timeout(short))] {
        let server = ScriptedServer::start([&[Silent][..], LATE]).await;
        let builder = Client::builder(Credentials::api_key(KEY))
            .base_url(server.url())
            .attempt_timeout(Duration::from_millis(50))
            .retry(RetryPolicy::none());
        let builder = match http {
            Some(http) => builder.http_client_builder(http),
            None => builder,
        };
        let client = builder.build().unwrap();
        let kind = |outcome: Result<_, Error>| outcome.map(drop).map_err(|error| error.kind());
        let error = client.list_numbers().send().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Timeout);
        assert!(error.to_string().contains(": an attempt has 50ms (`attempt_timeout`)"), "{error}");
        let patient = client.with_attempt_timeout(Duration::from_secs(60));
        assert_eq!(kind(patient.list_numbers().send().await), Ok(()));
    }
}

#[tokio::test]
async fn the_timeout_of_a_clone_applies_to_stalled_downloads() {
    const STOPPED: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc";
    let server = ScriptedServer::start([&[Read, Send(STOPPED), Silent][..]]).await;
    let client = Client::builder(Credentials::api_key(KEY)).base_url(server.url()).build().unwrap();
    let hurried = client.with_attempt_timeout(Duration::from_millis(50));
    let audio = hurried.get_activation_audio().id("1").send().await.unwrap().into_inner();
    assert_eq!(audio.bytes().await.unwrap_err().kind(), ErrorKind::Timeout);
}

#[tokio::test]
async fn clones_share_connections() {
    let server = ScriptedServer::start([&[RespondToAll(GOOD)][..]]).await;
    let client = Client::builder(Credentials::api_key(KEY)).base_url(server.url()).build().unwrap();
    client.list_numbers().send().await.unwrap();
    for clone in clones(&client) {
        clone.list_numbers().send().await.unwrap();
    }
    assert_eq!(server.accepted(), 1);
}

#[tokio::test]
async fn clones_share_the_pause_after_rejections_unless_they_opt_out() {
    const CALLS: usize = 20;
    for built in [quick(), quick().pacing(Pacing::Pause), quick().pacing(Pacing::Off)] {
        let hour = Some(Duration::from_secs(3600));
        let sandbox = sandbox(vec![Reply::too_many_requests(hour); CALLS]).await;
        let client = sandbox.builder().retry(built).build().unwrap();
        let paced = client.with_retry(quick());
        for _ in 0..CALLS {
            _ = paced.list_numbers().send().await;
        }
        let sent = sandbox.requests().len();
        for clone in [paced.with_retry(quick().max_attempts(9)), paced.clone()] {
            let clone = clone.with_attempt_timeout(Duration::from_secs(60));
            let error = clone.list_numbers().send().await.unwrap_err();
            assert_eq!((error.kind(), error.attempts()), (ErrorKind::RateLimited, 0), "{error}");
        }
        assert_eq!(sandbox.requests().len(), sent);
        _ = client.with_retry(quick().pacing(Pacing::Off)).list_numbers().send().await;
        assert_eq!(sandbox.requests().len(), sent + 1);
    }
}

#[tokio::test]
async fn clones_share_the_retry_budget_unless_they_opt_out() {
    for built in [quick(), quick().without_budget()] {
        let sandbox = sandbox(vec![unavailable(); 1000]).await;
        let client = sandbox.builder().retry(built).build().unwrap();
        let bounded = client.with_retry(quick());
        // The budget allows 100 retries, and each call uses 3.
        for _ in 0..34 {
            attempts(&bounded).await;
        }
        let attempts = async |policy| attempts(&bounded.with_retry(policy)).await;
        assert_eq!(attempts(quick().max_attempts(9)).await, 1);
        assert_eq!(attempts(quick().without_budget()).await, 4);
    }
}

#[tokio::test]
async fn invalid_settings_fail_every_call_before_it_is_sent() {
    let sandbox = sandbox([]).await;
    let client = sandbox.client();
    let no_time = client.with_retry(RetryPolicy::default().total_timeout(Duration::ZERO));
    let no_timeout = client.with_attempt_timeout(Duration::ZERO);
    for (client, part) in [
        (no_time.clone(), "the total timeout of the retry policy is zero"),
        (no_time.for_number("wn_1"), "the total timeout of the retry policy is zero"),
        (no_timeout.clone(), "the attempt timeout is zero"),
        (client.for_number("wn_1").with_attempt_timeout(Duration::ZERO), "the attempt timeout"),
    ] {
        let error = client.list_numbers().send().await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Configuration, 0));
        assert!(error.to_string().contains(part), "{error}");
        assert_eq!(error.operation_id(), Some("list_numbers"));
        let mut numbers = client.list_leads().stream();
        assert_eq!(numbers.next().await.unwrap().unwrap_err().kind(), ErrorKind::Configuration);
    }
    let error = client.for_number("\n").get_remote_pairing().token("t").send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert_eq!(sandbox.requests().len(), 0);
    // A later override replaces the invalid setting.
    let fixed = no_time.with_retry(RetryPolicy::default());
    fixed.list_numbers().send().await.unwrap();
    no_timeout.with_attempt_timeout(Duration::MAX).list_numbers().send().await.unwrap();
}

#[tokio::test]
async fn debug_shows_the_effective_settings() {
    let sandbox = sandbox([]).await;
    let client = sandbox.client();
    let policy = quick().max_attempts(7);
    let expected = ["max_attempts: 7", "attempt_timeout: 61s", r#"number: Only("wn_1")"#];
    let minute = Duration::from_secs(61);
    for clone in [
        client.with_retry(policy).with_attempt_timeout(minute).for_number("wn_1"),
        client.for_number("wn_1").with_attempt_timeout(minute).with_retry(policy),
    ] {
        let shown = format!("{clone:?}");
        assert!(expected.iter().all(|part| shown.contains(part)), "{shown}");
        assert!(!shown.contains(Sandbox::API_KEY), "{shown}");
        clone.list_numbers().send().await.unwrap();
        assert_eq!(sandbox.requests().last().unwrap().headers["x-whatsapp-number-id"], "wn_1");
    }
    assert!(!format!("{client:?}").contains("wn_1"));
}
