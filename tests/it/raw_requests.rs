//! Calls by method and path, over a real socket.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::support::{KEY, Server, ServerResponse, shown};
use bytes::Bytes;
use chrono::{TimeZone, Utc};
use pilot_status::mock::{OperationId, Reply, Sandbox};
use pilot_status::types::{ConnectionState, MessageRequest, Number, SentMessage};
use pilot_status::{
    Client, Credentials, ErrorKind, Method, RawRequest, ResponseValue, RetryPolicy, StatusCode,
    chrono, reqwest::header::HeaderMap,
};
use proptest::prelude::*;
use serde::Deserialize;
use serde_json::{Value, json};

fn quick() -> RetryPolicy {
    RetryPolicy::default().max_attempts(2).backoff(Duration::ZERO, Duration::ZERO)
}

fn client(server: &Server) -> Client {
    let credentials = Credentials::api_key(KEY);
    Client::builder(credentials).base_url(&server.url).retry(quick()).build().unwrap()
}

/// Starts a server that sends the same response to every request, and its client.
async fn served(response: ServerResponse) -> (Server, Client) {
    let server = Server::start([response]).await;
    let client = client(&server);
    (server, client)
}

fn ok() -> ServerResponse {
    ServerResponse::json(200, &json!({"ok": true}))
}

