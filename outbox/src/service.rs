//! A sandbox behind a proxy that breaks requests and responses at random, for the demo and the
//! chaos test. The sandbox validates the requests and replays responses by idempotency key.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::Result;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{Request, Response, StatusCode, header};
use futures_util::stream;
use pilot_status::mock::Sandbox;
use pilot_status::reqwest;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::AbortHandle;
use tokio::time::sleep;

const IDEMPOTENCY_KEY: &str = "idempotency-key";
const REPLAYED: &str = "idempotent-replayed";
const PAGE: &str = "<html><body><h1>Bad gateway</h1></body></html>";

pub struct Service {
    pub url: String,
    state: Arc<Shared>,
    server: AbortHandle,
}

struct Shared {
    sandbox: Sandbox,
    http: reqwest::Client,
    /// Of a hundred requests, how many meet a fault.
    fault_percent: u32,
    delay: Duration,
    log: Mutex<Log>,
    accepted: UnboundedSender<String>,
}

struct Log {
    random: fastrand::Rng,
    faults: u64,
    /// The recipients of the processed requests. Replays process nothing.
    processed: Vec<String>,
}

#[derive(Clone, Copy)]
enum Fault {
    RateLimit,
    PageBefore,
    PageAfter,
    ResetBefore,
    ResetAfter,
    Delay,
}

const FAULTS: [Fault; 6] = [
    Fault::RateLimit,
    Fault::PageBefore,
    Fault::PageAfter,
    Fault::ResetBefore,
    Fault::ResetAfter,
    Fault::Delay,
];

impl Service {
    /// Starts a service whose faults follow from a seed. It sends the id of each message that it
    /// accepts to `accepted`.
    pub async fn start(
        seed: u64,
        fault_percent: u32,
        delay: Duration,
        accepted: UnboundedSender<String>,
    ) -> Result<Self> {
        let random = fastrand::Rng::with_seed(seed);
        let state = Arc::new(Shared {
            sandbox: Sandbox::start().await?,
            http: reqwest::Client::builder().no_proxy().build()?,
            fault_percent,
            delay,
            log: Mutex::new(Log { random, faults: 0, processed: Vec::new() }),
            accepted,
        });
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let app = Router::new().fallback(respond).with_state(Arc::clone(&state));
        let server = tokio::spawn(async move { axum::serve(listener, app).await }).abort_handle();
        Ok(Self { url, state, server })
    }

    /// Ends the service and with it the channel of accepted messages.
    pub fn stop(self) {
        self.server.abort();
    }

    pub fn faults(&self) -> u64 {
        self.state.log().faults
    }

    pub fn processed(&self) -> Vec<String> {
        self.state.log().processed.clone()
    }
}

impl Shared {
    fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next fault, and the duration of the request.
    fn next(&self) -> (Option<Fault>, Duration) {
        let mut log = self.log();
        let delay = self.delay.mul_f64(log.random.f64());
        if log.random.u32(0..100) >= self.fault_percent {
            return (None, delay);
        }
        log.faults += 1;
        (log.random.choice(FAULTS), delay)
    }
}

async fn respond(State(state): State<Arc<Shared>>, request: Request<Body>) -> Response<Body> {
    let (fault, delay) = state.next();
    sleep(delay).await;
    match fault {
        Some(Fault::RateLimit) => return rate_limit(),
        Some(Fault::PageBefore) => return page(),
        Some(Fault::ResetBefore) => return reset(),
        _ => {}
    }
    // A task, because a client that is killed must not undo half of the work.
    let Ok(Ok(response)) = tokio::spawn(process(Arc::clone(&state), request)).await else {
        return page();
    };
    match fault {
        Some(Fault::PageAfter) => return page(),
        Some(Fault::ResetAfter) => return reset(),
        Some(Fault::Delay) => sleep(Duration::from_millis(700)).await,
        _ => {}
    }
    response
}

/// Passes a request to the sandbox, and gives each message its own id.
async fn process(state: Arc<Shared>, request: Request<Body>) -> Result<Response<Body>> {
    let (head, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await?;
    let sent: Value = serde_json::from_slice(&body).unwrap_or_default();
    let key = head.headers.get(IDEMPOTENCY_KEY).and_then(|key| key.to_str().ok());
    let id = format!("msg_{}", key.unwrap_or_default());
    let url = format!("{}{}", state.sandbox.url(), head.uri);
    let mut headers = head.headers.clone();
    headers.remove(header::HOST);
    let request = state.http.request(head.method, url).headers(headers).body(body);
    let response = request.send().await?;
    let (status, replayed) = (response.status(), response.headers().contains_key(REPLAYED));
    let mut body: Value = serde_json::from_slice(&response.bytes().await?).unwrap_or_default();
    if status.is_success() {
        body["id"] = json!(id);
        if !replayed {
            let recipient = sent["destinationNumber"].as_str().unwrap_or_default();
            state.log().processed.push(recipient.to_owned());
            // The receiver may be gone.
            let _ = state.accepted.send(id);
        }
    }
    Ok(plain(status, "application/json", Body::from(body.to_string())))
}

fn plain(status: StatusCode, media_type: &'static str, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let media_type = header::HeaderValue::from_static(media_type);
    response.headers_mut().insert(header::CONTENT_TYPE, media_type);
    response
}

fn page() -> Response<Body> {
    plain(StatusCode::BAD_GATEWAY, "text/html", Body::from(PAGE))
}

fn rate_limit() -> Response<Body> {
    let body = json!({"error": "Too many requests"}).to_string();
    plain(StatusCode::TOO_MANY_REQUESTS, "application/json", Body::from(body))
}

/// Breaks the connection in the body of a response.
fn reset() -> Response<Body> {
    let broken = stream::once(async { Err::<Bytes, _>(io::Error::other("reset")) });
    plain(StatusCode::ACCEPTED, "application/json", Body::from_stream(broken))
}
