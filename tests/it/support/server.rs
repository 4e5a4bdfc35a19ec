//! A server that accepts any request, documented or not, and records each one exactly as
//! received, including the framing of chunks.

use std::fmt::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// A response of the server.
#[derive(Clone)]
pub struct ServerResponse {
    bytes: Vec<u8>,
    /// The delay before the response.
    delay: Duration,
    /// Whether the connection closes after the response.
    close: bool,
}

impl ServerResponse {
    /// A complete response that keeps the connection open.
    pub fn new(status: u16, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Self {
        let body = body.as_ref();
        let mut text = format!("HTTP/1.1 {status} Any\r\ncontent-length: {}\r\n", body.len());
        for (name, value) in headers {
            write!(text, "{name}: {value}\r\n").unwrap();
        }
        let bytes = [text.as_bytes(), b"\r\n", body].concat();
        Self { bytes, delay: Duration::ZERO, close: false }
    }

    /// A JSON response.
    pub fn json(status: u16, body: &Value) -> Self {
        Self::new(status, &[("content-type", "application/json")], body.to_string())
    }

    /// Raw bytes, after which the connection closes.
    #[allow(dead_code, reason = "only the library's unit tests use it")]
    pub fn raw(text: &str) -> Self {
        Self { bytes: text.into(), delay: Duration::ZERO, close: true }
    }

    /// Delays the response.
    pub fn delay(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }
}

/// A request as received.
#[derive(Clone)]
pub struct Received {
    /// The request line and the headers, one per line.
    pub head: String,
    pub body: Vec<u8>,
}

impl Received {
    /// The method and the request target.
    pub fn line(&self) -> &str {
        self.head.lines().next().unwrap().trim_end_matches(" HTTP/1.1")
    }

    /// The value of a header, by its lowercase name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }
}

pub struct Server {
    pub url: String,
    state: Arc<Mutex<State>>,
}

struct State {
    responses: Vec<ServerResponse>,
    received: Vec<Received>,
}

impl Server {
    /// Starts a server that sends these responses in order and repeats the last one.
    pub async fn start(responses: impl Into<Vec<ServerResponse>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let state = State { responses: responses.into(), received: Vec::new() };
        let state = Arc::new(Mutex::new(state));
        let server = Self { url, state: Arc::clone(&state) };
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(BufReader::new(stream), Arc::clone(&state)));
            }
        });
        server
    }

    pub fn received(&self) -> Vec<Received> {
        self.state.lock().unwrap().received.clone()
    }

    /// Sends only this response from now on, and clears the recorded requests.
    #[allow(dead_code, reason = "the library's unit tests do not use it")]
    pub fn restart(&self, response: ServerResponse) {
        let mut state = self.state.lock().unwrap();
        *state = State { responses: vec![response], received: Vec::new() };
    }
}

async fn serve(mut stream: BufReader<TcpStream>, state: Arc<Mutex<State>>) {
    while let Some(request) = read_request(&mut stream).await {
        let response = {
            let State { responses, received } = &mut *state.lock().unwrap();
            received.push(request);
            responses[received.len().min(responses.len()) - 1].clone()
        };
        if !response.delay.is_zero() {
            tokio::time::sleep(response.delay).await;
        }
        // The client may have disconnected, which is fine.
        if stream.write_all(&response.bytes).await.is_err() || response.close {
            return;
        }
    }
}

async fn read_request(stream: &mut BufReader<TcpStream>) -> Option<Received> {
    let head = String::from_utf8(read_until(stream, b"\r\n\r\n").await?).ok()?;
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
    Some(Received { head, body })
}

async fn read_until(stream: &mut BufReader<TcpStream>, end: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    while !bytes.ends_with(end) {
        bytes.push(stream.read_u8().await.ok()?);
    }
    Some(bytes)
}