#[tokio::test]
async fn an_undocumented_operation_is_sent_as_built() {
    let (server, client) =
        served(ServerResponse::new(201, &[("x-request-id", "r1")], "any bytes")).await;
    let day = Utc.with_ymd_and_hms(2026, 11, 28, 12, 0, 0).unwrap();
    let response = client
        .for_number("wn_1")
        .request(Method::POST, "/v1/numbers/{id}/logout")
        .path("id", "a/b ç")
        .query("force", true)
        .query("limit", 5)
        .query("state", ConnectionState::Open)
        .query("since", day)
        .query("tag", ["a b", "c&d"])
        .query("none", None::<&str>)
        .header("X-Trace", "t1")
        .json(&json!({"reason": "moved"}))
        .send()
        .await
        .unwrap();
    assert_eq!(
        (response.status(), &response.headers()["x-request-id"]),
        (StatusCode::CREATED, &"r1".parse().unwrap())
    );
    assert_eq!(response.into_inner(), "any bytes");

    let [request] = &server.received()[..] else { panic!("expected one request") };
    assert_eq!(
        request.line(),
        "POST /v1/numbers/a%2Fb%20%C3%A7/logout?force=true&limit=5&state=OPEN\
         &since=2026-11-28T12%3A00%3A00Z&tag=a+b&tag=c%26d"
    );
    assert_eq!(request.body, br#"{"reason":"moved"}"#);
    for (name, value) in [
        ("x-api-key", Some(KEY)),
        ("x-api-key-id", None),
        ("x-whatsapp-number-id", Some("wn_1")),
        ("x-trace", Some("t1")),
        ("accept", Some("application/json")),
        ("content-type", Some("application/json")),
        ("content-length", Some("18")),
        ("idempotency-key", None),
    ] {
        assert_eq!(request.header(name), value, "{name}");
    }
}

#[tokio::test]
async fn headers_replace_the_defaults_and_no_body_is_sent_unless_set() {
    let (server, client) = served(ok()).await;
    let request = || client.request(Method::GET, "/v1/messages").header("accept", "text/csv");
    request().send().await.unwrap();
    let patch =
        request().json(&[1]).json("last").header("content-type", "application/merge-patch+json");
    patch.header("ACCEPT", "*/*").send().await.unwrap();
    let received = server.received();
    assert_eq!(received[0].header("accept"), Some("text/csv"));
    assert_eq!(
        (received[0].header("content-type"), received[0].header("content-length")),
        (None, None)
    );
    assert_eq!(received[1].header("accept"), Some("*/*"));
    assert_eq!(received[1].header("content-type"), Some("application/merge-patch+json"));
    assert_eq!(received[1].body, br#""last""#);
}

#[tokio::test]
async fn a_raw_call_of_a_documented_operation_acts_like_the_typed_call() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = sandbox.builder().retry(quick()).build().unwrap();
    let message: MessageRequest = MessageRequest::builder()
        .destination_number("+5511988887777")
        .text("Oi")
        .try_into()
        .unwrap();
    let mut message = serde_json::to_value(message).unwrap();
    message["newField"] = json!("new");
    for key in [None, Some("order-42")] {
        sandbox
            .enqueue(OperationId::SendMessage, Reply::error(StatusCode::SERVICE_UNAVAILABLE, None));
        let request = client.request(Method::POST, "/v1/messages/send").json(&message);
        let request = match key {
            Some(key) => request.idempotency_key(key),
            None => request,
        };
        let response = request.send().await.unwrap();
        assert!(!response.json::<SentMessage>().unwrap().id.is_empty());
        let requests = sandbox.requests();
        let [first, second] = &requests[requests.len() - 2..] else { panic!() };
        assert_eq!(first.operation, Some(OperationId::SendMessage));
        assert_eq!(first.json(), message);
        let sent = &first.headers["idempotency-key"];
        assert_eq!(sent, &second.headers["idempotency-key"]);
        assert!(key.is_none_or(|key| key == sent), "{sent:?}");
    }
    let error = client.request(Method::POST, "/v1/messages/send").json(&json!({})).send().await;
    let error = error.unwrap_err();
    assert_eq!(error.operation_id(), Some("send_message"));
    assert!(error.to_string().starts_with("send_message (POST /v1/messages/send): 400"), "{error}");
    let number = client.request(Method::GET, "/v1/numbers/{number}").path("number", "num_1");
    assert_eq!(number.send().await.unwrap().json::<Value>().unwrap()["name"], "Atendimento");
    assert_eq!(sandbox.requests().last().unwrap().operation, Some(OperationId::GetNumber));
}

#[tokio::test]
async fn the_credential_is_sent_unless_the_document_excludes_it() {
    let server = Server::start([ok()]).await;
    let by_id = Client::builder(Credentials::api_key_id("ck_marked_01")).base_url(&server.url);
    let by_id = by_id.build().unwrap();
    by_id.request(Method::GET, "/v1/messages").send().await.unwrap();
    // The token in the path is the credential.
    let pairing = client(&server).for_number("wn_1");
    for path in ["/v1/remote-pairing/{token}", "/v1/remote-pairing/{t}", "/v1/remote-pairing/tok1"]
    {
        let request = pairing.request(Method::GET, path);
        let request = match path.split_once('{') {
            Some((_, name)) => request.path(name.trim_end_matches('}'), "tok1"),
            None => request,
        };
        request.send().await.unwrap();
    }
    let received = server.received();
    assert_eq!(received[0].header("x-api-key-id"), Some("ck_marked_01"));
    assert_eq!(received[0].header("x-api-key"), None);
    for request in &received[1..] {
        assert_eq!(request.line(), "GET /v1/remote-pairing/tok1");
        assert_eq!(request.header("x-api-key"), None, "{}", request.head);
        assert_eq!(request.header("x-whatsapp-number-id"), None, "{}", request.head);
    }
    assert_eq!(received.len(), 4);
}

type Mistake = (&'static str, fn(&Client) -> RawRequest<'_>);

/// Requests that must not be sent, and a part of their errors.
const MISTAKES: &[Mistake] = &[
    ("must begin with `/`", |client| client.request(Method::GET, "https://marked.example/v1/a")),
    ("must begin with `/`", |client| client.request(Method::GET, "v1/marked")),
    ("holds the credential", |client| client.request(Method::DELETE, format!("/v1/a/{KEY}"))),
    // An error about another argument would print the path.
    ("holds the credential", |client| {
        client.request(Method::GET, format!("/v1/a/{KEY}")).header("a b", "c")
    }),
    ("holds the credential", |client| client.request(Method::GET, "/v1/a").query("key", KEY)),
    ("segment", |client| client.request(Method::GET, "//marked.example/v1/a")),
    ("segment", |client| client.request(Method::GET, "/v1/../marked")),
    ("pass parameters with `query`", |client| client.request(Method::GET, "/v1/a?b=marked")),
    ("POST /v1/a/{id}: ", |client| client.request(Method::POST, "/v1/a/{id}")),
    ("`{id}` in the path has no value", |client| client.request(Method::GET, "/v1/a/{id}")),
    ("a name that is not a placeholder", |client| {
        client.request(Method::GET, "/v1/a/{id}").path("id", 1).path("idd", "marked")
    }),
    ("list_numbers (GET /v1/numbers): ", |client| {
        client.request(Method::GET, "/v1/numbers").path("marked1", "id")
    }),
    ("leads to another path", |client| client.request(Method::GET, "/v1/a/{id}").path("id", "")),
    ("leads to another path", |client| client.request(Method::GET, "/v1/a/{id}").path("id", "..")),
    ("leads to another path", |client| {
        client.request(Method::GET, "/v1/a/{id}/b").path("id", "marked\\..\\..")
    }),
    ("leads to another path", |client| {
        client.request(Method::GET, "/v1/{a}{b}").path("a", ".").path("b", ".")
    }),
    ("leads to another path", |client| client.request(Method::GET, "/v1/a_{b}").path("b", "")),
    ("get_number (GET /v1/numbers/{id}): ", |client| {
        client.request(Method::GET, "/v1/numbers/{n}").path("n", "marked/..")
    }),
    ("carries credentials", |client| get(client).header("X-Api-Key", "marked")),
    ("carries credentials", |client| get(client).header("x-api-key-id", "marked")),
    ("carries credentials", |client| get(client).header("Authorization", "Bearer marked")),
    ("`for_number`", |client| get(client).header("x-whatsapp-number-id", "marked")),
    ("`idempotency_key`", |client| get(client).header("Idempotency-Key", "marked")),
    ("the header `host`", |client| get(client).header("Host", "marked.example")),
    ("belongs to the connection", |client| get(client).header("content-length", "1")),
    ("belongs to the connection", |client| get(client).header("Transfer-Encoding", "chunked")),
    ("belongs to the connection", |client| get(client).header("connection", "marked")),
    ("belongs to the connection", |client| get(client).header("Proxy-Authorization", "marked")),
    ("holds the credential", |client| get(client).header("apikey", KEY)),
    ("holds the credential", |client| get(client).header("x-trace", KEY.to_uppercase())),
    ("holds the credential", |client| get(client).header(KEY, "x-trace")),
    ("`x-trace` contains a character", |client| get(client).header("x-trace", "marked\r\nhost: a")),
    ("the name of a header", |client| get(client).header("marked x", "1")),
    ("the name of a header", |client| get(client).header("", "marked")),
    ("1 to 255 characters", |client| get(client).idempotency_key("")),
    ("1 to 255 characters", |client| get(client).idempotency_key("marked\n")),
    ("1 to 255 characters", |client| get(client).idempotency_key("k".repeat(256))),
    ("a query parameter", |client| get(client).query("a", json!({"marked": 1}))),
    ("a query parameter", |client| get(client).query("a", [[1]])),
    ("serialized as JSON", |client| get(client).json(&BTreeMap::from([([1], "marked")]))),
    ("CONNECT and TRACE", |client| client.request(Method::CONNECT, "/v1/a")),
    ("CONNECT and TRACE", |client| client.request(Method::TRACE, "/v1/a")),
    ("a query parameter", |client| get(client).query("a", json!({})).header("host", "second")),
];

fn get(client: &Client) -> RawRequest<'_> {
    client.request(Method::GET, "/v1/a")
}

