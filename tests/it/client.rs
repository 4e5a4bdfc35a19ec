//! The settings of a client and their effect on the wire.

use std::time::Duration;

use crate::support::KEY;
use crate::support::script::{GOOD, Script, ScriptedServer, Step};
use pilot_status::mock::{OperationId, RecordedRequest, Reply, Sandbox};
use pilot_status::{Client, Credentials, ErrorKind, RetryPolicy, reqwest};

const RESPONSE: Script = &[Step::RespondToAll(GOOD)];

#[test]
fn clients_errors_and_calls_move_between_threads() {
    fn is_send_and_sync<T: Send + Sync>() {}
    fn is_send<T: Send>(_: &T) {}
    is_send_and_sync::<Client>();
    is_send_and_sync::<Credentials>();
    is_send_and_sync::<RetryPolicy>();
    is_send_and_sync::<pilot_status::Error>();
    let client = Client::builder(Credentials::api_key(KEY)).build().unwrap();
    is_send(&client.list_numbers().send());
}

#[tokio::test]
async fn clones_share_connections() {
    let server = ScriptedServer::start([RESPONSE]).await;
    let client = Client::builder(Credentials::api_key(KEY)).base_url(server.url()).build().unwrap();
    for _ in 0..5 {
        client.clone().list_numbers().send().await.unwrap();
    }
    assert_eq!(server.accepted(), 1);
}

#[tokio::test]
async fn the_user_agent_names_the_library_and_then_the_caller() {
    let ours = concat!("pilot-status-rust/", env!("CARGO_PKG_VERSION"));
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.client().list_numbers().send().await.unwrap();
    let named = reqwest::Client::builder().user_agent("overridden/1");
    let client =
        sandbox.builder().http_client_builder(named).user_agent("shop/1.4").build().unwrap();
    client.list_numbers().send().await.unwrap();
    assert_eq!(sandbox.requests()[0].headers["user-agent"], ours);
    assert_eq!(sandbox.requests()[1].headers["user-agent"], format!("{ours} shop/1.4"));
}

#[tokio::test]
async fn a_base_url_may_have_a_path() {
    let sandbox = Sandbox::start().await.unwrap();
    for suffix in ["", "/", "/gateway/pilot", "/gateway/pilot/"] {
        let builder = sandbox.builder().base_url(format!("{}{suffix}", sandbox.url()));
        // The sandbox may respond with 404, which does not matter here.
        _ = builder.build().unwrap().list_numbers().send().await;
    }
    let lines: Vec<String> = sandbox.requests().iter().map(RecordedRequest::line).collect();
    let (short, long) = ("GET /v1/numbers", "GET /gateway/pilot/v1/numbers");
    assert_eq!(lines, [short, short, long, long]);
}

#[tokio::test]
async fn a_proxy_of_the_http_client_is_used() {
    let proxy = Sandbox::start().await.unwrap();
    let http = reqwest::Client::builder().proxy(reqwest::Proxy::http(proxy.url()).unwrap());
    let client = proxy
        .builder()
        .base_url("http://pilot.test")
        .danger_allow_http()
        .http_client_builder(http)
        .build()
        .unwrap();
    client.list_numbers().send().await.unwrap();
    assert_eq!(proxy.requests()[0].line(), "GET http://pilot.test/v1/numbers");
}

#[tokio::test]
async fn a_local_server_is_called_without_a_proxy() {
    let proxy = ScriptedServer::start([RESPONSE]).await;
    let sandbox = Sandbox::start().await.unwrap();
    let http = reqwest::Client::builder().proxy(reqwest::Proxy::all(proxy.url()).unwrap());
    let client = sandbox.builder().http_client_builder(http).build().unwrap();
    client.list_numbers().send().await.unwrap();
    assert_eq!((proxy.accepted(), sandbox.requests().len()), (0, 1));
}

#[tokio::test]
async fn timeouts_of_the_http_client_are_overridden() {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.enqueue(OperationId::ListNumbers, Reply::documented().delay(Duration::from_millis(20)));
    let http = reqwest::Client::builder()
        .timeout(Duration::from_millis(1))
        .read_timeout(Duration::from_millis(1))
        .connect_timeout(Duration::from_nanos(1));
    let client = sandbox.builder().http_client_builder(http).build().unwrap();
    client.list_numbers().send().await.unwrap();
}

#[test]
fn invalid_settings_fail_the_build() {
    let builder = || Client::builder(Credentials::api_key(KEY));
    for (builder, part) in [
        (builder().base_url("http://pilotstatus.com.br"), "must begin with https://"),
        (builder().base_url("nonsense"), "is not a URL"),
        (builder().user_agent("marked\r\nx-api-key: 1"), "the user agent contains a character"),
        (builder().user_agent("marked\n"), "the user agent contains a character"),
        (builder().connect_timeout(Duration::ZERO), "the connect timeout is zero"),
        (builder().attempt_timeout(Duration::ZERO), "the attempt timeout is zero"),
        (
            builder().retry(RetryPolicy::default().total_timeout(Duration::ZERO)),
            "the total timeout of the retry policy is zero",
        ),
        (builder().max_response_bytes(0), "the limit of bytes in a response is zero"),
        (builder().max_concurrent_requests(0), "the limit of concurrent requests is zero"),
    ] {
        let error = builder.build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(error.to_string().contains(part), "{error}");
        assert!(!format!("{error} {error:?}").contains("marked"), "{error:?}");
        assert_eq!((error.attempts(), error.operation_id()), (0, None));
    }
}

#[tokio::test]
async fn extreme_timeouts_do_not_panic() {
    for time in [Duration::from_nanos(1), Duration::MAX] {
        let sandbox = Sandbox::start().await.unwrap();
        let policy = RetryPolicy::default().max_attempts(u32::MAX).total_timeout(time);
        let client = sandbox
            .builder()
            .connect_timeout(time)
            .attempt_timeout(time)
            .retry(policy)
            .build()
            .unwrap();
        let outcome = client.list_numbers().send().await;
        // Only the timeout of 1 ns may fail the call.
        assert!(outcome.is_ok() || time < Duration::MAX, "{outcome:?}");
    }
}
