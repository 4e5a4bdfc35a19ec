//! Receives the deliveries of a webhook.
//!
//! ```text
//! PILOT_STATUS_WEBHOOK_SECRET=... cargo run --example webhook_server [-- 0.0.0.0:8080]
//! ```
//!
//! | Variable | |
//! |---|---|
//! | `PILOT_STATUS_WEBHOOK_SECRET` | the secret that signs the deliveries |
//! | `PILOT_STATUS_WEBHOOK_SECRET_OLD` | the previous secret, while it is being replaced |
//! | `PILOT_STATUS_WEBHOOK_TOKEN` | the token in the URL, `/webhook?token=...`, for a webhook without a secret |
//! | `PILOT_STATUS_WEBHOOK_VERIFY_TOKEN` | the token with which Meta confirms the URL |
//!
//! Without a secret and a token, it delivers an event to itself, once unchanged and once
//! tampered with, and exits. After SIGTERM or Ctrl-C, it processes the accepted events, which are
//! in memory only, and exits.

mod demo;
mod processing;
#[path = "../shared/program.rs"]
mod program;
#[path = "../shared/server.rs"]
mod server;

use std::collections::HashMap;
use std::error::Error;
use std::fmt::Display;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::routing::post;
use pilot_status::webhooks::{AddressToken, Event, SIGNATURE_HEADER, Verifier};
use processing::Queue;
use server::setting;
use tokio::net::TcpListener;

const HELP: &str = "usage: webhook_server [ADDRESS]

Receives the deliveries of a webhook at http://ADDRESS/webhook, by default on 127.0.0.1:8080.
Without a secret and a token, it delivers an event to itself, and exits.

PILOT_STATUS_WEBHOOK_SECRET        the secret that signs the deliveries
PILOT_STATUS_WEBHOOK_SECRET_OLD    the previous secret, while it is being replaced
PILOT_STATUS_WEBHOOK_TOKEN         the token in the URL, for a webhook without a secret
PILOT_STATUS_WEBHOOK_VERIFY_TOKEN  the token with which Meta confirms the URL";

/// Enough for a file of 25 MB in Base64, and the JSON around it.
const MAX_BYTES: usize = 40 * 1024 * 1024;

const NO_TOKEN: &str = "the token in the URL is missing or wrong";

/// The longest time that requests in progress may take at the end: some supervisors kill a
/// program 10 seconds after SIGTERM.
const GRACE: Duration = Duration::from_secs(5);

/// The required credentials of a delivery. Without a verifier, its signature is ignored.
#[derive(Default)]
struct Expected {
    verifier: Option<Verifier>,
    token: Option<AddressToken>,
    verify_token: Option<AddressToken>,
}

type Receiver = Arc<(Expected, Queue)>;

#[tokio::main]
async fn main() -> ExitCode {
    program::run(HELP, run).await
}

async fn run(arguments: Vec<String>) -> Result<(), Box<dyn Error>> {
    let address = match arguments.as_slice() {
        [] => "127.0.0.1:8080",
        [address] => address,
        _ => return Err(program::usage(HELP)),
    };
    let old = setting("PILOT_STATUS_WEBHOOK_SECRET_OLD")?.unwrap_or_default();
    let expected = Expected {
        verifier: setting("PILOT_STATUS_WEBHOOK_SECRET")?
            .map(|secret| Verifier::new(secret).with_previous_secret(old)),
        token: setting("PILOT_STATUS_WEBHOOK_TOKEN")?.map(AddressToken::new),
        verify_token: setting("PILOT_STATUS_WEBHOOK_VERIFY_TOKEN")?.map(AddressToken::new),
    };
    if expected.verifier.is_none() && expected.token.is_none() {
        eprintln!(
            "neither PILOT_STATUS_WEBHOOK_SECRET nor PILOT_STATUS_WEBHOOK_TOKEN is set: delivering \
             an event to a server on loopback"
        );
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let deliveries = demo::deliver(listener.local_addr()?);
        let verifier = Some(Verifier::new(demo::SECRET));
        return serve(listener, Expected { verifier, ..expected }, deliveries).await;
    }
    let listener = TcpListener::bind(address)
        .await
        .map_err(|error| format!("cannot listen on {address}: {error}"))?;
    let end = server::stop_requested()?;
    println!("listening on http://{}/webhook", listener.local_addr()?);
    serve(listener, expected, end).await
}

/// Accepts deliveries until `end` completes, and returns after all accepted ones are processed.
async fn serve(
    listener: TcpListener,
    expected: Expected,
    end: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Box<dyn Error>> {
    let (queue, processing) = processing::start();
    let receiver = Arc::new((expected, queue));
    let router = Router::new()
        .route("/webhook", post(receive).get(confirm))
        .method_not_allowed_fallback(async || {
            reject(StatusCode::METHOD_NOT_ALLOWED, "the method is not POST or GET")
        })
        .fallback(async || reject(StatusCode::NOT_FOUND, "the path is not /webhook"))
        .with_state(Arc::clone(&receiver));
    if !server::serve(listener, router, end, GRACE).await? {
        eprintln!("requests were cut off; the service repeats their deliveries");
    }
    receiver.1.close();
    Ok(processing.await?)
}

/// Responds before the event is processed, because the service repeats deliveries without a
/// timely response.
async fn receive(
    State(receiver): State<Receiver>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
    body: Body,
) -> StatusCode {
    let (expected, queue) = &*receiver;
    if !contains(expected.token.as_ref(), &query, "token") {
        return reject(StatusCode::UNAUTHORIZED, NO_TOKEN);
    }
    let body = match to_bytes(body, MAX_BYTES).await {
        Ok(body) => body,
        Err(error) => return reject(StatusCode::PAYLOAD_TOO_LARGE, error),
    };
    let signature = headers.get(SIGNATURE_HEADER).map_or(&[][..], HeaderValue::as_bytes);
    let event = match &expected.verifier {
        Some(verifier) => verifier.verify(signature, &body),
        None => Ok(Event::from_unverified(&body)),
    };
    match event.map(|event| queue.accept(event)) {
        Ok(true) => StatusCode::OK,
        // The service repeats the delivery.
        Ok(false) => reject(StatusCode::SERVICE_UNAVAILABLE, "the queue is full"),
        Err(error) => reject(StatusCode::UNAUTHORIZED, error),
    }
}

/// Confirms the URL to Meta, which requests that before the first delivery.
async fn confirm(
    State(receiver): State<Receiver>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<String, StatusCode> {
    let (expected, _) = &*receiver;
    if !contains(expected.token.as_ref(), &query, "token") {
        return Err(reject(StatusCode::UNAUTHORIZED, NO_TOKEN));
    }
    if !contains(expected.verify_token.as_ref(), &query, "hub.verify_token") {
        return Err(reject(StatusCode::FORBIDDEN, "hub.verify_token is missing or wrong"));
    }
    let challenge = query.get("hub.challenge").cloned();
    challenge.ok_or_else(|| reject(StatusCode::BAD_REQUEST, "no hub.challenge"))
}

/// Whether a query contains the expected token. True if no token is expected.
fn contains(token: Option<&AddressToken>, query: &HashMap<String, String>, name: &str) -> bool {
    token.is_none_or(|token| query.get(name).is_some_and(|given| token.matches(given)))
}

/// Logs the reason of a rejection, without any part of the request.
fn reject(status: StatusCode, why: impl Display) -> StatusCode {
    eprintln!("rejected with {status}: {why}");
    status
}