#[tokio::test]
async fn an_invalid_request_is_explained_and_not_sent() {
    let (server, client) = served(ok()).await;
    for (part, request) in MISTAKES {
        assert!(!format!("{:?}", request(&client)).contains("marked"));
        let error = request(&client).send().await.expect_err(part);
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::InvalidRequest, 0), "{error}");
        assert!(error.to_string().contains(part), "{part}: {error}");
        assert!(!shown(&error).contains("marked"), "{error:?}");
    }
    assert_eq!(server.received().len(), 0);
}

#[tokio::test]
async fn retries_depend_on_the_method_and_the_idempotency_key() {
    let (server, client) = served(ServerResponse::new(503, &[], "")).await;
    for (method, key, attempts) in [
        ("GET", None, 2),
        ("HEAD", None, 2),
        ("OPTIONS", None, 2),
        ("PUT", None, 2),
        ("DELETE", None, 2),
        ("POST", None, 1),
        ("PATCH", None, 1),
        ("LINK", None, 1),
        ("POST", Some("k1"), 2),
        ("PATCH", Some("k1"), 2),
    ] {
        let before = server.received().len();
        let request = client.request(method.parse().unwrap(), "/v1/jobs/{id}").path("id", "marked");
        let request = match key {
            Some(key) => request.idempotency_key(key),
            None => request,
        };
        let error = request.send().await.unwrap_err();
        assert_eq!(error.attempts(), attempts, "{method}");
        assert_eq!(error.idempotency_key(), key);
        let reads = matches!(method, "GET" | "HEAD" | "OPTIONS");
        assert_eq!(error.may_have_taken_effect(), !reads, "{method}");
        assert!(
            error.to_string().starts_with(&format!("{method} /v1/jobs/{{id}}: 503")),
            "{error}"
        );
        assert!(!shown(&error).contains("marked"), "{error:?}");
        assert_eq!(error.operation_id(), None);
        let sent = &server.received()[before..];
        assert_eq!(sent.len(), attempts as usize, "{method}");
        assert!(sent.iter().all(|sent| sent.header("idempotency-key") == key));
    }
}

