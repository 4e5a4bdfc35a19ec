//! What of the credentials goes over the wire, and what does not.

mod support;

use pilot_status::reqwest::{self, header::HeaderMap};
use pilot_status::{Client, Credentials, ErrorKind};
use support::{Answer, KEY, Server, builder};

#[tokio::test]
async fn exactly_one_credential_header_goes_out() {
    for (credentials, sent, not_sent) in [
        (Credentials::api_key(KEY), "x-api-key", "x-api-key-id"),
        (Credentials::api_key_id(KEY), "x-api-key-id", "x-api-key"),
    ] {
        let server = Server::start([Answer::documented(200)]).await;
        let client = Client::builder(credentials).base_url(&server.url).build().unwrap();
        client.list_numbers().send().await.unwrap();
        client.clone().list_numbers().send().await.unwrap();
        for request in server.received() {
            assert_eq!(request.headers(sent), [KEY], "{request:?}");
            assert_eq!(request.headers(not_sent), [""; 0], "{request:?}");
            assert_eq!(request.head.matches(KEY).count(), 1, "{request:?}");
        }
    }
}

#[tokio::test]
async fn every_try_is_signed_once() {
    let rejection = Answer::new(429, &[("retry-after", "0")], "");
    let server = Server::start([rejection.clone(), rejection, Answer::documented(200)]).await;
    support::client(&server).list_numbers().send().await.unwrap();
    let received = server.received();
    assert_eq!(received.len(), 3);
    for request in received {
        assert_eq!(request.headers("x-api-key"), [KEY]);
    }
}

#[tokio::test]
async fn the_header_of_the_generator_does_not_go_out() {
    let server = Server::start([Answer::documented(200)]).await;
    support::client(&server).list_numbers().send().await.unwrap();
    assert_eq!(server.received()[0].headers("api-version"), [""; 0]);
}

#[tokio::test]
async fn an_http_client_that_brings_a_credential_is_refused() {
    let server = Server::start([Answer::documented(200)]).await;
    for name in ["x-api-key", "X-Api-Key-Id"] {
        for value in [KEY, "", "\"x\""] {
            let mut headers = HeaderMap::new();
            headers.insert("x-first", "1".parse().unwrap());
            let name: reqwest::header::HeaderName = name.parse().unwrap();
            headers.insert(&name, value.parse().unwrap());
            let http = reqwest::Client::builder().default_headers(headers);
            let error = builder(&server).http_client_builder(http).build().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Configuration);
            assert!(error.to_string().contains(&format!("a default header {name};")), "{error}");
            assert!(!format!("{error} {error:?}").contains(KEY), "{error:?}");
        }
    }
    assert_eq!(server.received().len(), 0);
}

#[tokio::test]
async fn other_default_headers_of_an_http_client_go_out() {
    let server = Server::start([Answer::documented(200)]).await;
    let headers = HeaderMap::from_iter([(
        reqwest::header::HeaderName::from_static("x-trace"),
        // Looks like a credential, and is the value of another header.
        reqwest::header::HeaderValue::from_static("\"x-api-key\": 1"),
    )]);
    let http = reqwest::Client::builder().default_headers(headers);
    let client = builder(&server).http_client_builder(http).build().unwrap();
    client.list_numbers().send().await.unwrap();
    assert_eq!(server.received()[0].headers("x-trace"), ["\"x-api-key\": 1"]);
    assert_eq!(server.received()[0].headers("x-api-key"), [KEY]);
}

#[test]
fn a_value_that_no_header_can_carry_is_refused_before_anything_is_sent() {
    for value in ["", " ", "marked\n", " marked", "mar\rked", "marked\u{7f}", "märked"] {
        for credentials in [Credentials::api_key(value), Credentials::api_key_id(value)] {
            let error = Client::builder(credentials).build().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Credentials, "{value:?}");
            assert!(!format!("{error} {error:?} {error:#?}").contains("rked"), "{error:?}");
        }
    }
}
