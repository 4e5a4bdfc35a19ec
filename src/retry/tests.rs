//! How often attempts are made, and when.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::sync::LazyLock;

use http::{Method, StatusCode};
use proptest::prelude::*;

use super::*;
use crate::credentials::number_scope::NumberScope;
use crate::error::ErrorKind;
use crate::operation::Operation;
use crate::rate_limit::Pacing;
use crate::rate_limit::RequestQueues;
use crate::rate_limit::slots::Slots;
use crate::retry::{Budget, RetryPolicy};
use crate::types::{ApiError, ErrorCode};

/// The response to one attempt, after some time.
#[derive(Clone, Copy)]
struct Reply {
    after: Duration,
    status: u16,
    retry_after: Option<Duration>,
}

fn reply(status: u16, retry_after: Option<u64>) -> Reply {
    Reply { after: Duration::ZERO, status, retry_after: retry_after.map(Duration::from_secs) }
}

static UNLIMITED: LazyLock<Arc<Slots>> = LazyLock::new(|| Slots::new(usize::MAX));

/// The rules of a call that shares nothing with others.
fn alone(policy: RetryPolicy, repeatable: bool) -> Rules<'static> {
    let attempt_timeout = MAX_TIMEOUT;
    Rules { policy, attempt_timeout, repeatable, queue: None, budget: None, slots: &UNLIMITED }
}

fn writing() -> Call {
    Call::bare(Cow::Owned(Operation { method: Method::POST, ..Operation::odd() }), "")
}

/// Runs a call that writes.
async fn run<T, A: Future<Output = Result<T, Error>>>(
    rules: Rules<'_>,
    random: impl Fn() -> f64,
    attempt: impl FnMut(u32, Instant) -> A,
) -> Result<Call, Error> {
    super::run(&rules, writing(), random, attempt).await.map(|(_, call, _)| call)
}

/// Runs a script of replies, the last of which repeats. Returns when each attempt began
/// and when the call ended, in milliseconds.
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
                        .with_retry_after(retry_after)),
                }
            }
        },
    )
    .await
    .map(|call| call.attempts);
    let end = start.elapsed().as_millis();
    (outcome, begun.into_inner(), end)
}

#[tokio::test(start_paused = true)]
async fn a_rejected_call_is_retried_after_the_requested_wait() {
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
    let (outcome, begun, _) = run_script(RetryPolicy::default(), 1.0, &[reply(429, None)]).await;
    let error = outcome.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::RateLimited, 4));
    assert_eq!(begun, [0, 500, 1500, 3500]);
}