#[tokio::test]
async fn a_documented_operation_is_retried_as_the_document_allows() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = sandbox.builder().retry(quick()).build().unwrap();
    let reply = || Reply::error(StatusCode::SERVICE_UNAVAILABLE, None);
    sandbox.enqueue(OperationId::RemoveExtraNumbers, reply());
    let typed = serde_json::json!({"quantity": 1});
    let path = Operation::path("remove_extra_numbers");
    let error = client.request(Method::DELETE, path).json(&typed).send().await.unwrap_err();
    assert_eq!(error.attempts(), 1, "{error}");
}

#[tokio::test]
async fn a_documented_operation_is_found_by_the_path_that_is_sent() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = sandbox.client();
    let path = Operation::path("remove_extra_numbers");
    let (rest, last) = path.rsplit_once('/').unwrap();
    let call = |path: String| client.request(Method::DELETE, path).json(&json!({"quantity": 1}));
    for call in [
        call(format!("{rest}/{{last}}")).path("last", last),
        call(format!("{path}/")),
        call(path.to_uppercase()),
    ] {
        let reply = Reply::error(StatusCode::SERVICE_UNAVAILABLE, None);
        sandbox.enqueue(OperationId::RemoveExtraNumbers, reply);
        let error = call.send().await.unwrap_err();
        assert_eq!(error.operation_id(), Some("remove_extra_numbers"), "{error}");
        assert_eq!(error.attempts(), 1, "{error}");
    }
}

#[tokio::test]
async fn a_value_leads_to_no_other_operation() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = sandbox.client();
    let call = client.request(Method::GET, "/v1/messages/{id}").path("id", "history");
    let error = call.send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{error}");
    assert_eq!(sandbox.requests().len(), 0);
}

/// Looks up an operation in the document.
struct Operation;

impl Operation {
    fn path(id: &str) -> String {
        let document: Value = serde_json::from_str(include_str!("../../openapi.json")).unwrap();
        let paths = document["paths"].as_object().unwrap();
        let has =
            |item: &Value| item.as_object().unwrap().values().any(|of| of["operationId"] == id);
        paths.iter().find(|(_, item)| has(item)).unwrap().0.clone()
    }
}

