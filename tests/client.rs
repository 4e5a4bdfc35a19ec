//! How a client is set up, and what its settings do on the wire.

mod support;

use std::time::Duration;

use pilot_status::{Client, Credentials, ErrorKind, RetryPolicy, reqwest};
use support::{Answer, KEY, Server, builder};

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
async fn clones_share_their_connections() {
    let server = Server::start([Answer::documented(200)]).await;
    let client = support::client(&server);
    for _ in 0..5 {
        client.clone().list_numbers().send().await.unwrap();
    }
    assert_eq!((server.received().len(), server.connections()), (5, 1));
}

#[tokio::test]
async fn the_user_agent_names_the_library_and_then_the_caller() {
    let ours = concat!("pilot-status-rust/", env!("CARGO_PKG_VERSION"));
    let server = Server::start([Answer::documented(200)]).await;
    support::client(&server).list_numbers().send().await.unwrap();
    let named = reqwest::Client::builder().user_agent("overridden/1");
    let client =
        builder(&server).http_client_builder(named).user_agent("shop/1.4").build().unwrap();
    client.list_numbers().send().await.unwrap();
    assert_eq!(server.received()[0].headers("user-agent"), [ours]);
    assert_eq!(server.received()[1].headers("user-agent"), [format!("{ours} shop/1.4")]);
}

#[tokio::test]
async fn a_base_url_may_have_a_path() {
    let server = Server::start([Answer::documented(200)]).await;
    for suffix in ["", "/", "/gateway/pilot", "/gateway/pilot/"] {
        let client = builder(&server).base_url(format!("{}{suffix}", server.url)).build().unwrap();
        client.list_numbers().send().await.unwrap();
    }
    let lines: Vec<String> =
        server.received().iter().map(|request| request.request_line().to_owned()).collect();
    assert_eq!(lines[0], "GET /v1/numbers HTTP/1.1");
    assert_eq!(lines[1], lines[0]);
    assert_eq!(lines[2], "GET /gateway/pilot/v1/numbers HTTP/1.1");
    assert_eq!(lines[3], lines[2]);
}

#[tokio::test]
async fn a_proxy_of_the_http_client_is_used() {
    let proxy = Server::start([Answer::documented(200)]).await;
    let http = reqwest::Client::builder().proxy(reqwest::Proxy::http(&proxy.url).unwrap());
    let client = Client::builder(Credentials::api_key(KEY))
        .base_url("http://pilot.test")
        .allow_plaintext()
        .http_client_builder(http)
        .build()
        .unwrap();
    client.list_numbers().send().await.unwrap();
    assert_eq!(proxy.received()[0].request_line(), "GET http://pilot.test/v1/numbers HTTP/1.1");
}

#[tokio::test]
async fn a_server_on_this_machine_is_called_without_a_proxy() {
    let proxy = Server::start([Answer::documented(200)]).await;
    let server = Server::start([Answer::documented(200)]).await;
    let http = reqwest::Client::builder().proxy(reqwest::Proxy::all(&proxy.url).unwrap());
    let client = builder(&server).http_client_builder(http).build().unwrap();
    client.list_numbers().send().await.unwrap();
    assert_eq!((proxy.connections(), server.received().len()), (0, 1));
}

#[tokio::test]
async fn a_timeout_of_the_http_client_gives_way() {
    let server = Server::start([Answer::documented(200).after(Duration::from_millis(20))]).await;
    let http = reqwest::Client::builder()
        .timeout(Duration::from_millis(1))
        .read_timeout(Duration::from_millis(1))
        .connect_timeout(Duration::from_nanos(1));
    let client = builder(&server).http_client_builder(http).build().unwrap();
    client.list_numbers().send().await.unwrap();
}

#[test]
fn settings_that_cannot_work_are_refused_when_the_client_is_built() {
    let builder = || Client::builder(Credentials::api_key(KEY));
    for (builder, part) in [
        (builder().base_url("http://pilotstatus.com.br"), "must begin with https://"),
        (builder().base_url("nonsense"), "is not a URL"),
        (builder().user_agent("marked\r\nx-api-key: 1"), "the user agent has a character"),
    ] {
        let error = builder.build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(error.to_string().contains(part), "{error}");
        assert!(!format!("{error} {error:?}").contains("marked"), "{error:?}");
        assert_eq!((error.attempts(), error.operation_id()), (0, None));
    }
}

#[tokio::test]
async fn extreme_settings_panic_nowhere() {
    for time in [Duration::ZERO, Duration::from_nanos(1), Duration::MAX] {
        let server = Server::start([Answer::documented(200)]).await;
        let policy = RetryPolicy::default().max_attempts(u32::MAX).total_time(time);
        let client = builder(&server)
            .connect_timeout(time)
            .request_timeout(time)
            .retry(policy)
            .build()
            .unwrap();
        let outcome = client.list_numbers().send().await;
        assert_eq!(outcome.is_ok(), time == Duration::MAX, "{outcome:?}");
    }
}
