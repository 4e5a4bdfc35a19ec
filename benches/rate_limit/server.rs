//! A loopback server that responds to `GET /v1/numbers` with the examples of the document,
//! applies a rate limit and counts calls.

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::{TcpListener, TcpSocket};
use tokio::runtime::Runtime;

use crate::limiter::{Limiter, Rule};

/// All calls of a run may connect before the first is accepted.
const BACKLOG: u32 = 4096;

/// No pause can end this soon after the first rejection: the shortest `Retry-After` is one
/// second.
const FIRST_BURST: Duration = Duration::from_millis(900);

/// The calls that the server received. Times count from its start.
#[derive(Clone, Copy, Default)]
pub struct Counts {
    pub first_arrival: Option<Duration>,
    first_rejection: Option<Duration>,
    pub accepted: u32,
    pub rejected: u32,
    /// The rejected calls that arrived after the first burst. During the burst, no client could
    /// have known the limit.
    pub rejected_later: u32,
}

/// A server that runs until it is dropped. It has its own threads, so that its work does not
/// slow down the client.
pub struct Server {
    pub url: String,
    desk: Arc<Desk>,
    _runtime: Runtime,
}

impl Server {
    /// Starts the server. Do not call this, or drop the server, in an asynchronous task.
    pub fn start(rule: Rule) -> io::Result<Self> {
        let runtime = Runtime::new()?;
        let listener = runtime.block_on(async { listen() })?;
        let url = format!("http://{}", listener.local_addr()?);
        let desk = Arc::new(Desk::new(rule)?);
        runtime.spawn(accept(listener, Arc::clone(&desk)));
        Ok(Self { url, desk, _runtime: runtime })
    }

    pub fn counts(&self) -> Counts {
        self.desk.state().counts
    }

    /// The times of the accepted calls and of the rejected calls.
    pub fn curves(&self) -> [Vec<Duration>; 2] {
        self.desk.state().curves.clone()
    }
}

fn listen() -> io::Result<TcpListener> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
    socket.listen(BACKLOG)
}

async fn accept(listener: TcpListener, desk: Arc<Desk>) {
    while let Ok((stream, _)) = listener.accept().await {
        // Responses are small and must not wait for one another.
        let _ = stream.set_nodelay(true);
        let desk = Arc::clone(&desk);
        let service = service_fn(move |request| {
            let response = desk.response(&request);
            async { Ok::<_, Infallible>(response) }
        });
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}

/// Admits or rejects calls, and responds to them.
struct Desk {
    success: Bytes,
    rejection: Bytes,
    retry_after: Option<HeaderValue>,
    start: Instant,
    state: Mutex<State>,
}

struct State {
    limiter: Box<dyn Limiter>,
    counts: Counts,
    /// The arrival times of the accepted calls and of the rejected calls.
    curves: [Vec<Duration>; 2],
}

impl Desk {
    fn new(rule: Rule) -> io::Result<Self> {
        let document: Value = serde_json::from_str(include_str!("../../openapi.json"))?;
        let example = |status: &str| {
            let response = &document["paths"]["/v1/numbers"]["get"]["responses"][status];
            Bytes::from(response["content"]["application/json"]["example"].to_string())
        };
        Ok(Self {
            success: example("200"),
            rejection: example("429"),
            retry_after: rule.retry_after().map(HeaderValue::from_static),
            start: Instant::now(),
            state: Mutex::new(State {
                limiter: rule.limiter(),
                counts: Counts::default(),
                curves: Default::default(),
            }),
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn response(&self, request: &Request<Incoming>) -> Response<Full<Bytes>> {
        if (request.method().as_str(), request.uri().path()) != ("GET", "/v1/numbers") {
            return json(StatusCode::NOT_FOUND, Bytes::from_static(b"{}"));
        }
        let admitted = {
            let mut state = self.state();
            // The time is read under the lock, so that times never decrease.
            state.arrive(self.start.elapsed())
        };
        if admitted {
            return json(StatusCode::OK, self.success.clone());
        }
        let mut response = json(StatusCode::TOO_MANY_REQUESTS, self.rejection.clone());
        if let Some(seconds) = &self.retry_after {
            response.headers_mut().insert(RETRY_AFTER, seconds.clone());
        }
        response
    }
}

impl State {
    /// Counts a call and returns whether it is admitted.
    fn arrive(&mut self, now: Duration) -> bool {
        let counts = &mut self.counts;
        counts.first_arrival.get_or_insert(now);
        if self.limiter.next_room(now) <= now {
            self.limiter.admit(now);
            counts.accepted += 1;
            self.curves[0].push(now);
            return true;
        }
        let first_rejection = *counts.first_rejection.get_or_insert(now);
        counts.rejected += 1;
        self.curves[1].push(now);
        if now >= first_rejection + FIRST_BURST {
            counts.rejected_later += 1;
        }
        false
    }
}

fn json(status: StatusCode, body: Bytes) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
