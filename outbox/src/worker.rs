//! Sends the messages that are due.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context, Result};
use clap::{Args, value_parser};
use futures_util::FutureExt;
use pilot_status::types::MessageRequest;
use pilot_status::{Client, Error, ErrorKind as Kind, RetryPolicy};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tracing::{info, warn};

use crate::general_error::{concerns_all, is_of_another_server};
use crate::store::{Leased, Message, Outcome, Store, within_time};

/// The longest use of an idempotency key. The service forgets keys after 24 hours, and a later
/// attempt could send the message twice.
const KEY_LIFETIME: Duration = Duration::from_secs(23 * 3600);

/// The number of attempts after which a message fails. With the default backoff, they take 11
/// hours.
const MAX_ATTEMPTS: i64 = 100;

/// The number of leases without a stored outcome after which a message fails: it may crash the
/// workers.
const MAX_LOST_LEASES: i64 = 20;

/// The longest wait for the database at shutdown.
const GRACE: Duration = Duration::from_secs(2);

/// The interval at which a worker looks for due messages.
const POLL: Duration = Duration::from_millis(250);

#[derive(Args, Clone, Copy, Debug)]
pub struct Settings {
    /// The number of messages to send concurrently: at most 100, the limit of a client
    #[arg(long, default_value_t = 8, value_parser = value_parser!(u16).range(1..=100))]
    pub concurrency: u16,
    /// Seconds until another worker takes the messages of a worker that crashed
    ///
    /// A call takes at most half of this time.
    #[arg(long, default_value_t = 60, value_parser = value_parser!(u16).range(2..=3600))]
    pub lease: u16,
    /// The longest wait between attempts to send a message, in seconds
    #[arg(long, default_value_t = 600, value_parser = value_parser!(u16).range(1..))]
    pub max_backoff: u16,
    /// Exit when every message is sent or has failed
    #[arg(long)]
    pub drain: bool,
}

/// Sends messages until `shutdown` completes. Calls in progress may finish within half a lease,
/// and the leases of the others are released.
///
/// # Errors
///
/// If every message would fail: the base URL is wrong, or the service rejects the account. If the
/// leases cannot be released.
pub async fn run(
    store: &Store,
    client: &Client,
    settings: Settings,
    shutdown: impl Future<Output = ()>,
) -> Result<()> {
    let lease = Duration::from_secs(settings.lease.into());
    let total = lease / 2;
    // The row counts the attempts and stores the backoff.
    let policy = RetryPolicy::default().max_attempts(1).total_timeout(total);
    let worker = Arc::new(Worker {
        store: store.clone(),
        client: client.with_retry(policy),
        owner: format!("{}-{:016x}", std::process::id(), fastrand::u64(..)),
        max_backoff: Duration::from_secs(settings.max_backoff.into()),
        has_accepted: AtomicBool::new(false),
    });
    let mut calls = JoinSet::new();
    let shutdown = shutdown.shared();
    let work = async {
        loop {
            let free = usize::from(settings.concurrency) - calls.len();
            match within_time(store.lease(&worker.owner, lease, free)).await {
                Ok(leased) => leased.into_iter().for_each(|leased| {
                    calls.spawn(Arc::clone(&worker).send(leased));
                }),
                // The database may be restarting.
                Err(error) => warn!("cannot lease messages, retrying: {error:#}"),
            }
            let is_idle = settings.drain && calls.is_empty();
            if is_idle && within_time(store.has_queued()).await.is_ok_and(|queued| !queued) {
                break Ok(());
            }
            tokio::select! {
                () = shutdown.clone() => break Ok(()),
                Some(call) = calls.join_next() => if let Ok(Err(error)) = call { break Err(error) },
                () = sleep(POLL) => {}
            }
        }
    };
    let ended = tokio::select! {
        ended = work => ended,
        // The database does not respond. A lease that it still grants expires.
        () = async { shutdown.clone().await; sleep(GRACE).await } => Ok(()),
    };
    info!(calls = calls.len(), "stopping after the calls in progress");
    let finish = async { while calls.join_next().await.is_some() {} };
    if timeout(total, finish).await.is_err() {
        warn!("calls were cut off; their messages will be sent again under the same keys");
    }
    calls.shutdown().await;
    let released = timeout(GRACE, store.release(&worker.owner)).await.map_err(Into::into).flatten();
    ended.context("every message would fail; check the base URL, the key and the account")?;
    let released = released.context("cannot release the leases; they will expire")?;
    info!(released, "stopped");
    Ok(())
}