#[tokio::test]
async fn a_pause_is_shared_by_method_template_and_number() {
    let (server, client) = served(ServerResponse::new(429, &[("retry-after", "3600")], "")).await;
    let post = |client: &Client, path: &str, id: usize| {
        let (client, path) = (client.clone(), path.to_owned());
        let call =
            async move { client.request(Method::POST, path).path("id", id).send().await.err() };
        async { tokio::spawn(call).await.unwrap().unwrap() }
    };
    for (id, attempts) in [(1, 1), (2, 1), (3, 1), (99, 0)] {
        let error = post(&client, "/v1/a/{id}", id).await;
        let expected = (ErrorKind::RateLimited, attempts);
        assert_eq!((error.kind(), error.attempts()), expected, "{error}");
    }
    assert_eq!(server.received().len(), 3);
    for error in [
        post(&client, "/v1/b/{id}", 1).await,
        post(&client.for_number("wn_1"), "/v1/a/{id}", 1).await,
        client.request(Method::PUT, "/v1/a/{id}").path("id", 1).send().await.unwrap_err(),
    ] {
        assert_eq!(error.attempts(), 1, "{error}");
    }
}

#[tokio::test]
async fn a_pause_of_a_documented_operation_holds_back_raw_calls_too() {
    let (server, client) = served(ServerResponse::new(429, &[("retry-after", "3600")], "")).await;
    for _ in 0..3 {
        assert_eq!(client.get_number().id("num_1").send().await.unwrap_err().attempts(), 1);
    }
    for path in ["/v1/numbers/{id}", "/v1/numbers/{number}"] {
        let name = path.trim_start_matches("/v1/numbers/{").trim_end_matches('}');
        let error = client.request(Method::GET, path).path(name, "n").send().await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::RateLimited, 0), "{error}");
    }
    assert_eq!(server.received().len(), 3);
}

#[tokio::test]
async fn a_server_error_has_its_kind_code_and_body() {
    let body = json!({"error": "No such number", "code": "NUMBER_NOT_FOUND"});
    let server = Server::start([ServerResponse::json(404, &body)]).await;
    let base_url = format!("{}/proxy/v1", server.url);
    let client = Client::builder(Credentials::api_key(KEY)).base_url(base_url).build().unwrap();
    let request = client.request(Method::POST, "/v1/numbers/{id}/logout").path("id", "num_marked");
    let error = request.send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert_eq!(error.code().unwrap().as_str(), "NUMBER_NOT_FOUND");
    assert_eq!(error.body().unwrap(), &body.to_string());
    assert!(error.to_string().starts_with("POST /proxy/v1/numbers/{id}/logout: 404"), "{error}");
    assert!(!shown(&error).contains("marked"), "{error:?}");
    assert_eq!(server.received()[0].line(), "POST /proxy/v1/numbers/num_marked/logout");
}

#[tokio::test]
async fn a_request_without_a_body_has_a_length_if_its_method_allows_a_body() {
    let (server, client) = served(ok()).await;
    let methods = ["GET", "HEAD", "DELETE", "POST", "PUT", "PATCH"];
    for method in methods {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        _ = client.request(method, "/v1/jobs").send().await;
    }
    let lengths: Vec<bool> =
        server.received().iter().map(|one| one.header("content-length").is_some()).collect();
    assert_eq!(lengths, [false, false, false, true, true, true]);
}

