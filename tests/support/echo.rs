//! Servers that give back the key that they were sent, wherever an answer has
//! room for it, and what becomes of calls to them.

use std::time::Duration;

use pilot_status::{Client, Credentials, Error, Pacing, ResponseValue, RetryPolicy, types};
use serde_json::{Value, json};

use super::{Answer, Server, example};

/// Keys of the forms that there are, all with `marked`, and with that nowhere
/// else.
pub const KEYS: [&str; 2] = ["ps_marked_0123456789", "f81d4fae-MARKED-11d0-a765-00a0c91e6bf6"];

/// Keys that a URL takes apart or changes.
pub const ODD_KEYS: [&str; 3] =
    ["ps_marked/+0123456789==", "ps_marked:0123456789@a", "ps_%6Darked0123456789"];

/// Whether a text shows a key, or a part of it.
pub fn shows_key(text: &str) -> bool {
    text.to_ascii_lowercase().contains("marked")
}

/// What became of a call.
pub struct Outcome {
    /// What the server did.
    pub echo: &'static str,
    pub result: Result<ResponseValue<Vec<types::Number>>, Error>,
}

/// Calls a server that echoes the key of its client in every way. None of the
/// results holds it where it may be printed.
pub async fn outcomes(credentials: Credentials, key: &str) -> Vec<Outcome> {
    // Each twice, for calls that are tried again.
    let (names, answers): (Vec<_>, Vec<_>) =
        answers(key).into_iter().flat_map(|echo| [echo.clone(), echo]).unzip();
    let server = Server::start(answers).await;
    let client = client(&server, credentials);
    let mut outcomes = Vec::new();
    while server.requests() < names.len() {
        let result = client.list_numbers().send().await;
        let echo = names[server.requests().min(names.len()) - 1];
        outcomes.push(Outcome { echo, result });
    }
    outcomes
}

/// A client that tries again once, at once, however often it is rejected.
pub fn client(server: &Server, credentials: Credentials) -> Client {
    let policy = RetryPolicy::default()
        .max_attempts(2)
        .backoff(Duration::ZERO, Duration::ZERO)
        .pacing(Pacing::Off);
    Client::builder(credentials).base_url(&server.url).retry(policy).build().unwrap()
}

fn answers(key: &str) -> Vec<(&'static str, Answer)> {
    [refusals(key), redirects(key), wrong_successes(key), heads(key), successes(key)].concat()
}

/// Headers that a client may look into, all with the key.
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

fn refusals(key: &str) -> Vec<(&'static str, Answer)> {
    let headers = headers(key);
    let said = json!({"error": key, "code": key, key: key, "retryAfterSeconds": key}).to_string();
    let html = format!("<html><body>{key}</body></html>");
    vec![
        ("401 in JSON", Answer::new(401, &headers, &said)),
        ("429 in JSON", Answer::new(429, &headers, &said)),
        ("503 in JSON", Answer::new(503, &headers, &said)),
        ("404 in HTML", Answer::new(404, &headers, &html)),
        ("500 in plain text", Answer::new(500, &headers, key)),
        ("400 in a JSON list", Answer::new(400, &headers, json!([key]).to_string())),
        ("402 in a JSON string", Answer::new(402, &headers, json!(key).to_string())),
        ("a status that is none", Answer::new(799, &headers, &said)),
    ]
}

fn redirects(key: &str) -> Vec<(&'static str, Answer)> {
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
    targets.map(|(name, target)| (name, Answer::new(302, &[("location", &target)], key))).to_vec()
}

/// Bodies that are not what the document says.
fn wrong_successes(key: &str) -> Vec<(&'static str, Answer)> {
    let wrong = |field: &str, value: Value| {
        let mut body = example(200);
        body[0][field] = value;
        Answer::json(200, &body)
    };
    let mut unnamed = example(200);
    let fields = unnamed[0].as_object_mut().unwrap();
    fields.remove("id");
    fields.insert(key.to_owned(), json!(key));
    vec![
        ("plain text", Answer::new(200, &headers(key), key)),
        ("a JSON string", Answer::json(200, &json!(key))),
        ("a JSON object", Answer::json(200, &json!({key: key}))),
        ("a date", wrong("createdAt", json!(key))),
        ("a flag", wrong("isFullyConnected", json!(key))),
        ("the name of a field", Answer::json(200, &unnamed)),
        (
            "the name of a field, deep",
            wrong("apiKeys", json!([{key: {key: key}, "name": {key: 1}}])),
        ),
        ("an object in place of a list", wrong("apiKeys", json!({key: key}))),
        ("cut JSON", Answer::new(200, &[], format!("[{{\"id\": \"{key}"))),
    ]
}

/// Answers whose head is wrong.
fn heads(key: &str) -> Vec<(&'static str, Answer)> {
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
    .map(|(name, bytes)| (name, Answer::raw(bytes)))
    .to_vec()
}

/// Answers that are a value, with the key beside it.
fn successes(key: &str) -> Vec<(&'static str, Answer)> {
    let trailers = format!(
        "HTTP/1.1 200 {key}\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n\
         2;{key}\r\n[]\r\n0\r\nx-api-key: {key}\r\n\r\n"
    );
    let mut unknown = example(200);
    unknown[0][key] = json!(key);
    vec![
        ("trailers", Answer::raw(trailers)),
        ("headers", Answer::new(200, &headers(key), example(200).to_string())),
        ("an unknown field", Answer::json(200, &unknown)),
    ]
}
