//! Receives the deliveries of a webhook.

use std::collections::HashMap;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::routing::post;
use pilot_status::webhooks::{AddressToken, Event, SIGNATURE_HEADER, Verifier};
use tokio::net::TcpListener;
use tracing::{debug, warn};

use crate::store::{Stage, Store};

/// A file of 25 MB in Base64, and the JSON around it.
const MAX_BODY_BYTES: usize = 40 << 20;

/// How deliveries are authenticated. With a verifier and a token, both have to match.
#[derive(Clone, Default)]
pub struct Trust {
    pub verifier: Option<Verifier>,
    pub token: Option<AddressToken>,
}

impl Trust {
    pub fn from_env() -> Result<Self> {
        let trust = Self {
            verifier: variable("PILOT_STATUS_WEBHOOK_SECRET")?.map(Verifier::new),
            token: variable("PILOT_STATUS_WEBHOOK_TOKEN")?.map(AddressToken::new),
        };
        ensure!(
            trust.verifier.is_some() || trust.token.is_some(),
            "anybody could send deliveries; set PILOT_STATUS_WEBHOOK_SECRET to the secret of the \
             webhook, or PILOT_STATUS_WEBHOOK_TOKEN to the token in its address"
        );
        Ok(trust)
    }
}

fn variable(name: &str) -> Result<Option<String>> {
    let Some(value) = std::env::var_os(name) else { return Ok(None) };
    let value = value.into_string().ok().filter(|value| !value.trim().is_empty());
    value.map(Some).with_context(|| format!("{name} is blank or not UTF-8; set or remove it"))
}

/// Serves `POST /webhook` until `shutdown`, then finishes the requests in progress.
pub async fn serve(
    listener: TcpListener,
    store: Store,
    trust: Trust,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<()> {
    let app = Router::new()
        .route("/webhook", post(receive))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .with_state(Arc::new((store, trust)));
    Ok(axum::serve(listener, app).with_graceful_shutdown(shutdown).await?)
}

async fn receive(
    State(shared): State<Arc<(Store, Trust)>>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let (store, expected) = &*shared;
    let given = query.get("token").map_or("", String::as_str);
    if expected.token.as_ref().is_some_and(|token| !token.matches(given)) {
        warn!("rejected: the token in the address is missing or wrong");
        return StatusCode::UNAUTHORIZED;
    }
    let event = match &expected.verifier {
        None => Event::from_unverified(&body),
        Some(verifier) => {
            let signature = headers.get(SIGNATURE_HEADER).map_or(&[][..], HeaderValue::as_bytes);
            match verifier.verify(signature, &body) {
                Ok(event) => event,
                Err(error) => {
                    warn!("rejected: {error}");
                    return StatusCode::UNAUTHORIZED;
                }
            }
        }
    };
    let Some((message_id, stage, reason)) = progress(&event) else {
        debug!(name = event.name(), "ignored");
        return StatusCode::OK;
    };
    let delivery = format!("{} {message_id}", event.name());
    match store.receive(&delivery, &message_id, stage, reason.as_deref()).await {
        Ok(is_new) => {
            debug!(delivery, is_new, "received");
            StatusCode::OK
        }
        // The service delivers it again.
        Err(problem) => {
            tracing::error!(delivery, "cannot store a delivery: {problem:#}");
            StatusCode::SERVICE_UNAVAILABLE
        }
    }
}

/// The message of an event, its stage, and why it failed. None for events that are no progress
/// of a message.
fn progress(event: &Event) -> Option<(String, Stage, Option<String>)> {
    let stage = match event {
        Event::MessageSent(_) => Stage::Sent,
        Event::MessageDelivered(_) => Stage::Delivered,
        Event::MessageRead(_) => Stage::Read,
        Event::MessageFailed(_) => Stage::Failed,
        _ => return None,
    };
    let json = event.json();
    // The second name is that of older versions.
    let field = |names: [&str; 2]| {
        names.iter().find_map(|name| Some(json["data"][*name].as_str()?.to_owned()))
    };
    let id = field(["id", "internalMessageId"]).filter(|id| !id.is_empty())?;
    Some((id, stage, field(["error", "errorMessage"])))
}

#[cfg(test)]
#[path = "receiver_tests.rs"]
mod tests;
