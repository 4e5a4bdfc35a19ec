//! Attempts at one call, until one succeeds or the policy gives up.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::{Budget, RetryPolicy};
use crate::error::{Error, ErrorKind};
use crate::operation::RetryAdvice;
use crate::rate_limit::slots::{Slot, Slots, settle_connections};
use crate::rate_limit::{LONGEST_PAUSE, RequestQueue};
use crate::telemetry::{Cause, waited};

/// What decides how often a call is tried, and when.
#[derive(Clone, Copy)]
pub(crate) struct Rules<'c> {
    pub(crate) policy: RetryPolicy,
    /// Whether the request may be done twice.
    pub(crate) repeatable: bool,
    /// Where the call waits while the operation is paused.
    pub(crate) queue: Option<&'c RequestQueue>,
    /// What pays for repeating it after faults.
    pub(crate) budget: Option<&'c Budget>,
    /// Where an attempt takes its slot.
    pub(crate) slots: &'c Slots,
}

/// Runs `attempt` as often as the policy allows. It gets its number, starting at 1, and
/// the time that the call has left, and has to end within that. `random` gives numbers
/// between 0 and 1.
///
/// The error of the last attempt comes back, with the number of attempts and whether an
/// earlier one may have taken effect.
#[allow(clippy::manual_async_fn, reason = "an `async fn` has room for each argument twice")]
pub(crate) fn run<T, Attempt>(
    rules: Rules<'_>,
    random: impl Fn() -> f64,
    mut attempt: impl FnMut(u32, Duration) -> Attempt,
) -> impl Future<Output = Result<Success<T>, Error>>
where
    Attempt: Future<Output = Result<T, Error>>,
{
    async move {
        let start = Instant::now();
        let time_left = || rules.policy.time_left(start.elapsed());
        let mut attempts = 0;
        let mut failure: Option<Error> = None;
        let mut earlier_uncertain = false;
        // The attempts that only asked for the outcome of an earlier one.
        let mut polls = 0;
        let mut since = start;
        loop {
            let admission = async {
                match rules.queue {
                    Some(queue) => queue.admit(since, time_left()).await,
                    None => Ok(Instant::now()),
                }
            };
            let (sent_at, slot) = match rules.slots.take_at(admission, time_left).await {
                Ok(taken) => taken,
                Err(error) => return Err(given_up(failure, since, error)),
            };
            if !rules.repeatable {
                // A request that is written to a connection that the server has closed is
                // lost, and nothing says whether the server processed it.
                settle_connections().await;
            }
            if time_left().is_zero() {
                // A blocked or suspended program oversleeps its waits.
                return Err(given_up(failure, since, not_sent_in_time()));
            }
            attempts += 1;
            let error = match attempt(attempts, time_left()).await {
                Ok(value) => {
                    rules.succeeded(sent_at);
                    return Ok(Success { value, attempts, earlier_uncertain, slot });
                }
                Err(error) => {
                    error.attempts_made(attempts).after_uncertain_attempt(earlier_uncertain)
                }
            };
            drop(slot);
            since = Instant::now();
            polls += u32::from(error.awaits_earlier_attempt());
            match rules.failed(&error, polls, sent_at, time_left(), random()) {
                Some(Duration::ZERO) => {}
                Some(wait) => {
                    sleep(wait).await;
                    waited(Cause::Retry, wait);
                }
                None => return Err(error),
            }
            earlier_uncertain |= error.is_uncertain();
            failure = Some(error);
        }
    }
}

/// The total time ran out before the first attempt.
fn not_sent_in_time() -> Error {
    Error::new(ErrorKind::Timeout).detail("not sent, since the total time ran out before")
}

/// The error of a call that is not sent again because of `error`: that of its last attempt,
/// if it made one, with what is left of the wait `since` then.
fn given_up(failure: Option<Error>, since: Instant, error: Error) -> Error {
    let Some(failure) = failure else { return error };
    let asked = failure.retry_after().unwrap_or_default().saturating_sub(since.elapsed());
    let left = asked.max(error.retry_after().unwrap_or_default());
    failure.asked_to_wait((!left.is_zero()).then_some(left))
}

