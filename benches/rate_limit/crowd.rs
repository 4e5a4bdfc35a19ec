//! Many concurrent calls.

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use pilot_status::types::Number;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

/// The deadline after which a call counts as failed: unbounded backoff can keep a few calls
/// waiting for hours.
const PATIENCE: Duration = Duration::from_secs(300);

pub type Failure = Box<dyn Error + Send + Sync>;

/// The result of a run.
pub struct Outcome {
    /// The time from just before the first call to the end of the last.
    pub time: Duration,
    pub failures: u32,
    /// One of the failures.
    pub failure: Option<Failure>,
}

/// Sends `calls` calls from `tasks` concurrent tasks and waits for all of them. Tasks take
/// calls from a shared count, so that no single task determines the total time.
pub async fn run<Call>(
    calls: u32,
    tasks: u32,
    call: impl Fn() -> Call + Clone + Send + 'static,
) -> Outcome
where
    Call: Future<Output = Result<Vec<Number>, Failure>> + Send + 'static,
{
    let start = Instant::now();
    let deadline = start + PATIENCE;
    // Every task makes at least one call.
    let left = Arc::new(AtomicU32::new(calls - tasks));
    let take = |left: &AtomicU32| {
        left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok()
    };
    let mut running = JoinSet::new();
    for _ in 0..tasks {
        let (call, left) = (call.clone(), Arc::clone(&left));
        running.spawn(async move {
            let mut failures = Vec::new();
            loop {
                match timeout_at(deadline, call()).await.map_err(Failure::from).flatten() {
                    Ok(numbers) if numbers.is_empty() => failures.push("no number".into()),
                    Ok(_) => {}
                    Err(failure) => failures.push(failure),
                }
                if !take(&left) {
                    return failures;
                }
            }
        });
    }
    let mut outcome = Outcome { time: Duration::ZERO, failures: 0, failure: None };
    while let Some(ended) = running.join_next().await {
        for failure in ended.unwrap_or_else(|error| vec![error.into()]) {
            outcome.failures += 1;
            outcome.failure = Some(failure);
        }
    }
    outcome.time = start.elapsed();
    outcome
}
