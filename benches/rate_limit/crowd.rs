//! Many calls at once.

use std::error::Error;
use std::time::Duration;

use pilot_status::types::Number;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

/// How many calls begin at once.
pub const CALLS: u32 = 1_000;

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

/// Sends all calls at once, each in a task of its own, and waits for their end.
pub async fn run<Call>(call: impl Fn() -> Call) -> Outcome
where
    Call: Future<Output = Result<Vec<Number>, Failure>> + Send + 'static,
{
    let start = Instant::now();
    let deadline = start + PATIENCE;
    let mut tasks = JoinSet::new();
    for _ in 0..CALLS {
        let call = call();
        tasks.spawn(async move {
            match timeout_at(deadline, call).await?? {
                numbers if numbers.is_empty() => Err(Failure::from("no number in the answer")),
                _ => Ok(()),
            }
        });
    }
    let mut outcome = Outcome { time: Duration::ZERO, failures: 0, failure: None };
    while let Some(ended) = tasks.join_next().await {
        if let Err(failure) = ended.map_err(Failure::from).flatten() {
            outcome.failures += 1;
            outcome.failure = Some(failure);
        }
    }
    outcome.time = start.elapsed();
    outcome
}