impl Rules<'_> {
    /// An attempt that sent_at at `sent_at` succeeded.
    fn succeeded(&self, sent_at: Instant) {
        if let Some(queue) = self.queue {
            queue.on_success(sent_at);
        }
        if let Some(budget) = self.budget {
            budget.refill();
        }
    }

    /// An attempt that sent_at at `sent_at` failed: how long to wait before the next, if there is
    /// to be one.
    fn failed(
        &self,
        error: &Error,
        polls: u32,
        sent_at: Instant,
        time_left: Duration,
        random: f64,
    ) -> Option<Duration> {
        let wait = self.policy.wait(error, self.repeatable, polls, time_left, random);
        let is_rejected = error.kind() == ErrorKind::RateLimited;
        if !is_rejected || error.advice() == Some(RetryAdvice::OnlyThisCall) {
            if let Some(queue) = self.queue.filter(|_| error.status().is_some()) {
                queue.on_success(sent_at);
            }
            let is_free = is_rejected || error.is_in_progress();
            return wait.filter(|_| is_free || self.budget.is_none_or(Budget::try_withdraw));
        }
        let Some(queue) = self.queue else {
            return wait;
        };
        let is_paused = queue.on_rejected(sent_at, error.retry_after(), random);
        // It waits in the queue until the pause is over.
        wait.map(|wait| if is_paused && wait <= LONGEST_PAUSE { Duration::ZERO } else { wait })
    }
}

/// What an attempt gave, and how many it took.
#[derive(Debug)]
pub(crate) struct Success<T> {
    pub(crate) value: T,
    pub(crate) attempts: u32,
    /// Whether an attempt before the last may have taken effect.
    pub(crate) earlier_uncertain: bool,
    /// To be held until the response has been read.
    pub(crate) slot: Slot,
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;
    use std::cell::{Cell, RefCell};
    use std::sync::LazyLock;

    use http::{Method, StatusCode};
    use proptest::prelude::*;

    use super::*;
    use crate::credentials::number_scope::NumberScope;
    use crate::operation::Operation;
    use crate::rate_limit::Pacing;
    use crate::retry::Shared;
    use crate::types::{ApiError, ErrorCode};

    /// What a server does with one attempt: takes some time and answers.
    #[derive(Clone, Copy)]
    struct Reply {
        after: Duration,
        status: u16,
        retry_after: Option<Duration>,
    }

    fn reply(status: u16, retry_after: Option<u64>) -> Reply {
        Reply { after: Duration::ZERO, status, retry_after: retry_after.map(Duration::from_secs) }
    }

    static UNLIMITED: LazyLock<Slots> = LazyLock::new(|| Slots::new(usize::MAX));