#[tokio::test]
async fn the_model_of_the_caller_may_have_any_field_and_any_type_of_number() {
    #[derive(Debug, Deserialize)]
    struct Counts {
        small: u8,
        short: i16,
        long: u32,
        share: f32,
    }
    let json = r#"{"small": "7", "short": "-7", "long": 7.0, "share": "0.5"}"#;
    let (_server, client) = served(ServerResponse::new(200, &[], json)).await;
    let response = client.request(Method::GET, "/v1/counts").send().await.unwrap();
    let counts = response.json::<Counts>().unwrap();
    assert_eq!((counts.small, counts.short, counts.long), (7, -7, 7));
    assert!((counts.share - 0.5).abs() < f32::EPSILON);

    let (_server, client) = served(ServerResponse::new(200, &[], r#"{"small": 1}"#)).await;
    let response = client.request(Method::GET, "/v1/counts").send().await.unwrap();
    let error = response.json::<Counts>().unwrap_err();
    assert!(error.to_string().contains("$ lacks \"short\""), "{error}");
}

#[derive(Debug, Deserialize)]
struct Job {
    id: String,
}

#[tokio::test]
async fn a_decode_error_keeps_the_response() {
    for (response, part) in [
        (
            ServerResponse::new(200, &[("x-id", "1")], r#"{"id": {"a": "marked"}}"#),
            "$.id has an unexpected type",
        ),
        (ServerResponse::new(200, &[("x-id", "1")], r#"{"name": "marked"}"#), "lacks \"id\""),
        (
            ServerResponse::new(200, &[("x-id", "1")], r#"{"id": "marked"#),
            "the JSON ends too early",
        ),
        (ServerResponse::new(200, &[("x-id", "1")], "<html>marked</html>"), "HTML"),
        (ServerResponse::new(200, &[("x-id", "1")], "marked"), "neither a JSON object nor a list"),
        (
            ServerResponse::new(200, &[("x-id", "1")], r#"{"error": "Gone"}"#),
            "is an error: \"Gone\"",
        ),
        (ServerResponse::new(204, &[("x-id", "1")], ""), "empty"),
    ] {
        let (_server, client) = served(response).await;
        for method in [Method::GET, Method::POST] {
            let request = client.request(method.clone(), "/v1/jobs/{id}").path("id", "j1");
            let response = request.header("accept", "*/*").send().await.unwrap();
            assert!(!format!("{response:?}").contains("marked"), "{response:?}");
            let error = response.json::<Job>().unwrap_err();
            assert_eq!((error.kind(), error.attempts()), (ErrorKind::Decode, 1), "{error}");
            assert!(error.to_string().contains(part), "{part}: {error}");
            assert!(
                error.to_string().starts_with(&format!("{method} /v1/jobs/{{id}}: 20")),
                "{error}"
            );
            assert_eq!(error.body().unwrap(), &*response);
            assert_eq!(error.status(), Some(response.status()));
            assert_eq!(error.headers().unwrap()["x-id"], "1");
            assert_eq!(error.may_have_taken_effect(), method == Method::POST);
            assert!(!shown(&error).contains("marked"), "{error:?}");
        }
    }
}

#[tokio::test]
async fn an_html_page_is_an_error_unless_accepted() {
    for response in [
        ServerResponse::new(200, &[("content-type", "text/html")], "<html>marked</html>"),
        ServerResponse::new(200, &[("content-type", "application/json")], " <!doctype html>marked"),
    ] {
        let (_server, client) = served(response).await;
        let request = || client.request(Method::POST, "/v1/jobs");
        let error = request().send().await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Decode, 1), "{error}");
        assert!(error.may_have_taken_effect());
        assert!(!shown(&error).contains("marked"), "{error:?}");
        let response = request().header("accept", "text/html").send().await.unwrap();
        assert_eq!(*response, error.body().unwrap());
        let error = response.json::<Value>().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode);
    }
}

#[tokio::test]
async fn json_is_decoded_like_typed_responses() {
    let body = "\u{feff}{\"id\": \"a\\ud83d\", \"new\": 1}";
    let (_server, client) = served(ServerResponse::new(200, &[], body)).await;
    let response = client.request(Method::GET, "/v1/jobs/1").send().await.unwrap();
    assert_eq!(response.json::<Job>().unwrap().id, "a\u{fffd}");
    assert_eq!(response.json::<Value>().unwrap()["new"], 1);
    // Any JSON that the type accepts is a value.
    let (_server, client) =
        served(ServerResponse::json(200, &json!({"code": "A", "message": "B"}))).await;
    let response = client.request(Method::GET, "/v1/numbers/n/connect").send().await.unwrap();
    assert_eq!(response.json::<Value>().unwrap()["code"], "A");
    let error = response.json::<Job>().unwrap_err();
    assert_eq!((error.message(), error.operation_id()), (Some("B"), Some("connect_number")));
    // A write may have an empty response.
    let (_server, client) = served(ServerResponse::new(204, &[], "")).await;
    let response = client.request(Method::POST, "/v1/jobs").send().await.unwrap();
    assert_eq!(response.json::<Value>().unwrap(), json!({}));
}

#[test]
fn a_response_built_in_a_test_can_be_decoded() {
    let response = |body: &'static str| {
        ResponseValue::new(Bytes::from_static(body.as_bytes()), StatusCode::OK, HeaderMap::new())
    };
    assert_eq!(response(r#"{"id": "1"}"#).json::<Job>().unwrap().id, "1");
    let error = response(r#"{"id": 7, "x": "marked"}"#).json::<Vec<Number>>().unwrap_err();
    assert_eq!((error.kind(), error.operation_id()), (ErrorKind::Decode, None));
    assert!(error.body().is_some() && !shown(&error).contains("marked"), "{error:?}");
}

#[tokio::test]
async fn the_limits_of_the_client_apply_to_raw_calls() {
    let (_server, client) = served(ServerResponse::new(200, &[], "123456789")).await;
    client.request(Method::GET, "/v1/a").send().await.unwrap();
    let server = Server::start([ServerResponse::new(200, &[], "123456789")]).await;
    let builder = Client::builder(Credentials::api_key(KEY)).base_url(&server.url);
    let small = builder.max_response_bytes(8).build().unwrap();
    let error = small.request(Method::GET, "/v1/a").send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(error.to_string().contains("longer than 8 bytes"), "{error}");

    let (server, client) = served(ok().delay(Duration::from_secs(60))).await;
    let hurried = client.with_attempt_timeout(Duration::from_millis(20));
    let error = hurried.request(Method::GET, "/v1/a").send().await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Timeout, 2), "{error}");
    let once = hurried.with_retry(RetryPolicy::none());
    let error = once.request(Method::GET, "/v1/a").send().await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Timeout, 1), "{error}");
    let no_time = client.with_retry(quick().total_timeout(Duration::ZERO));
    let error = no_time.request(Method::GET, "/v1/a").send().await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Configuration, 0), "{error}");
    assert_eq!(server.received().len(), 3);
}

