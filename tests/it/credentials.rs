//! The credentials on the wire.

use pilot_status::mock::{OperationId, RecordedRequest, Reply, Sandbox};
use pilot_status::reqwest;
use pilot_status::reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use pilot_status::{Client, Credentials, ErrorKind, StatusCode};

const KEY: &str = Sandbox::API_KEY;

/// Counts the occurrences of a text in the line, headers and body of a request.
fn count(request: &RecordedRequest, text: &str) -> usize {
    let header =
        |(name, value): (&HeaderName, &HeaderValue)| format!("{name}: {}", value.to_str().unwrap());
    let mut parts: Vec<String> = request.headers.iter().map(header).collect();
    parts.push(request.line());
    parts.push(String::from_utf8_lossy(&request.body).into_owned());
    parts.iter().map(|part| part.matches(text).count()).sum()
}

#[tokio::test]
async fn exactly_one_credential_header_is_sent() {
    let id = Sandbox::API_KEY_ID;
    for (credentials, sent, value) in [
        (Credentials::api_key(KEY), "x-api-key", KEY),
        (Credentials::api_key_id(id), "x-api-key-id", id),
    ] {
        let sandbox = Sandbox::start().await.unwrap();
        let client = Client::builder(credentials).base_url(sandbox.url()).build().unwrap();
        client.list_numbers().send().await.unwrap();
        client.clone().list_numbers().send().await.unwrap();
        for request in sandbox.requests() {
            assert_eq!(request.headers[sent], value, "{request:?}");
            assert_eq!(count(&request, value), 1, "{request:?}");
            assert_eq!(count(&request, "x-api-key"), 1, "{request:?}");
        }
    }
}

#[tokio::test]
async fn every_attempt_has_the_credential_once() {
    let sandbox = Sandbox::start().await.unwrap();
    let fault = Reply::error(StatusCode::BAD_GATEWAY, None).header("retry-after", "0").unwrap();
    sandbox.enqueue(OperationId::ListNumbers, fault.clone());
    sandbox.enqueue(OperationId::ListNumbers, fault);
    sandbox.client().list_numbers().send().await.unwrap();
    let requests = sandbox.requests();
    assert_eq!(requests.len(), 3);
    for request in requests {
        assert_eq!(
            (count(&request, KEY), &request.headers["x-api-key"]),
            (1, &KEY.parse().unwrap())
        );
    }
}

#[tokio::test]
async fn the_api_version_header_of_the_generator_is_not_sent() {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.client().list_numbers().send().await.unwrap();
    assert!(!sandbox.requests()[0].headers.contains_key("api-version"));
}

#[test]
fn an_http_client_with_a_credential_header_is_refused() {
    for name in ["x-api-key", "X-Api-Key-Id"] {
        for value in [KEY, "", "\"x\""] {
            let mut headers = HeaderMap::new();
            headers.insert("x-first", "1".parse().unwrap());
            let name: HeaderName = name.parse().unwrap();
            headers.insert(&name, value.parse().unwrap());
            let http = reqwest::Client::builder().default_headers(headers);
            let builder = Client::builder(Credentials::api_key(KEY)).http_client_builder(http);
            let error = builder.build().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Configuration);
            assert!(error.to_string().contains(&format!("a default header {name};")), "{error}");
            assert!(!format!("{error} {error:?}").contains(KEY), "{error:?}");
        }
    }
}

#[tokio::test]
async fn other_default_headers_of_an_http_client_are_sent() {
    let sandbox = Sandbox::start().await.unwrap();
    let headers = HeaderMap::from_iter([(
        HeaderName::from_static("x-trace"),
        // Looks like a credential header, but is the value of another header.
        HeaderValue::from_static("\"x-api-key\": 1"),
    )]);
    let http = reqwest::Client::builder().default_headers(headers);
    let client = sandbox.builder().http_client_builder(http).build().unwrap();
    client.list_numbers().send().await.unwrap();
    let request = &sandbox.requests()[0];
    assert_eq!(request.headers["x-trace"], "\"x-api-key\": 1");
    assert_eq!(request.headers["x-api-key"], KEY);
}

#[test]
fn a_credential_that_is_not_a_valid_header_value_is_refused() {
    for value in ["", " ", "marked\n", " marked", "mar\rked", "marked\u{7f}", "märked"] {
        for credentials in [Credentials::api_key(value), Credentials::api_key_id(value)] {
            let error = Client::builder(credentials).build().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Credentials, "{value:?}");
            assert!(!format!("{error} {error:?} {error:#?}").contains("rked"), "{error:?}");
        }
    }
}
