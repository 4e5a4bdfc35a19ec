//! A server on loopback that answers with given bytes and remembers what it
//! received, byte for byte: what a test says of the wire was on the wire.

#![allow(dead_code, reason = "each test uses a part of it")]

pub mod echo;
pub mod script;

use std::fmt::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use pilot_status::{Client, ClientBuilder, Credentials, Error};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// The key that the tests send.
pub const KEY: &str = "ps_marked_0123456789";

/// A builder for a client of a server on loopback.
pub fn builder(server: &Server) -> ClientBuilder {
    Client::builder(Credentials::api_key(KEY)).base_url(&server.url)
}

/// A client of a server on loopback, with all defaults.
pub fn client(server: &Server) -> Client {
    builder(server).build().unwrap()
}

/// An example of the document, by the status of its answer.
pub fn example(status: u16) -> Value {
    let document: Value = serde_json::from_str(include_str!("../../openapi.json")).unwrap();
    let responses = &document["paths"]["/v1/numbers"]["get"]["responses"];
    responses[status.to_string()]["content"]["application/json"]["example"].clone()
}

/// All that an error and what caused it print.
pub fn shown(error: &Error) -> String {
    let mut shown = format!("{error} {error:?} {error:#?}");
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        write!(shown, " {cause} {cause:?} {cause:#?}").unwrap();
        source = cause.source();
    }
    shown
}

/// Waits until something is so, which is to be soon.
pub async fn eventually(what: &str, is_so: impl Fn() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < Duration::from_secs(10), "it is not so that {what}");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// What the server does with a request.
#[derive(Clone)]
pub struct Answer {
    bytes: Vec<u8>,
    /// How long it waits before it answers.
    delay: Duration,
    /// Whether it closes the connection after it.
    close: bool,
}

impl Answer {
    /// A complete answer after which the connection stays open.
    pub fn new(status: u16, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Self {
        let body = body.as_ref();
        let mut bytes = format!("HTTP/1.1 {status} Any\r\ncontent-length: {}\r\n", body.len());
        for (name, value) in headers {
            write!(bytes, "{name}: {value}\r\n").unwrap();
        }
        bytes += "\r\n";
        Self { bytes: [bytes.as_bytes(), body].concat(), delay: Duration::ZERO, close: false }
    }

    /// The same answer, with more of the body announced than comes.
    pub fn announcing(mut self, length: usize) -> Self {
        let text = String::from_utf8(self.bytes).unwrap();
        let (before, after) = text.split_once("content-length: ").unwrap();
        let after = after.trim_start_matches(|digit: char| digit.is_ascii_digit());
        self.bytes = format!("{before}content-length: {length}{after}").into_bytes();
        self
    }

    /// A JSON answer.
    pub fn json(status: u16, body: &Value) -> Self {
        Self::new(status, &[("content-type", "application/json")], body.to_string())
    }

    /// The answer that the document shows for a status.
    pub fn documented(status: u16) -> Self {
        Self::json(status, &example(status))
    }

    /// Any bytes, after which the connection closes.
    pub fn raw(bytes: impl AsRef<[u8]>) -> Self {
        Self { bytes: bytes.as_ref().to_vec(), delay: Duration::ZERO, close: true }
    }

    /// The same answer, later.
    pub fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }
}

/// A request as it arrived.
#[derive(Clone, Debug)]
pub struct Received {
    pub at: Instant,
    /// The request line and the headers.
    pub head: String,
    /// The body as it came, chunks with their lengths.
    pub body: Vec<u8>,
}

impl Received {
    pub fn request_line(&self) -> &str {
        self.head.lines().next().unwrap_or_default()
    }

    /// The values of a header, in their order.
    pub fn headers(&self, name: &str) -> Vec<&str> {
        let fields = self.head.lines().skip(1).filter_map(|line| line.split_once(':'));
        fields
            .filter(|(field, _)| field.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim())
            .collect()
    }
}

pub struct Server {
    pub url: String,
    received: Arc<Mutex<Vec<Received>>>,
    connections: Arc<AtomicUsize>,
}

impl Server {
    /// Gives the answers in their turn, the last one again and again.
    pub async fn start(answers: impl Into<Vec<Answer>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self {
            url: format!("http://{}", listener.local_addr().unwrap()),
            received: Arc::default(),
            connections: Arc::default(),
        };
        let answers: Arc<[Answer]> = answers.into().into();
        let received = Arc::clone(&server.received);
        let connections = Arc::clone(&server.connections);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                connections.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(serve(stream, Arc::clone(&answers), Arc::clone(&received)));
            }
        });
        server
    }

    pub fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }

    /// How many requests were received.
    pub fn requests(&self) -> usize {
        self.received.lock().unwrap().len()
    }

    /// How many connections were accepted.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }
}

async fn serve(mut stream: TcpStream, answers: Arc<[Answer]>, received: Arc<Mutex<Vec<Received>>>) {
    while let Some((head, body)) = read_request(&mut stream).await {
        let answer = {
            let mut received = received.lock().unwrap();
            received.push(Received { at: Instant::now(), head, body });
            answers[received.len().min(answers.len()) - 1].clone()
        };
        tokio::time::sleep(answer.delay).await;
        // The client may be gone, which is its right.
        if stream.write_all(&answer.bytes).await.is_err() || answer.close {
            return;
        }
    }
}

async fn read_request(stream: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    let head = read_until(stream, b"\r\n\r\n").await?;
    let head = String::from_utf8(head).ok()?;
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    let body = match length.and_then(|length| length.parse().ok()) {
        Some(length) => {
            let mut body = vec![0; length];
            stream.read_exact(&mut body).await.ok()?;
            body
        }
        None if head.contains("transfer-encoding: chunked") => {
            read_until(stream, b"0\r\n\r\n").await?
        }
        None => Vec::new(),
    };
    Some((head, body))
}

async fn read_until(stream: &mut TcpStream, end: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    while !bytes.ends_with(end) {
        bytes.push(stream.read_u8().await.ok()?);
    }
    Some(bytes)
}
