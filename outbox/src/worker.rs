//! Sends the messages that are due.

use std::pin::pin;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use pilot_status::types::MessageRequest;
use pilot_status::{Client, Error, ErrorKind, RetryPolicy};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tracing::{info, warn};

use crate::store::{Leased, Outcome, Store};

/// The service forgets idempotency keys after 24 hours. A later attempt could send the message
/// twice.
const KEY_LIFETIME: Duration = Duration::from_secs(23 * 3600);

/// After this many attempts a message fails, unless the service is rejecting or unreachable.
const MAX_ATTEMPTS: i64 = 20;

const MAX_BACKOFF: Duration = Duration::from_secs(600);

#[derive(Clone, Copy, Debug)]
pub struct Settings {
    pub concurrency: usize,
    /// A worker that is gone blocks its messages this long. A call takes at most half of it.
    pub lease: Duration,
    pub poll: Duration,
    /// End when all messages are sent or have failed.
    pub drain: bool,
}

/// What a task found: whether the whole worker has to stop.
type Verdict = Option<Error>;

/// Sends messages until `shutdown`. The calls in progress get half a lease to finish, and the
/// leases of the others are released.
///
/// # Errors
///
/// If the service rejects the account, so that every message would fail.
pub async fn run(
    store: &Store,
    client: &Client,
    settings: Settings,
    shutdown: impl Future<Output = ()>,
) -> Result<()> {
    let total = settings.lease / 2;
    let client = client.with_retry(RetryPolicy::default().total_timeout(total));
    let owner = format!("{}-{:016x}", std::process::id(), fastrand::u64(..));
    let mut calls = JoinSet::new();
    let mut shutdown = pin!(shutdown);
    let ended = loop {
        let free = settings.concurrency - calls.len();
        let leased = if free == 0 {
            Ok(Vec::new())
        } else {
            store.lease(&owner, settings.lease, free).await
        };
        let count = leased.as_ref().map_or(0, Vec::len);
        match leased {
            Ok(leased) => {
                for leased in leased {
                    calls.spawn(send(store.clone(), client.clone(), owner.clone(), leased));
                }
            }
            // The database may be restarting.
            Err(error) => warn!("cannot lease messages, next try in a moment: {error:#}"),
        }
        if settings.drain && count == 0 && calls.is_empty() && is_drained(store).await {
            break Ok(());
        }
        tokio::select! {
            () = &mut shutdown => break Ok(()),
            Some(ended) = calls.join_next() => match ended {
                Ok(None) => {}
                Ok(Some(error)) => break Err(error),
                Err(panic) => warn!("a call failed, its lease will end: {panic}"),
            },
            () = sleep(settings.poll), if count < free || free == 0 => {}
        }
    };
    let finish = async { while calls.join_next().await.is_some() {} };
    if timeout(total, finish).await.is_err() {
        warn!("calls were cut off; their messages are sent again under the same keys");
    }
    calls.shutdown().await;
    let released =
        store.release(&owner).await.context("cannot release the leases; they will end")?;
    info!(released, "stopped");
    match ended {
        Ok(()) => Ok(()),
        Err(error) => bail!("stopped, because every message would fail: {error}"),
    }
}

async fn is_drained(store: &Store) -> bool {
    store.counts().await.is_ok_and(|counts| counts.queued == 0)
}

async fn send(store: Store, client: Client, owner: String, leased: Leased) -> Verdict {
    let (outcome, verdict) = attempt(&client, &leased).await;
    let key = &leased.message.key;
    match &outcome {
        Outcome::Accepted { message_id } => info!(key, message_id, "accepted"),
        Outcome::Later { wait, .. } => info!(key, ?wait, "postponed"),
        Outcome::Failed { reason } => warn!(key, reason, "failed"),
    }
    if let Err(error) = store.finish(&owner, &leased, &outcome).await {
        // The next attempt has the same key, and gets the stored response.
        warn!(key, "cannot store the outcome, so the message is sent again: {error:#}");
    }
    verdict
}

async fn attempt(client: &Client, leased: &Leased) -> (Outcome, Verdict) {
    if leased.uncertain_for > KEY_LIFETIME {
        let reason = "an attempt a day ago may have taken effect, and the service has forgotten \
                      its idempotency key; check with the recipient before you send it again";
        return (Outcome::Failed { reason: reason.to_owned() }, None);
    }
    let message = &leased.message;
    let request =
        MessageRequest::builder().destination_number(&message.recipient).text(&message.body);
    let call = client.send_message().idempotency_key(&message.key).body(request);
    match call.send().await {
        Ok(sent) => (Outcome::Accepted { message_id: sent.into_inner().id }, None),
        Err(error) => {
            let outcome = after(&error, leased.attempts, fastrand::f64());
            (outcome, concerns_all(&error).then_some(error))
        }
    }
}

/// Whether the error concerns the account or the program, and not the message.
fn concerns_all(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Credentials
            | ErrorKind::Configuration
            | ErrorKind::Unauthorized
            | ErrorKind::PaymentRequired
    )
}

/// What to do after a failed attempt. `random` is between 0 and 1.
fn after(error: &Error, attempts: i64, random: f64) -> Outcome {
    let kind = error.kind();
    // Every failure of a server may be transient, and the key makes a repetition safe.
    let is_transient = error.is_retryable() || kind == ErrorKind::Server || concerns_all(error);
    let is_service = matches!(kind, ErrorKind::RateLimited | ErrorKind::Connect);
    if !is_transient || (attempts >= MAX_ATTEMPTS && !is_service && !concerns_all(error)) {
        return Outcome::Failed { reason: error.to_string() };
    }
    let doublings = u32::try_from(attempts.clamp(1, 16)).unwrap_or(16) - 1;
    let backoff = Duration::from_secs(1).saturating_mul(1 << doublings).min(MAX_BACKOFF);
    let wait = match error.retry_after() {
        Some(asked) => asked.saturating_add(backoff.mul_f64(random * 0.5)),
        None => backoff.mul_f64(0.5 + random * 0.5),
    };
    Outcome::Later { wait, is_uncertain: error.may_have_taken_effect() }
}

#[cfg(test)]
#[path = "worker_tests.rs"]
mod tests;
