//! Many calls at once.

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use pilot_status::types::Number;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

/// A call that has not ended by then counts as failed: backoff without a bound
/// can keep a few waiting for hours.
const PATIENCE: Duration = Duration::from_secs(300);

pub type Failure = Box<dyn Error + Send + Sync>;

/// How a crowd of calls ended.
pub struct Outcome {
    /// From before the first call to the end of the last.
    pub time: Duration,
    pub failures: u32,
    /// What one of the failures was.
    pub failure: Option<Failure>,
}

/// Sends so many calls from so many tasks at once, and waits for their end. Each task sends
/// one call after another while any is left, so that no task decides how long all take.
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
    // Each task has its first call for sure.
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
