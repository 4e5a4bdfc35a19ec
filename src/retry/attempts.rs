//! Runs the attempts of one call until one succeeds or the policy stops.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::Rules;
use crate::error::{Call, Error};
use crate::rate_limit::slots::Slot;
use crate::telemetry::{waited, waiting};

/// Runs `attempt` as often as the policy allows. `attempt` receives its number, starting at
/// 1, and the time that the call has left, which it must not exceed. `random` returns numbers
/// between 0 and 1.
///
/// Returns the value of the last attempt, the call with its number of attempts, and the slot,
/// which is held until the response has been read. The error of the last attempt contains the
/// call.
pub(crate) async fn run<T, Attempt: Future<Output = Result<T, Error>>>(
    rules: Rules<'_>,
    mut call: Call,
    random: impl Fn() -> f64,
    mut attempt: impl FnMut(u32, Duration) -> Attempt,
) -> Result<(T, Call, Slot), Error> {
    let start = Instant::now();
    let time_left = || rules.policy.time_left(start.elapsed());
    let mut failure: Option<Error> = None;
    // The attempts that only polled the outcome of an earlier one.
    let mut polls = 0;
    let mut since = start;
    loop {
        let (sent_at, slot) = match rules.admit(since, time_left).await {
            Ok(admitted) => admitted,
            Err(error) => return Err(not_retried(failure, since, error.with_call(call))),
        };
        call.attempts += 1;
        let mut error = match attempt(call.attempts, time_left()).await {
            Ok(value) => {
                rules.succeeded(sent_at);
                return Ok((value, call, slot));
            }
            Err(error) => error.with_call(call.clone()),
        };
        drop(slot);
        since = Instant::now();
        polls += u32::from(error.awaits_earlier_attempt());
        let Some(wait) = rules.failed(&mut error, polls, sent_at, time_left(), random()) else {
            return Err(error);
        };
        if !wait.is_zero() {
            waiting("retry", wait);
            sleep(wait).await;
            waited("retry", wait);
        }
        call.earlier_uncertain |= error.is_uncertain();
        failure = Some(error);
    }
}

/// The error of a call that cannot make its next attempt because of `error`: the failure of
/// its last attempt, if any, with the rest of the wait that began at `since`.
fn not_retried(failure: Option<Error>, since: Instant, error: Error) -> Error {
    let Some(failure) = failure else { return error };
    let requested = failure.retry_after().unwrap_or_default().saturating_sub(since.elapsed());
    let left = requested.max(error.retry_after().unwrap_or_default());
    failure.with_retry_after((!left.is_zero()).then_some(left))
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