struct Worker {
    store: Store,
    client: Client,
    owner: String,
    max_backoff: Duration,
    /// Whether the service accepted a message of this worker.
    has_accepted: AtomicBool,
}

impl Worker {
    /// Sends a message and stores the outcome. Returns errors that concern all messages.
    async fn send(self: Arc<Self>, leased: Leased) -> Result<(), Error> {
        let key = &leased.message.key;
        let (mut outcome, error) = self.attempt(&leased).await;
        if let Outcome::Failed { reason } = &mut outcome
            && leased.is_retry
        {
            *reason += "; an earlier attempt may have taken effect; check with the recipient";
        }
        match &outcome {
            Outcome::Accepted { message_id } => info!(key, message_id, "accepted"),
            Outcome::Later { wait, .. } => info!(key, ?wait, "postponed"),
            Outcome::Failed { reason } => warn!(key, reason, "failed"),
        }
        if let Err(error) = within_time(self.store.finish(&self.owner, &leased, &outcome)).await {
            // The next attempt has the same key, and gets the stored response.
            warn!(key, "cannot store the outcome, so the message will be sent again: {error:#}");
        }
        error.map_or(Ok(()), Err)
    }

    /// Returns the outcome, and the error if it concerns all messages.
    async fn attempt(&self, leased: &Leased) -> (Outcome, Option<Error>) {
        let failed = |reason| (Outcome::Failed { reason }, None);
        if leased.uncertain_for > KEY_LIFETIME {
            return failed("the service has forgotten its idempotency key".to_owned());
        }
        if let leases @ MAX_LOST_LEASES.. = leased.lost_leases {
            return failed(format!("{leases} leases ended without a stored outcome; see the logs"));
        }
        let attempts = leased.attempts;
        let wait = Duration::from_secs(1 << (attempts.clamp(1, 16) - 1)).min(self.max_backoff);
        match AssertUnwindSafe(self.call(&leased.message)).catch_unwind().await {
            Ok(Ok(message_id)) => {
                self.has_accepted.store(true, Ordering::Relaxed);
                (Outcome::Accepted { message_id }, None)
            }
            Ok(Err(error)) => self.after(error, attempts, wait),
            Err(_) if attempts >= MAX_ATTEMPTS => {
                failed(format!("the worker panicked, see its log ({attempts} attempts)"))
            }
            Err(_) => (Outcome::Later { wait, is_counted: true, is_uncertain: true }, None),
        }
    }

    async fn call(&self, message: &Message) -> Result<String, Error> {
        let request =
            MessageRequest::builder().destination_number(&message.recipient).text(&message.body);
        let call = self.client.send_message().idempotency_key(&message.key).body(request);
        Ok(call.send().await?.into_inner().id)
    }

    /// Returns the outcome of a failed attempt, and the error if it concerns all messages.
    /// `backoff` is the longest wait.
    fn after(&self, error: Error, attempts: i64, backoff: Duration) -> (Outcome, Option<Error>) {
        // Once a message was accepted, the base URL is right: a firewall may reject this text.
        let is_firewall = is_of_another_server(&error) && self.has_accepted.load(Ordering::Relaxed);
        let concerns_all = concerns_all(&error) && !is_firewall;
        // A failure of the account or of the service, not of the message.
        let is_general = concerns_all || matches!(error.kind(), Kind::RateLimited | Kind::Connect);
        // The key makes a retry safe if the service may have processed the attempt, even if it
        // reported success in a response that cannot be read. A retry gets the stored response.
        let is_uncertain = error.may_have_taken_effect();
        let is_transient = is_general || is_firewall || is_uncertain || error.is_retryable();
        if !is_transient || (attempts >= MAX_ATTEMPTS && !is_general) {
            return (Outcome::Failed { reason: error.to_string() }, None);
        }
        // The client sends no call while the service limits the rate.
        let was_sent = error.attempts() > 0;
        let backoff = if was_sent { backoff } else { Duration::from_secs(1) };
        let jitter = backoff.mul_f64(fastrand::f64() * 0.5);
        let wait = error.retry_after().unwrap_or(backoff / 2).saturating_add(jitter);
        // A row that waits for more than a day is due at once.
        let wait = wait.min(KEY_LIFETIME);
        // An outage must not use up the attempts of the message.
        let is_counted = was_sent && !(is_general && attempts > MAX_ATTEMPTS / 2);
        (Outcome::Later { wait, is_counted, is_uncertain }, concerns_all.then_some(error))
    }
}

#[cfg(test)]
#[path = "worker_tests.rs"]
mod tests;