#[tokio::test(start_paused = true)]
async fn a_short_wait_is_at_least_as_long_as_requested() {
    let rejected = Reply { retry_after: Some(Duration::from_millis(400)), ..reply(429, None) };
    for (random, wait) in [(0.0, 400), (1.0, 500)] {
        let (_, begun, _) =
            run_script(RetryPolicy::default(), random, &[rejected, reply(200, None)]).await;
        assert_eq!(begun, [0, wait]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_wait_beyond_the_total_timeout_is_not_begun() {
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
async fn the_duration_of_attempts_counts_towards_the_total_timeout() {
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
async fn an_attempt_ends_at_its_timeout_or_the_deadline_of_the_call() {
    for (attempt_timeout, left) in [
        (Duration::MAX, [60_000, 59_500, 58_500, 56_500]),
        (Duration::from_secs(59), [59_000, 59_000, 58_500, 56_500]),
        (Duration::from_secs(1), [1_000; 4]),
    ] {
        let seen = RefCell::new(Vec::new());
        let attempt = |_, deadline: Instant| {
            seen.borrow_mut().push(deadline - Instant::now());
            async { Err::<(), _>(Error::of_status(StatusCode::TOO_MANY_REQUESTS)) }
        };
        let rules = Rules { attempt_timeout, ..alone(RetryPolicy::default(), false) };
        run(rules, || 1.0, attempt).await.err().unwrap();
        assert_eq!(seen.into_inner(), left.map(Duration::from_millis), "{attempt_timeout:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_policy_without_retries_sends_once() {
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
    Error::of_status(StatusCode::from_u16(status).unwrap()).with_server_message(ApiError {
        error: None,
        code: Some(ErrorCode::from(code)),
        extra: serde_json::Map::new(),
    })
}

/// A call that breaks once. Then the server reports for some time that it is in progress.
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
            .with_retry_after((attempt % 2 == 0).then_some(Duration::ZERO))),
        _ => Ok(()),
    };
    let outcome = run(alone(policy, true), fastrand::f64, attempt).await;
    (outcome.map(|call| call.attempts), start.elapsed())
}

#[tokio::test(start_paused = true)]
async fn the_outcome_of_an_earlier_attempt_is_polled() {
    let policy = RetryPolicy::default();
    for lasts in [0, 3, 20, 50].map(Duration::from_secs) {
        let (outcome, took) = run_in_progress(policy, true, lasts).await;
        outcome.unwrap();
        assert!(took < lasts + Duration::from_secs(5), "{took:?}");
    }
    let (outcome, took) = run_in_progress(policy, true, Duration::MAX).await;
    let error = outcome.unwrap_err();
    assert_eq!((error.kind(), error.is_in_progress()), (ErrorKind::Conflict, true));
    let total = Duration::from_secs(60);
    assert!(took > total.saturating_sub(Duration::from_secs(5)) && took <= total, "{took:?}");
    // No policy floods the server.
    let hasty = policy.backoff(Duration::ZERO, Duration::ZERO);
    let (outcome, _) = run_in_progress(hasty, true, Duration::MAX).await;
    assert!(outcome.unwrap_err().attempts() < 700);
}

#[tokio::test(start_paused = true)]
async fn another_call_under_the_same_key_counts_as_an_ordinary_failure() {
    let (outcome, took) = run_in_progress(RetryPolicy::default(), false, Duration::MAX).await;
    assert_eq!(outcome.unwrap_err().attempts(), 4);
    assert!(took < Duration::from_secs(4), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn every_later_outcome_reports_a_request_in_progress_under_the_same_key() {
    for last in [Error::new(ErrorKind::Connect), coded(429, ""), coded(401, ""), coded(404, "")] {
        let attempt = async |attempt, _| match attempt {
            1 => Err::<(), _>(coded(409, "IDEMPOTENCY_KEY_IN_USE")),
            _ => Err(last.clone()),
        };
        let rules = alone(RetryPolicy::default(), true);
        let error = run(rules, || 0.0, attempt).await.err().unwrap();
        assert!(error.may_have_taken_effect() && error.attempts() > 1, "{error}");
    }
}

/// As when the executor is blocked.
#[tokio::test(start_paused = true)]
async fn nothing_is_sent_after_an_overslept_wait() {
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
        let error = outcome.err().unwrap();
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

#[tokio::test(start_paused = true)]
async fn every_later_outcome_reports_an_uncertain_attempt() {
    let uncertain = || {
        vec![
            Error::new(ErrorKind::Timeout),
            Error::new(ErrorKind::Interrupted),
            Error::of_status(StatusCode::REQUEST_TIMEOUT),
            Error::of_status(StatusCode::SERVICE_UNAVAILABLE),
        ]
    };
    let certain =
        || vec![Error::new(ErrorKind::Connect), Error::of_status(StatusCode::TOO_MANY_REQUESTS)];
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
            let reported = match run(alone(RetryPolicy::default(), true), || 0.0, attempt).await {
                Ok(call) => call.earlier_uncertain,
                Err(error) => error.may_have_taken_effect(),
            };
            assert_eq!(reported, is_uncertain, "{first} {last}");
        }
    }
}

/// Any responses and any policy.
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

/// Runs one call of a script. Returns the number of attempts and the duration.
async fn run_one(
    script: &Script,
    policy: RetryPolicy,
    queues: &RequestQueues,
    budget: &Budget,
) -> (u32, Duration) {
    let start = Instant::now();
    let begun = Cell::new(0);
    let attempt = |_, deadline: Instant| {
        let time_left = deadline - Instant::now();
        let (takes, status, hint) = script.replies[begun.get() % script.replies.len()];
        begun.set(begun.get() + 1);
        async move {
            let takes = Duration::from_millis(takes);
            sleep(takes.min(time_left)).await;
            match status {
                _ if takes > time_left => Err(Error::new(ErrorKind::Timeout)),
                200 => Ok(()),
                _ => Err(Error::of_status(StatusCode::from_u16(status).unwrap())
                    .with_retry_after(hint.map(Duration::from_secs))),
            }
        }
    };
    let operation = Operation::find("list_numbers").unwrap();
    let is_paced = policy.get_pacing() == Pacing::Pause;
    let queue = is_paced.then(|| queues.of(operation, &NumberScope::Any));
    let (repeatable, queue) = (script.repeatable, queue.as_deref());
    let rules = Rules { queue, budget: Some(budget), ..alone(policy, repeatable) };
    let outcome = run(rules, || script.random, attempt).await;
    let attempts = match &outcome {
        Ok(call) => call.attempts,
        Err(error) => error.attempts(),
    };
    assert_eq!(attempts as usize, begun.get());
    (attempts, start.elapsed())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]
    #[test]
    fn no_call_exceeds_its_total_timeout_or_its_attempts(scripts in [script(), script(), script()]) {
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
        let (queues, budget) = (RequestQueues::new(policy.backoff), Budget::default());
        let call = |script| run_one(script, policy, &queues, &budget);
        let (first, second, third) =
            runtime.block_on(async { tokio::join!(call(first), call(second), call(third)) });
        for (attempts, took) in [first, second, third] {
            prop_assert!(attempts <= scripts[0].max_attempts.max(1));
            prop_assert!(took <= scripts[0].total + Duration::from_millis(1), "{took:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_budget_limits_retries_after_faults() {
    let in_use = coded(409, "IDEMPOTENCY_KEY_IN_USE");
    let of = |status| Error::of_status(StatusCode::from_u16(status).unwrap());
    for (failure, policy, attempts, unpaid) in [
        (of(503), RetryPolicy::default(), 100 + 100, 67),
        (of(503), RetryPolicy::default().without_budget(), 400, 0),
        (of(429), RetryPolicy::default(), 400, 0),
        (in_use, RetryPolicy::default(), 400, 0),
    ] {
        let budget = Budget::default();
        let (mut sent, mut told) = (0, 0);
        for _ in 0..100 {
            let reply = async |_, _| Err::<(), _>(failure.clone());
            let budget = policy.has_budget().then_some(&budget);
            let rules = Rules { budget, ..alone(policy, true) };
            let error = run(rules, || 0.0, reply).await.err().unwrap();
            sent += error.attempts();
            told += u32::from(error.to_string().contains("the retry budget is spent"));
        }
        assert_eq!((sent, told), (attempts, unpaid), "{failure} {policy:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn ten_successes_earn_a_retry() {
    let budget = Budget::default();
    while budget.try_withdraw() {}
    let rules = Rules { budget: Some(&budget), ..alone(RetryPolicy::default(), true) };
    for _ in 0..10 {
        assert!(!budget.try_withdraw());
        run(rules, || 0.0, async |_, _| Ok(())).await.unwrap();
    }
    assert!(budget.try_withdraw());
}

#[tokio::test(start_paused = true)]
async fn a_call_that_waits_for_its_next_attempt_holds_no_slot() {
    let slots = Slots::new(1);
    let rules = Rules { slots: &slots, ..alone(RetryPolicy::default(), true) };
    let (start, moment) = (Instant::now(), Duration::from_millis(1));
    let rejected = run(
        rules,
        || 1.0,
        async |_, _| Err::<(), _>(Error::of_status(StatusCode::TOO_MANY_REQUESTS)),
    );
    let other = async {
        sleep(moment).await;
        run(rules, || 1.0, async |_, _| Ok(())).await.unwrap();
        assert_eq!(start.elapsed(), moment);
    };
    assert!(tokio::join!(rejected, other).0.is_err());
}
