//! Servers that return the API key they received, wherever a response has room for it.

use std::fmt::Write;
use std::time::Duration;

use pilot_status::{Client, Credentials, Error, Pacing, ResponseValue, RetryPolicy, types};
use serde_json::{Value, json};

use super::example;
use super::script::Step::{Read, Send};
use super::script::{Script, ScriptedServer};

/// API keys in each known form. All contain `marked`, which appears nowhere else.
pub const KEYS: [&str; 2] = ["ps_marked_0123456789", "f81d4fae-MARKED-11d0-a765-00a0c91e6bf6"];

/// API keys with characters that are special in a URL.
pub const ODD_KEYS: [&str; 3] =
    ["ps_marked/+0123456789==", "ps_marked:0123456789@a", "ps_%6Darked0123456789"];

/// Returns whether a text contains an API key, or part of one.
pub fn shows_key(text: &str) -> bool {
    text.to_ascii_lowercase().contains("marked")
}

/// The outcome of a call.
pub struct Outcome {
    /// The name of the server's behaviour.
    pub echo: &'static str,
    pub result: Result<ResponseValue<Vec<types::Number>>, Error>,
}

/// Calls a server that echoes the client's API key in every way. No result may show the key
/// when it is printed.
pub async fn outcomes(credentials: Credentials, key: &str) -> Vec<Outcome> {
    // Each script is used twice, because calls are retried.
    let twice = |(name, bytes): Echo| {
        let script: Script = vec![Read, Send(bytes.leak())].leak();
        [(name, script); 2]
    };
    let (names, scripts): (Vec<_>, Vec<_>) = responses(key).into_iter().flat_map(twice).unzip();
    let server = ScriptedServer::start(scripts).await;
    let client = client(&server, credentials);
    let mut outcomes = Vec::new();
    while server.accepted() < names.len() {
        let result = client.list_numbers().send().await;
        let echo = names[server.accepted().min(names.len()) - 1];
        outcomes.push(Outcome { echo, result });
    }
    outcomes
}

/// Creates a client that retries once, without delay or pacing.
fn client(server: &ScriptedServer, credentials: Credentials) -> Client {
    let policy = RetryPolicy::default()
        .max_attempts(2)
        .backoff(Duration::ZERO, Duration::ZERO)
        .pacing(Pacing::Off);
    Client::builder(credentials).base_url(server.url()).retry(policy).build().unwrap()
}