    /// A call that shares nothing with others.
    fn alone(policy: RetryPolicy, repeatable: bool) -> Rules<'static> {
        Rules { policy, repeatable, queue: None, budget: None, slots: &UNLIMITED }
    }

    /// Runs a script of replies, the last of which repeats; says when, in
    /// milliseconds, each attempt began and when the call ended.
    async fn run_script(
        policy: RetryPolicy,
        random: f64,
        script: &[Reply],
    ) -> (Result<u32, Error>, Vec<u128>, u128) {
        let start = Instant::now();
        let begun = RefCell::new(Vec::new());
        let next = Cell::new(0);
        let outcome = run(
            alone(policy, false),
            || random,
            |_, _| {
                let Reply { after, status, retry_after } = script[next.get().min(script.len() - 1)];
                next.set(next.get() + 1);
                begun.borrow_mut().push(start.elapsed().as_millis());
                async move {
                    sleep(after).await;
                    match status {
                        200 => Ok(()),
                        _ => Err(Error::of_status(StatusCode::from_u16(status).unwrap())
                            .asked_to_wait(retry_after)),
                    }
                }
            },
        )
        .await
        .map(|success| success.attempts);
        let end = start.elapsed().as_millis();
        (outcome, begun.into_inner(), end)
    }

    #[tokio::test(start_paused = true)]
    async fn a_rejected_call_is_sent_again_when_the_server_said() {
        let (outcome, begun, _) = run_script(
            RetryPolicy::default(),
            0.0,
            &[reply(429, Some(1)), reply(429, Some(7)), reply(200, None)],
        )
        .await;
        assert_eq!(outcome.unwrap(), 3);
        assert_eq!(begun, [0, 1000, 8000]);
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_hint_the_wait_doubles() {
        let (outcome, begun, _) =
            run_script(RetryPolicy::default(), 1.0, &[reply(429, None)]).await;
        let error = outcome.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::RateLimited, 4));
        assert_eq!(begun, [0, 500, 1500, 3500]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_wait_that_would_pass_the_total_is_not_begun() {
        for (hint, attempts) in [(59, 2), (60, 1), (61, 1), (u64::MAX, 1)] {
            let (outcome, _, end) =
                run_script(RetryPolicy::default(), 0.0, &[reply(429, Some(hint))]).await;
            let error = outcome.unwrap_err();
            assert_eq!(error.attempts(), attempts, "{hint}");
            assert_eq!(error.retry_after(), Some(Duration::from_secs(hint)));
            assert_eq!(end, if attempts == 1 { 0 } else { 59_000 }, "{hint}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_time_that_attempts_take_counts() {
        let slow = Reply {
            after: Duration::from_secs(20),
            status: 429,
            retry_after: Some(Duration::from_secs(15)),
        };
        let (outcome, begun, end) = run_script(RetryPolicy::default(), 0.0, &[slow]).await;
        assert_eq!(outcome.unwrap_err().attempts(), 2);
        assert_eq!((begun, end), (vec![0, 35_000], 55_000));
    }

    #[tokio::test(start_paused = true)]
    async fn an_attempt_is_told_how_much_time_is_left() {
        let left = RefCell::new(Vec::new());
        let attempt = |_, time| {
            left.borrow_mut().push(time);
            async { Err::<(), _>(Error::of_status(StatusCode::TOO_MANY_REQUESTS)) }
        };
        run(alone(RetryPolicy::default(), false), || 1.0, attempt).await.unwrap_err();
        assert_eq!(left.into_inner(), [60_000, 59_500, 58_500, 56_500].map(Duration::from_millis));
    }

    #[tokio::test(start_paused = true)]
    async fn no_policy_sends_once() {
        for policy in [
            RetryPolicy::none(),
            RetryPolicy::default().max_attempts(1),
            RetryPolicy::default().max_attempts(0),
        ] {
            let (outcome, begun, _) = run_script(policy, 1.0, &[reply(429, Some(0))]).await;
            assert_eq!((outcome.unwrap_err().attempts(), begun), (1, vec![0]));
        }
    }

    /// An error as the server reports it, with a code.
    fn coded(status: u16, code: &str) -> Error {
        Error::of_status(StatusCode::from_u16(status).unwrap()).said(ApiError {
            error: None,
            code: Some(ErrorCode::from(code)),
            extra: serde_json::Map::new(),
        })
    }

    /// A call that breaks once, and of which the server then says that it is in progress,
    /// until it has lasted some time.
    async fn run_in_progress(
        policy: RetryPolicy,
        breaks: bool,
        lasts: Duration,
    ) -> (Result<u32, Error>, Duration) {
        let start = Instant::now();
        let attempt = async |attempt, _| match attempt {
            1 if breaks => Err(Error::new(ErrorKind::Interrupted)),
            9 => Err(Error::of_status(StatusCode::SERVICE_UNAVAILABLE)),
            _ if start.elapsed() < lasts => Err(coded(409, "IDEMPOTENCY_KEY_IN_USE")
                .asked_to_wait((attempt % 2 == 0).then_some(Duration::ZERO))),
            _ => Ok(()),
        };
        let outcome = run(alone(policy, true), fastrand::f64, attempt).await;
        (outcome.map(|success| success.attempts), start.elapsed())
    }

    #[tokio::test(start_paused = true)]
    async fn the_outcome_of_an_earlier_attempt_is_waited_for() {
        let policy = RetryPolicy::default();
        for lasts in [0, 3, 20, 50].map(Duration::from_secs) {
            let (outcome, took) = run_in_progress(policy, true, lasts).await;
            outcome.unwrap();
            assert!(took < lasts + Duration::from_secs(5), "{took:?}");
        }
        let (outcome, took) = run_in_progress(policy, true, Duration::MAX).await;
        let error = outcome.unwrap_err();
        assert_eq!((error.kind(), error.awaits_earlier_attempt()), (ErrorKind::Conflict, true));
        let total = Duration::from_secs(60);
        assert!(took > total.saturating_sub(Duration::from_secs(5)) && took <= total, "{took:?}");
        // However the policy is set, the server is not flooded.
        let hasty = policy.backoff(Duration::ZERO, Duration::ZERO);
        let (outcome, _) = run_in_progress(hasty, true, Duration::MAX).await;
        assert!(outcome.unwrap_err().attempts() < 700);
    }

    #[tokio::test(start_paused = true)]
    async fn another_call_under_the_key_is_waited_for_as_any_failure() {
        let (outcome, took) = run_in_progress(RetryPolicy::default(), false, Duration::MAX).await;
        assert_eq!(outcome.unwrap_err().attempts(), 4);
        assert!(took < Duration::from_secs(4), "{took:?}");
    }

    /// Lets much more time pass than a call waits for, as when its executor is blocked.
    #[tokio::test(start_paused = true)]
    async fn a_wait_that_overslept_sends_nothing() {
        for overslept in [60, 61, 3600].map(Duration::from_secs) {
            let sent = Cell::new(0);
            let call = run(
                alone(RetryPolicy::default(), true),
                || 1.0,
                |_, _| {
                    sent.set(sent.get() + 1);
                    async { Err::<(), _>(Error::of_status(StatusCode::BAD_GATEWAY)) }
                },
            );
            let (outcome, ()) = tokio::join!(call, tokio::time::advance(overslept));
            let error = outcome.unwrap_err();
            assert_eq!(error.status(), Some(StatusCode::BAD_GATEWAY));
            assert_eq!((error.attempts(), sent.get()), (1, 1), "{overslept:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_without_time_is_not_sent() {
        let policy = RetryPolicy::default().total_timeout(Duration::ZERO);
        let (outcome, begun, _) = run_script(policy, 1.0, &[reply(200, None)]).await;
        let error = outcome.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Timeout, 0), "{error}");
        assert_eq!(begun, [0; 0]);
    }

    fn writing() -> Cow<'static, Operation> {
        Cow::Owned(Operation { method: Method::POST, ..Operation::ODD })
    }

    #[tokio::test(start_paused = true)]
    async fn every_later_outcome_tells_of_an_uncertain_attempt() {
        let uncertain = || {
            vec![
                Error::new(ErrorKind::Timeout),
                Error::new(ErrorKind::Interrupted),
                Error::of_status(StatusCode::REQUEST_TIMEOUT),
                Error::of_status(StatusCode::SERVICE_UNAVAILABLE),
            ]
        };
        let certain = || {
            vec![Error::new(ErrorKind::Connect), Error::of_status(StatusCode::TOO_MANY_REQUESTS)]
        };
        for (first, is_uncertain) in uncertain()
            .into_iter()
            .map(|error| (error, true))
            .chain(certain().into_iter().map(|error| (error, false)))
        {
            for last in [401, 403, 404, 409, 200] {
                let attempt = async |attempt, _| match (attempt, last) {
                    (1, _) => Err(first.clone()),
                    (_, 200) => Ok(()),
                    _ => Err(Error::of_status(StatusCode::from_u16(last).unwrap())),
                };
                let told = match run(alone(RetryPolicy::default(), true), || 0.0, attempt).await {
                    Ok(success) => success.earlier_uncertain,
                    Err(error) => error.in_operation(writing()).may_have_taken_effect(),
                };
                assert_eq!(told, is_uncertain, "{first} {last}");
            }
        }
    }

    /// A server that does anything, for any policy.
    #[derive(Clone, Debug)]
    struct Script {
        max_attempts: u32,
        total: Duration,
        repeatable: bool,
        replies: Vec<(u64, u16, Option<u64>)>,
        random: f64,
        pacing: Pacing,
    }

    fn script() -> impl Strategy<Value = Script> {
        let status = prop::sample::select(vec![200, 404, 408, 429, 429, 429, 500, 502, 503, 504]);
        let hint = prop::option::of(prop_oneof![0..3_u64, 0..100_u64, any::<u64>()]);
        let reply = (0..40_000_u64, status, hint);
        let pacing = prop::sample::select(vec![Pacing::Off, Pacing::Pause]);
        let replies = prop::collection::vec(reply, 1..8);
        (0..8_u32, 0..120_000_u64, any::<bool>(), replies, 0.0..=1.0, pacing).prop_map(
            |(max_attempts, total, repeatable, replies, random, pacing)| Script {
                max_attempts,
                total: Duration::from_millis(total),
                repeatable,
                replies,
                random,
                pacing,
            },
        )
    }

    /// Runs one call of a script; says how many attempts it made and how long it
    /// took.
    async fn run_one(script: &Script, policy: RetryPolicy, shared: &Shared) -> (u32, Duration) {
        let start = Instant::now();
        let begun = Cell::new(0);
        let attempt = |_, time_left: Duration| {
            let (takes, status, hint) = script.replies[begun.get() % script.replies.len()];
            begun.set(begun.get() + 1);
            async move {
                let takes = Duration::from_millis(takes);
                sleep(takes.min(time_left)).await;
                match status {
                    _ if takes > time_left => Err(Error::new(ErrorKind::Timeout)),
                    200 => Ok(()),
                    _ => Err(Error::of_status(StatusCode::from_u16(status).unwrap())
                        .asked_to_wait(hint.map(Duration::from_secs))),
                }
            }
        };
        let operation = Operation::find("list_numbers").unwrap();
        let queue = policy.queue(shared, operation, &NumberScope::Any);
        let (repeatable, queue) = (script.repeatable, queue.as_deref());
        let rules = Rules { queue, budget: policy.budget(shared), ..alone(policy, repeatable) };
        let outcome = run(rules, || script.random, attempt).await;
        let said = match &outcome {
            Ok(success) => success.attempts,
            Err(error) => error.attempts(),
        };
        assert_eq!(said as usize, begun.get());
        (said, start.elapsed())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1000))]
        #[test]
        fn no_call_passes_its_total_time_or_its_attempts(scripts in [script(), script(), script()]) {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_time()
                .start_paused(true)
                .build()
                .unwrap();
            let [first, second, third] = &scripts;
            let policy = RetryPolicy::default()
                .max_attempts(first.max_attempts)
                .total_timeout(first.total)
                .pacing(first.pacing);
            let shared = policy.shared();
            let call = |script| run_one(script, policy, &shared);
            let (first, second, third) =
                runtime.block_on(async { tokio::join!(call(first), call(second), call(third)) });
            for (attempts, took) in [first, second, third] {
                prop_assert!(attempts <= scripts[0].max_attempts.max(1));
                prop_assert!(took <= scripts[0].total + Duration::from_millis(1), "{took:?}");
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_budget_bounds_what_is_repeated_after_faults() {
        for (status, policy, attempts) in [
            (503, RetryPolicy::default(), 100 + 100),
            (503, RetryPolicy::default().without_budget(), 400),
            (429, RetryPolicy::default(), 400),
        ] {
            let shared = policy.shared();
            let mut sent = 0;
            for _ in 0..100 {
                let reply = async |_, _| {
                    Err::<(), _>(Error::of_status(StatusCode::from_u16(status).unwrap()))
                };
                let rules = Rules { budget: policy.budget(&shared), ..alone(policy, true) };
                sent += run(rules, || 0.0, reply).await.unwrap_err().attempts();
            }
            assert_eq!(sent, attempts, "{status} {policy:?}");
        }
    }
}