#[tokio::test]
async fn a_version_in_the_base_url_is_not_repeated() {
    let server = Server::start([ServerResponse::json(200, &json!([]))]).await;
    for (suffix, prefix) in [
        ("", ""),
        ("/v1", ""),
        ("/v1/", ""),
        ("/V1", ""),
        ("/api/v1", ""),
        ("/proxy/v1", "/proxy"),
        ("/api", "/api"),
    ] {
        let base_url = format!("{}{suffix}", server.url);
        let client = Client::builder(Credentials::api_key(KEY)).base_url(base_url).build().unwrap();
        client.list_numbers().send().await.unwrap();
        client.request(Method::GET, "/v1/numbers").send().await.unwrap();
        let received = server.received();
        for request in &received[received.len() - 2..] {
            assert_eq!(request.line(), format!("GET {prefix}/v1/numbers"), "{suffix}");
        }
    }
}

#[test]
fn no_argument_panics_or_changes_the_path() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (server, client) = runtime.block_on(served(ok()));
    let odd = || prop_oneof![any::<String>(), r"[./\\%25e{}?#&=: \r\n]{0,6}", "[a-z-]{1,8}"];
    let inputs = (odd(), odd(), odd(), odd(), odd(), odd(), any::<bool>());
    proptest!(ProptestConfig::with_cases(500), |((tail, name, value, query, header, key, has_key) in inputs)| {
        let before = server.received().len();
        let request = client
            .request(Method::GET, format!("/v1/numbers/{{{name}}}/x{tail}"))
            .path(&name, &value)
            .query(&query, &value)
            .json(&value)
            .header(&header, &value);
        let request = if has_key { request.idempotency_key(&key) } else { request };
        let sent = runtime.block_on(request.send());
        let received = server.received().split_off(before);
        match sent {
            Ok(_) => {
                prop_assert_eq!(received.len(), 1);
                let target = received[0].line().strip_prefix("GET /v1/numbers/").unwrap();
                let path = target.split('?').next().unwrap();
                prop_assert_eq!(path.split('/').count(), format!("/x{tail}").split('/').count());
                prop_assert_eq!(received[0].header("x-api-key"), Some(KEY));
            }
            Err(error) => {
                prop_assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{}", error);
                prop_assert_eq!(received.len(), 0);
            }
        }
    });
}
