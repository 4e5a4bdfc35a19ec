//! TLS failures: untrusted peers and broken handshakes.

use super::*;
use crate::support::script::Step::Pause;
use crate::tls::{config, server, trusting};

#[tokio::test]
async fn an_invalid_certificate_is_not_retried() {
    let address = server(config(false)).await;
    for (name, http, cause) in [
        ("not trusted", reqwest::Client::builder(), "invalid peer certificate"),
        ("another name", trusting(), "certificate not valid for name"),
    ] {
        let client =
            builder(&format!("https://{address}")).http_client_builder(http).build().unwrap();
        let error = assert_ends(&client, name, ErrorKind::Connect, 1).await;
        let text = error.to_string();
        assert!(text.contains(&format!("the server {address}")), "{text}");
        assert!(text.contains(cause), "{text}");
        assert!(!error.is_retryable());
    }
}

#[tokio::test]
async fn a_missing_client_certificate_is_not_retried() {
    let address = server(config(true)).await;
    let url = format!("https://pilot.test:{}", address.port());
    let http = trusting().no_proxy().resolve("pilot.test", address);
    let client = builder(&url).http_client_builder(http).build().unwrap();
    let error = assert_ends(&client, "no certificate", ErrorKind::Interrupted, 1).await;
    assert!(error.to_string().contains("alert"), "{error}");
    assert!(!error.is_retryable());
}

#[tokio::test]
async fn a_server_without_tls_is_not_retried() {
    let server = ScriptedServer::start([&[Send(REFUSAL), Silent] as Script]).await;
    let client = builder(&server.url().replace("http:", "https:")).build().unwrap();
    assert_ends(&client, "plain text", ErrorKind::Connect, 1).await;
}

#[tokio::test]
async fn a_broken_handshake_is_retried() {
    // Time to connect, so that a reset does not fail the connection itself.
    const CLOSED: Script = &[Pause(Duration::from_millis(1))];
    for script in [CLOSED, &[Reset]] {
        let server = ScriptedServer::start([script]).await;
        let client = builder(&server.url().replace("http:", "https:")).build().unwrap();
        assert_ends(&client, "breaks", ErrorKind::Connect, 4).await;
    }
}
