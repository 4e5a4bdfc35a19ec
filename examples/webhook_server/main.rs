//! Receives what a webhook delivers.
//!
//! ```text
//! PILOT_STATUS_WEBHOOK_SECRET=... cargo run --features mock --example webhook_server [-- 0.0.0.0:8080]
//! ```
//!
//! While the secret is being replaced, `PILOT_STATUS_WEBHOOK_SECRET_OLD` holds the one
//! before. Without a secret it delivers an event to itself, once as it is and once
//! tampered with, and ends. Ctrl-C ends it once it is done with what it took; what waits
//! is in memory only.

mod demo;
mod processing;

use std::error::Error;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::routing::post;
use pilot_status::webhooks::{SIGNATURE_HEADER, Verifier};
use processing::Queue;
use tokio::net::TcpListener;

const MOST_BYTES: usize = 256 * 1024;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let text = |name| Some(std::env::var_os(name)?.into_string().unwrap_or_default());
    let Some(secret) = text("PILOT_STATUS_WEBHOOK_SECRET") else {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let deliveries = demo::deliver(listener.local_addr()?);
        return serve(listener, Verifier::new(demo::SECRET), deliveries).await;
    };
    if secret.trim().is_empty() {
        return Err("PILOT_STATUS_WEBHOOK_SECRET is blank or not UTF-8".into());
    }
    let old = text("PILOT_STATUS_WEBHOOK_SECRET_OLD").unwrap_or_default();
    let address = std::env::args().nth(1).unwrap_or("127.0.0.1:8080".to_owned());
    let listener = TcpListener::bind(address).await?;
    println!("listening on http://{}/webhook", listener.local_addr()?);
    serve(listener, Verifier::new(secret).or(old), async { _ = tokio::signal::ctrl_c().await })
        .await
}

/// Takes deliveries until `end`, and is done when all of them are processed.
async fn serve(
    listener: TcpListener,
    verifier: Verifier,
    end: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Box<dyn Error>> {
    let (queue, processing) = processing::start();
    let receiver = Router::new()
        .route("/webhook", post(receive))
        .layer(DefaultBodyLimit::max(MOST_BYTES))
        .with_state((verifier, queue));
    axum::serve(listener, receiver).with_graceful_shutdown(end).await?;
    Ok(processing.await?)
}

/// Answers before anything is done: what is not answered soon is sent again.
async fn receive(
    State((verifier, queue)): State<(Verifier, Queue)>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let signature = headers.get(SIGNATURE_HEADER).map_or(&[][..], HeaderValue::as_bytes);
    let event = verifier.verify(signature, &body);
    match event.map(|event| queue.try_send((event, body)).is_ok()) {
        Ok(true) => StatusCode::OK,
        // There is no room, so that it has to be sent again.
        Ok(false) => StatusCode::SERVICE_UNAVAILABLE,
        Err(refused) => {
            eprintln!("refused: {refused}");
            StatusCode::UNAUTHORIZED
        }
    }
}