/// The name of a server's behaviour, and the bytes that it sends.
type Echo = (&'static str, Vec<u8>);

/// Builds a response after which the connection closes.
fn response(status: u16, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let mut head = format!("HTTP/1.1 {status} Any\r\nconnection: close\r\n");
    for (name, value) in headers {
        write!(head, "{name}: {value}\r\n").unwrap();
    }
    write!(head, "content-length: {}\r\n\r\n", body.len()).unwrap();
    [head.as_bytes(), body].concat()
}

fn in_json(body: &Value) -> Vec<u8> {
    response(200, &[("content-type", "application/json")], body.to_string())
}

fn responses(key: &str) -> Vec<Echo> {
    [refusals(key), redirects(key), wrong_successes(key), heads(key), successes(key)].concat()
}

/// Headers that a client may read, all with the key.
fn headers(key: &str) -> Vec<(&'static str, &str)> {
    let names = [
        "x-api-key",
        "x-api-key-id",
        "www-authenticate",
        "retry-after",
        "retry-after-ms",
        "date",
        "content-type",
        "content-encoding",
        "set-cookie",
        "location",
        "server",
    ];
    names.map(|name| (name, key)).to_vec()
}

fn refusals(key: &str) -> Vec<Echo> {
    let headers = headers(key);
    let error_body =
        json!({"error": key, "code": key, key: key, "retryAfterSeconds": key}).to_string();
    let html = format!("<html><body>{key}</body></html>");
    vec![
        ("401 in JSON", response(401, &headers, &error_body)),
        ("429 in JSON", response(429, &headers, &error_body)),
        ("503 in JSON", response(503, &headers, &error_body)),
        ("404 in HTML", response(404, &headers, &html)),
        ("500 in plain text", response(500, &headers, key)),
        ("400 in a JSON list", response(400, &headers, json!([key]).to_string())),
        ("402 in a JSON string", response(402, &headers, json!(key).to_string())),
        ("an unregistered status", response(799, &headers, &error_body)),
    ]
}

fn redirects(key: &str) -> Vec<Echo> {
    let targets = [
        ("the host of a target", format!("https://{key}.example/")),
        ("a target that is a host", format!("https://{key}")),
        ("a target without a scheme", format!("//{key}/")),
        ("the user of a target", format!("https://{key}@other.example/")),
        ("the password of a target", format!("https://a:{key}@other.example/")),
        ("the port of a target", format!("https://other.example:{key}/")),
        ("the path of a target", format!("https://other.example/{key}")),
        ("the query of a target", format!("https://other.example/?key={key}")),
        ("the fragment of a target", format!("https://other.example/#{key}")),
        ("a relative target", format!("/{key}?{key}")),
        ("the scheme of a target", format!("{key}://other.example")),
        ("a target that is a key", key.to_owned()),
    ];
    targets.map(|(name, target)| (name, response(302, &[("location", &target)], key))).to_vec()
}

/// Successes with bodies that do not match the document.
fn wrong_successes(key: &str) -> Vec<Echo> {
    let wrong = |field: &str, value: Value| {
        let mut body = example(200);
        body[0][field] = value;
        in_json(&body)
    };
    let mut unnamed = example(200);
    let fields = unnamed[0].as_object_mut().unwrap();
    fields.remove("id");
    fields.insert(key.to_owned(), json!(key));
    vec![
        ("plain text", response(200, &headers(key), key)),
        ("a media type", response(200, &[("content-type", &format!("text/{key}"))], "x")),
        ("a JSON string", in_json(&json!(key))),
        ("a JSON object", in_json(&json!({key: key}))),
        ("a date", wrong("createdAt", json!(key))),
        ("a flag", wrong("isFullyConnected", json!(key))),
        ("the name of a field", in_json(&unnamed)),
        (
            "the name of a field, deep",
            wrong("apiKeys", json!([{key: {key: key}, "name": {key: 1}}])),
        ),
        ("an object instead of a list", wrong("apiKeys", json!({key: key}))),
        ("cut JSON", response(200, &[], format!("[{{\"id\": \"{key}"))),
    ]
}

/// Responses with a malformed head.
fn heads(key: &str) -> Vec<Echo> {
    [
        ("no head", key.to_owned()),
        ("a status", format!("HTTP/1.1 {key}\r\n\r\n")),
        ("a version", format!("HTTP/{key} 200 OK\r\n\r\n")),
        ("a header line", format!("HTTP/1.1 200 OK\r\n{key} {key}\r\n\r\n")),
        ("a length", format!("HTTP/1.1 200 OK\r\ncontent-length: {key}\r\n\r\n")),
        ("a coding", format!("HTTP/1.1 200 OK\r\ntransfer-encoding: {key}\r\n\r\n{key}")),
        ("a chunk", format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{key}\r\n")),
        (
            "a protocol",
            format!("HTTP/1.1 101 {key}\r\nconnection: upgrade\r\nupgrade: {key}\r\n\r\n"),
        ),
        (
            "a reason",
            format!("HTTP/1.1 403 {key}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"),
        ),
    ]
    .map(|(name, bytes)| (name, bytes.into_bytes()))
    .to_vec()
}

/// Valid responses that also contain the key.
fn successes(key: &str) -> Vec<Echo> {
    let trailers = format!(
        "HTTP/1.1 200 {key}\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n\
         2;{key}\r\n[]\r\n0\r\nx-api-key: {key}\r\n\r\n"
    );
    let mut unknown = example(200);
    unknown[0][key] = json!(key);
    vec![
        ("trailers", trailers.into_bytes()),
        ("headers", response(200, &headers(key), example(200).to_string())),
        ("an unknown field", in_json(&unknown)),
    ]
}
