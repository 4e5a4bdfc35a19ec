//! Receives the deliveries of a webhook.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, ensure};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::routing::post;
use futures_util::FutureExt;
use pilot_status::webhooks::{
    AddressToken, Event, SIGNATURE_HEADER, UnknownEvent, Verifier, VerifyError,
};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tracing::{error, info, warn};

use crate::server::{self, setting};
use crate::store::{Stage, Store, within_time};

/// Enough for a file of 25 MB in Base64, and the JSON around it.
const MAX_BODY_BYTES: usize = 40 << 20;

/// The number of bodies that may be in memory.
const MAX_BODIES: usize = 8;

/// The longest time to read a body, and that requests in progress may take at shutdown.
const GRACE: Duration = Duration::from_secs(20);

/// The authentication of deliveries. If both a verifier and a token are set, both must match.
pub struct Trust {
    pub verifier: Option<Verifier>,
    pub token: Option<AddressToken>,
}

impl Trust {
    pub fn from_env() -> Result<Self> {
        let trust = Self {
            verifier: setting("PILOT_STATUS_WEBHOOK_SECRET")?.map(Verifier::new),
            token: setting("PILOT_STATUS_WEBHOOK_TOKEN")?.map(AddressToken::new),
        };
        ensure!(
            trust.verifier.is_some() || trust.token.is_some(),
            "deliveries are not authenticated; set PILOT_STATUS_WEBHOOK_SECRET to the secret \
             of the webhook, or PILOT_STATUS_WEBHOOK_TOKEN to the token in its URL"
        );
        Ok(trust)
    }
}

/// Serves `POST /webhook` until `shutdown`, then finishes the requests in progress.
pub async fn serve(
    listener: TcpListener,
    store: Store,
    trust: Trust,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<()> {
    let shared = Arc::new((store, trust, Semaphore::new(MAX_BODIES)));
    let app = Router::new().route("/webhook", post(receive)).with_state(shared);
    let shutdown = shutdown.inspect(|()| info!("stopping after the requests in progress"));
    if !server::serve(listener, app, shutdown, GRACE).await? {
        warn!("requests were cut off; the service repeats their deliveries");
    }
    Ok(())
}

async fn receive(
    State(shared): State<Arc<(Store, Trust, Semaphore)>>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
    body: Body,
) -> StatusCode {
    let (store, Trust { verifier, token }, bodies) = &*shared;
    let given = query.get("token").map_or("", String::as_str);
    if token.as_ref().is_some_and(|token| !token.matches(given)) {
        warn!("rejected: the token in the URL is missing or wrong");
        return StatusCode::UNAUTHORIZED;
    }
    let signature = headers.get(SIGNATURE_HEADER).map_or(&[][..], HeaderValue::as_bytes);
    let verify = |body: &[u8]| verifier.as_ref().map(|verifier| verifier.verify(signature, body));
    // Anyone can send a large body, so it is read only if its signature has the right form.
    if let Some(Err(error @ (VerifyError::NoSecret | VerifyError::NoSignature))) = verify(&[]) {
        warn!("rejected: {error}");
        return StatusCode::UNAUTHORIZED;
    }
    let read = async { (bodies.acquire().await, to_bytes(body, MAX_BODY_BYTES).await) };
    let Ok((_permit, Ok(body))) = timeout(GRACE, read).await else {
        warn!("rejected: the body is larger than {MAX_BODY_BYTES} bytes or did not arrive in time");
        return StatusCode::REQUEST_TIMEOUT;
    };
    let event = match verify(&body) {
        None => Event::from_unverified(&body),
        Some(Ok(event)) => event,
        Some(Err(error)) => {
            warn!("rejected: {error}");
            return StatusCode::UNAUTHORIZED;
        }
    };
    let (id, stage, reason) = match &event {
        Event::MessageSent(event) => (&event.data.id, Stage::Sent, None),
        Event::MessageDelivered(event) => (&event.data.id, Stage::Delivered, None),
        Event::MessageRead(event) => (&event.data.id, Stage::Read, None),
        Event::MessageFailed(event) => {
            let code = event.data.error_code.as_ref().map(ToString::to_string);
            let reason: Vec<_> = event.data.error.clone().into_iter().chain(code).collect();
            (&event.data.id, Stage::Failed, Some(reason.join(": ")))
        }
        Event::Unknown(UnknownEvent { name, problem: Some(problem), .. }) => {
            warn!(name, problem, "ignored an event that cannot be decoded");
            return StatusCode::OK;
        }
        _ => return StatusCode::OK,
    };
    let delivery = format!("{} {id}", event.name());
    match within_time(store.receive(&delivery, id, stage, reason.as_deref())).await {
        Ok(_) => StatusCode::OK,
        // The service repeats the delivery.
        Err(problem) => {
            error!(delivery, "cannot store a delivery: {problem:#}");
            StatusCode::SERVICE_UNAVAILABLE
        }
    }
}

#[cfg(test)]
#[path = "receiver_tests.rs"]
mod tests;
