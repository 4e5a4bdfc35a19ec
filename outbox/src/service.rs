//! A sandbox behind a proxy that breaks requests and responses at random, for the demo and the
//! chaos test. The sandbox validates the requests and replays responses by idempotency key.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::Result;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use futures_util::stream;
use pilot_status::mock::Sandbox;
use pilot_status::reqwest;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::AbortHandle;
use tokio::time::sleep;

const JSON: (HeaderName, &str) = (header::CONTENT_TYPE, "application/json");

pub struct Service {
    pub url: String,
    shared: Arc<Shared>,
    server: AbortHandle,
}

struct Shared {
    sandbox: Sandbox,
    http: reqwest::Client,
    /// The percentage of requests with a fault.
    percent: u32,
    log: Mutex<Log>,
    accepted: UnboundedSender<String>,
}

struct Log {
    random: fastrand::Rng,
    faults: u64,
    processed: Vec<String>,
}

impl Service {
    /// Starts a service whose faults are determined by a seed. It sends the id of each accepted
    /// message to `accepted`.
    pub async fn start(seed: u64, percent: u32, accepted: UnboundedSender<String>) -> Result<Self> {
        let random = fastrand::Rng::with_seed(seed);
        let shared = Arc::new(Shared {
            sandbox: Sandbox::start().await?,
            http: reqwest::Client::builder().no_proxy().build()?,
            percent,
            log: Mutex::new(Log { random, faults: 0, processed: Vec::new() }),
            accepted,
        });
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let app = Router::new().fallback(respond).with_state(Arc::clone(&shared));
        let server = tokio::spawn(async move { axum::serve(listener, app).await }).abort_handle();
        Ok(Self { url, shared, server })
    }

    /// Stops the service and closes the channel of accepted messages. Returns the number of
    /// faults, and the recipients of the processed requests. Replays are not processed.
    pub fn stop(self) -> (u64, Vec<String>) {
        self.server.abort();
        let log = self.shared.log();
        (log.faults, log.processed.clone())
    }
}

impl Shared {
    fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The delay of a request, whether it is processed, and the response to send instead of that
    /// of the sandbox.
    fn plan(&self) -> (Duration, bool, Option<Response>) {
        let mut log = self.log();
        let delay = Duration::from_millis(150).mul_f64(log.random.f64());
        if log.random.u32(0..100) >= self.percent {
            return (delay, true, None);
        }
        log.faults += 1;
        let is_processed = log.random.bool();
        match log.random.u8(0..6) {
            0 => (delay, false, Some(rate_limit())),
            1 => (Duration::from_millis(700), true, None),
            2 | 3 => (delay, is_processed, Some(page())),
            _ => (delay, is_processed, Some(reset())),
        }
    }
}

async fn respond(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (delay, is_processed, broken) = shared.plan();
    sleep(delay).await;
    if !is_processed {
        return broken.unwrap_or_else(page);
    }
    // A task, because a killed client must not cancel the processing halfway.
    let processed = tokio::spawn(process(shared, request)).await;
    match (broken, processed) {
        (None, Ok(Ok(response))) => response,
        (broken, _) => broken.unwrap_or_else(page),
    }
}

/// Forwards a request to the sandbox, and assigns an id to each message.
async fn process(shared: Arc<Shared>, request: Request) -> Result<Response> {
    let (mut head, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await?;
    let sent: Value = serde_json::from_slice(&body).unwrap_or_default();
    let key = head.headers.get("idempotency-key").and_then(|key| key.to_str().ok());
    let id = format!("msg_{}", key.unwrap_or_default());
    let url = format!("{}{}", shared.sandbox.url(), head.uri);
    head.headers.remove(header::HOST);
    let request = shared.http.request(head.method, url).headers(head.headers).body(body);
    let response = request.send().await?;
    let status = response.status();
    let is_replayed = response.headers().contains_key("idempotent-replayed");
    let mut body: Value = serde_json::from_slice(&response.bytes().await?).unwrap_or_default();
    if status.is_success() {
        body["id"] = json!(id);
        if !is_replayed {
            let recipient = sent["destinationNumber"].as_str().unwrap_or_default();
            shared.log().processed.push(recipient.to_owned());
            // The channel may be closed.
            let _ = shared.accepted.send(id);
        }
    }
    Ok((status, [JSON], body.to_string()).into_response())
}

fn page() -> Response {
    (StatusCode::BAD_GATEWAY, Html("<h1>Bad gateway</h1>")).into_response()
}

fn rate_limit() -> Response {
    let headers = [JSON, (header::RETRY_AFTER, "1")];
    (StatusCode::TOO_MANY_REQUESTS, headers, r#"{"error": "Too many requests"}"#).into_response()
}

/// A response that breaks the connection in its body.
fn reset() -> Response {
    let broken = stream::once(async { Err::<Bytes, _>(io::Error::other("reset")) });
    (StatusCode::ACCEPTED, [JSON], Body::from_stream(broken)).into_response()
}
