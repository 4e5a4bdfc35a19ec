//! Concurrent calls to servers with a rate limit, in paused time.

use std::collections::VecDeque;
use std::time::Duration;

use http::{HeaderValue, Method, StatusCode};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use super::*;
use crate::error::{Call, Error, ErrorKind};
use crate::rate_limit::queue::Position;
use crate::rate_limit::slots::Slots;
use crate::retry::{Budget, RetryPolicy, Rules, attempts};
use crate::time::MAX_TIMEOUT;

const SECOND: Duration = Duration::from_secs(1);
const MILLI: Duration = Duration::from_millis(1);
const SEEDS: u64 = 4;

/// The calls that a server accepts, and its `Retry-After`.
#[derive(Clone, Copy)]
struct Rule {
    limit: Limit,
    hint: Hint,
    /// The duration of a request, and of its response.
    latency: Duration,
}

#[derive(Clone, Copy)]
enum Limit {
    Window(Window),
    /// The server accepts some calls, then none for some time, then all.
    Outage {
        after: u32,
        lasts: Duration,
    },
    /// The server rejects a random share of all calls.
    Stray(f64),
}

/// A server accepts at most `most` calls in each window.
#[derive(Clone, Copy)]
struct Window {
    most: u32,
    length: Duration,
    /// Whether windows begin by the clock, or slide.
    by_clock: bool,
    /// After this many calls the limit halves.
    halves_after: u32,
}

/// The server's `Retry-After`.
#[derive(Clone, Copy, Debug)]
enum Hint {
    Nothing,
    Always(Duration),
    Exactly,
}

const FIXED: Window = Window { most: 50, length: SECOND, by_clock: true, halves_after: u32::MAX };
const SLIDING: Window = Window { by_clock: false, ..FIXED };
const HALVING: Window = Window { halves_after: 500, ..FIXED };

const fn rule(limit: Limit, hint: Hint) -> Rule {
    Rule { limit, hint, latency: MILLI }
}

/// A server that accepts `most` calls a second.
fn a_second(most: u32) -> Rule {
    rule(Limit::Window(Window { most, ..FIXED }), Hint::Always(SECOND))
}

/// A server that rejects every call.
fn closed(hint: Duration) -> Rule {
    rule(Limit::Outage { after: 0, lasts: SECOND * 36_000 }, Hint::Always(hint))
}

struct Server {
    rule: Rule,
    start: Instant,
    /// The calls that count for the limit.
    counted: VecDeque<Instant>,
    accepted: u32,
    arrived: Vec<Instant>,
    rejected: Vec<Instant>,
}

impl Server {
    /// A server whose clock shows `phase`.
    fn new(rule: Rule, phase: Duration) -> Self {
        let start = Instant::now() - phase;
        let (counted, arrived, rejected) = Default::default();
        Self { rule, start, counted, accepted: 0, arrived, rejected }
    }

    fn respond(&mut self) -> Result<(), Error> {
        let now = Instant::now();
        self.arrived.push(now);
        let closed = match self.rule.limit {
            Limit::Window(window) => self.closed_by(window, now),
            Limit::Outage { after, .. } if self.accepted < after => Duration::ZERO,
            Limit::Outage { lasts, .. } => {
                lasts.saturating_sub(now - *self.rejected.first().unwrap_or(&now))
            }
            Limit::Stray(share) if fastrand::f64() < share => SECOND,
            Limit::Stray(_) => Duration::ZERO,
        };
        if closed.is_zero() {
            self.accepted += 1;
            self.counted.push_back(now);
            return Ok(());
        }
        self.rejected.push(now);
        let requested = match self.rule.hint {
            Hint::Nothing => None,
            Hint::Always(requested) => Some(requested),
            Hint::Exactly => Some(closed),
        };
        Err(Error::of_status(StatusCode::TOO_MANY_REQUESTS).with_retry_after(requested))
    }

    /// The time until the window allows another call.
    fn closed_by(&mut self, window: Window, now: Instant) -> Duration {
        let ends = |at: Instant| {
            let begun = (at - self.start).as_nanos() / window.length.as_nanos();
            let clock = self.start + window.length * u32::try_from(begun + 1).unwrap();
            if window.by_clock { clock } else { at + window.length }
        };
        let past = self.counted.iter().take_while(|at| ends(**at) <= now).count();
        let next = self.counted.get(past).map_or(now, |at| ends(*at));
        self.counted.drain(..past);
        let is_halved = self.accepted >= window.halves_after;
        let most = if is_halved { window.most / 2 } else { window.most };
        if self.counted.len() < most as usize { Duration::ZERO } else { next - now }
    }
}

/// When the server accepted a call, and the number of attempts.
#[derive(Debug)]
struct Success {
    at: Instant,
    attempts: u32,
}

/// A client of the simulated server.
#[derive(Clone)]
struct Client {
    policy: RetryPolicy,
    queues: Arc<RequestQueues>,
    budget: Arc<Budget>,
    server: Arc<Mutex<Server>>,
    slots: Arc<Slots>,
    number: NumberScope,
}

impl Client {
    /// A client of a server of its own.
    fn new(policy: RetryPolicy, rule: Rule) -> Self {
        Self::of(policy, Arc::new(Mutex::new(Server::new(rule, Duration::ZERO))))
    }

    fn of(policy: RetryPolicy, server: Arc<Mutex<Server>>) -> Self {
        let (queues, budget) = (RequestQueues::new(policy.backoff), Budget::default());
        let (queues, budget) = (Arc::new(queues), Arc::new(budget));
        let slots = Slots::new(usize::MAX);
        Self { policy, queues, budget, server, slots, number: NumberScope::Any }
    }

    fn queue(&self) -> Option<Arc<RequestQueue>> {
        let operation = Operation::find("list_numbers").unwrap();
        let is_paced = self.policy.get_pacing() != Pacing::Off;
        is_paced.then(|| self.queues.of(operation, &self.number))
    }

    /// How many calls wait in the queue.
    fn waiting(&self) -> usize {
        self.queue().unwrap().waiting()
    }

    fn arrived(&self) -> Vec<Instant> {
        self.server.lock().unwrap().arrived.clone()
    }

    fn rejected(&self) -> Vec<Instant> {
        self.server.lock().unwrap().rejected.clone()
    }

    async fn send(&self) -> Result<Instant, Error> {
        let latency = self.server.lock().unwrap().rule.latency;
        sleep(latency).await;
        let response = self.server.lock().unwrap().respond();
        let at = Instant::now();
        sleep(latency).await;
        response.map(|()| at)
    }

    async fn call(self) -> Result<Success, Error> {
        let queue = self.queue();
        let budget = self.policy.has_budget().then_some(&*self.budget);
        let (policy, queue, slots) = (self.policy, queue.as_deref(), &self.slots);
        let attempt_timeout = MAX_TIMEOUT;
        let rules = Rules { policy, attempt_timeout, repeatable: true, queue, budget, slots };
        let call = Call::bare(Cow::Owned(Operation::odd()), "");
        let attempt = async |_, _| self.send().await;
        let (at, call, _) = attempts::run(&rules, call, fastrand::f64, attempt).await?;
        Ok(Success { at, attempts: call.attempts })
    }

    /// Repeats a call until the server accepts it, as a loop does that respects `Retry-After`.
    async fn call_in_a_loop(self) -> Result<Success, Error> {
        loop {
            match self.send().await {
                Ok(at) => return Ok(Success { at, attempts: 1 }),
                Err(error) => sleep(error.retry_after().unwrap_or(SECOND / 2)).await,
            }
        }
    }

    /// Makes concurrent calls. Returns their outcomes in order.
    async fn calls(&self, calls: u32) -> Vec<Result<Success, Error>> {
        all((0..calls).map(|_| self.clone().call())).await
    }
}

/// Runs all futures concurrently.
async fn all<T: Send + 'static>(
    futures: impl Iterator<Item = impl Future<Output = T> + Send + 'static>,
) -> Vec<T> {
    let tasks: Vec<_> = futures.map(tokio::spawn).collect();
    let mut results = Vec::new();
    for task in tasks {
        results.push(task.await.unwrap());
    }
    results
}

fn ratio(part: usize, whole: u32) -> f64 {
    f64::from(u32::try_from(part).unwrap()) / f64::from(whole)
}

/// The worst measurements of concurrent calls.
#[derive(Debug, Default)]
struct Measurement {
    /// The duration, relative to the ideal one.
    took: f64,
    /// Rejections per call, after the first second.
    rejected: f64,
    failed: usize,
}

impl Window {
    /// The earliest moment at which a server could accept the last of the calls.
    fn ideal(&self, calls: u32, phase: f64) -> f64 {
        let full = self.halves_after.min(calls);
        let halved = f64::from(calls - full) / f64::from(self.most / 2);
        let windows = f64::from(full) / f64::from(self.most) + halved - 1.0;
        let begun = if self.by_clock { phase } else { 0.0 };
        (windows - begun) * self.length.as_secs_f64()
    }
}

/// Measures the calls of some processes, for different phases of the server's clock.
async fn measure(
    rule: Rule,
    policy: RetryPolicy,
    processes: u32,
    calls_of_each: u32,
) -> Measurement {
    let Limit::Window(window) = rule.limit else { panic!("no window") };
    let calls = processes * calls_of_each;
    let mut worst = Measurement::default();
    for seed in 0..SEEDS {
        fastrand::seed(seed);
        let phase = ratio(usize::try_from(seed % 4).unwrap(), 4);
        let server = Server::new(rule, window.length.mul_f64(phase));
        let server = Arc::new(Mutex::new(server));
        let start = Instant::now();
        let processes = (0..processes).map(|process| {
            let client = Client::of(policy, Arc::clone(&server));
            async move {
                sleep(SECOND.mul_f64(fastrand::f64() / 20.0 * f64::from(process))).await;
                client.calls(calls_of_each).await
            }
        });
        let outcomes = all(processes).await;
        let took = start.elapsed().as_secs_f64();
        let server = server.lock().unwrap();
        let later = |at: &&Instant| **at > server.arrived[0] + SECOND;
        let rejected = server.rejected.iter().filter(later).count();
        worst.took = worst.took.max(took / window.ideal(calls, phase));
        worst.rejected = worst.rejected.max(ratio(rejected, calls));
        worst.failed += outcomes.iter().flatten().filter(|outcome| outcome.is_err()).count();
    }
    worst
}

#[tokio::test(start_paused = true)]
async fn calls_are_sent_as_the_server_accepts_them() {
    let second = Hint::Always(SECOND);
    let window = |window, hint| rule(Limit::Window(window), hint);
    let slow = |latency| Rule { latency, ..window(FIXED, second) };
    let minute = Window { most: 100, length: SECOND * 60, ..FIXED };
    let minute = |hint| Rule { latency: MILLI * 30, ..window(minute, hint) };
    let of = |most| Window { most, ..FIXED };
    let default = RetryPolicy::default();
    let patient = default.total_timeout(SECOND * 3600).max_attempts(20);
    for (name, rule, calls, policy, took, rejected) in [
        ("fixed windows", window(FIXED, second), 1000, default, 1.15, 0.04),
        ("50 ms away", slow(MILLI * 25), 1000, default, 1.25, 0.05),
        ("200 ms away", slow(MILLI * 100), 1000, default, 1.6, 0.1),
        ("an exact hint", window(FIXED, Hint::Exactly), 1000, default, 1.1, 0.04),
        ("no hint", window(FIXED, Hint::Nothing), 1000, default, 1.1, 0.05),
        ("20 a second", window(of(20), second), 500, patient, 1.15, 0.06),
        ("200 a second", window(of(200), second), 2000, default, 1.2, 0.04),
        ("a sliding window", window(SLIDING, second), 1000, default, 1.1, 0.04),
        ("a sliding window, no hint", window(SLIDING, Hint::Nothing), 1000, default, 1.4, 0.06),
        ("a limit that halves", window(HALVING, second), 1000, default, 1.15, 0.06),
        ("the same, no hint", window(HALVING, Hint::Nothing), 1000, default, 1.1, 0.08),
        ("100 a minute", minute(Hint::Exactly), 500, patient, 1.1, 0.05),
        ("100 a minute, no hint", minute(Hint::Nothing), 500, patient, 1.2, 0.45),
        ("100 a minute, a short hint", minute(second), 500, patient, 1.2, 0.45),
    ] {
        let measured = measure(rule, policy, 1, calls).await;
        println!("{name}: {measured:?}");
        assert!(measured.took <= took, "{name}: {measured:?}");
        assert!(measured.rejected <= rejected, "{name}: {measured:?}");
        assert!(measured.failed == 0, "{name}: {measured:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn processes_share_a_limit() {
    let policy = RetryPolicy::default().max_attempts(50).total_timeout(SECOND * 120);
    for (processes, calls, most, took, rejected) in
        [(2, 500, 50, 1.2, 0.1), (4, 250, 50, 1.2, 0.1), (4, 500, 100, 1.2, 0.1)]
    {
        let measured = measure(a_second(most), policy, processes, calls).await;
        println!("{processes} x {calls} of {most}: {measured:?}");
        assert!(measured.took <= took, "{processes} x {calls}: {measured:?}");
        assert!(measured.rejected <= rejected, "{processes} x {calls}: {measured:?}");
        assert!(measured.failed == 0, "{processes} x {calls}: {measured:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn after_a_recovery_calls_are_as_fast_as_a_simple_loop() {
    for hint in [Hint::Nothing, Hint::Always(SECOND * 2), Hint::Always(SECOND * 30)] {
        for (before, calls) in
            [0, 1, 10, 20, 40].iter().flat_map(|before| [8, 20, 100, 500].map(|n| (*before, n)))
        {
            for seed in 0..SEEDS {
                fastrand::seed(seed);
                let lasts = MILLI * u32::try_from(100 + seed * 25).unwrap();
                let rule = rule(Limit::Outage { after: before.max(1), lasts }, hint);
                let time = async |in_a_loop| {
                    let client = Client::new(RetryPolicy::default(), rule);
                    for _ in 0..before {
                        client.clone().call().await.unwrap();
                    }
                    let start = Instant::now();
                    let clients = (0..calls).map(|_| client.clone());
                    let outcomes = if in_a_loop {
                        all(clients.map(Client::call_in_a_loop)).await
                    } else {
                        all(clients.map(Client::call)).await
                    };
                    assert!(outcomes.iter().all(Result::is_ok), "{hint:?} {before} {calls}");
                    start.elapsed()
                };
                let (ours, theirs) = (time(false).await, time(true).await);
                let most = theirs.mul_f64(1.1) + SECOND;
                assert!(ours <= most, "{hint:?} {before} {calls}: {ours:?}, {theirs:?}");
            }
        }
    }
}

/// The time that tasks need for a number of calls, which each task makes in sequence.
async fn time_of_tasks(policy: RetryPolicy, rule: Rule, tasks: u32, calls: u32) -> Duration {
    let client = Client::new(policy.max_attempts(10), rule);
    let start = Instant::now();
    let mut running = JoinSet::new();
    for _ in 0..tasks {
        let client = client.clone();
        running.spawn(async move {
            for _ in 0..calls / tasks {
                client.clone().call().await.unwrap();
            }
        });
    }
    running.join_all().await;
    start.elapsed()
}

#[tokio::test(start_paused = true)]
async fn a_stray_rejection_delays_one_call() {
    for (share, seconds) in [(0.02, 0), (0.02, 1), (0.05, 0), (0.05, 1)] {
        fastrand::seed(1);
        let hint = Hint::Always(SECOND * seconds);
        let rule = Rule { latency: MILLI * 5, ..rule(Limit::Stray(share), hint) };
        let time = async |pacing| {
            time_of_tasks(RetryPolicy::default().pacing(pacing), rule, 64, 20_000).await
        };
        let (alone, ours) = (time(Pacing::Off).await, time(Pacing::Pause).await);
        assert!(ours.mul_f64(0.8) <= alone, "{share} {seconds}: {ours:?}, {alone:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn stray_rejections_after_a_pause_do_not_prolong_it() {
    fastrand::seed(1);
    let client = Client::new(RetryPolicy::default(), a_second(0));
    client.server.lock().unwrap().rule.limit = Limit::Outage { after: 0, lasts: SECOND };
    client.calls(10).await;
    client.server.lock().unwrap().rule.limit = Limit::Stray(0.02);
    let start = Instant::now();
    for outcome in client.calls(5_000).await {
        outcome.unwrap();
    }
    assert!(start.elapsed() < SECOND * 6, "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn nothing_is_delayed_before_a_rejection() {
    let client = Client::new(RetryPolicy::default(), a_second(2000));
    let start = Instant::now();
    client.calls(1000).await;
    assert!(start.elapsed() <= MILLI * 3);
}

#[tokio::test(start_paused = true)]
async fn a_pause_has_no_lasting_effect() {
    for (calls, hint, then) in [
        // One stray rejection, and a minute later.
        (2, SECOND * 30, SECOND * 60),
        (9, SECOND * 30, SECOND * 60),
        // The client was idle.
        (100, SECOND * 2, SECOND * 5),
        (100, SECOND / 10, SECOND * 2),
        (500, SECOND, SECOND * 3),
    ] {
        fastrand::seed(1);
        let limit = Limit::Outage { after: 1, lasts: SECOND / 10 };
        let client = Client::new(RetryPolicy::default(), rule(limit, Hint::Always(hint)));
        client.calls(calls).await;
        sleep(then).await;
        let start = Instant::now();
        for outcome in client.calls(500).await {
            outcome.unwrap();
        }
        assert!(start.elapsed() <= MILLI * 3, "{calls} {hint:?}: {:?}", start.elapsed());
    }
}

#[tokio::test(start_paused = true)]
async fn calls_wait_in_the_order_in_which_they_were_rejected() {
    for hint in [Hint::Always(SECOND), Hint::Nothing] {
        fastrand::seed(1);
        let rule = rule(Limit::Window(Window { halves_after: 100, ..FIXED }), hint);
        let client = Client::new(RetryPolicy::default(), rule);
        let successes: Vec<_> =
            client.calls(300).await.into_iter().map(|outcome| outcome.unwrap()).collect();
        assert!(successes.iter().any(|success| success.attempts > 2), "no call was rejected twice");
        // The first few were rejected before the pause, and waited on their own.
        let once = successes.iter().skip(60).filter(|success| success.attempts <= 2);
        assert!(once.is_sorted_by_key(|success| success.at));
    }
}

#[tokio::test(start_paused = true)]
async fn calls_that_are_dropped_leave_the_queue() {
    let client = Client::new(RetryPolicy::default(), a_second(50));
    let start = Instant::now();
    let ended = all((0..1000).map(|call| {
        // Every other call is dropped while it waits.
        let patience = SECOND * if call % 2 == 0 { 2 } else { 60 };
        let call = client.clone().call();
        async move { timeout(patience, call).await.is_ok() }
    }))
    .await;
    let ended = ended.into_iter().filter(|ended| *ended).count();
    assert!((500..600).contains(&ended), "{ended}");
    // No dropped call was admitted.
    assert!(start.elapsed() < SECOND * 13, "{:?}", start.elapsed());
    assert_eq!(client.waiting(), 0);
}

#[tokio::test(start_paused = true)]
async fn calls_that_wait_for_a_slot_are_not_sent_during_a_pause() {
    let window = Window { most: 20, length: SECOND * 5, ..FIXED };
    let rule = Rule { latency: MILLI * 300, ..rule(Limit::Window(window), Hint::Exactly) };
    let policy = RetryPolicy::default().total_timeout(SECOND * 1800);
    for slots in [10, 100] {
        fastrand::seed(1);
        let slots = Slots::new(slots);
        let client = Client { slots, ..Client::new(policy, rule) };
        for outcome in client.calls(400).await {
            outcome.unwrap();
        }
        let rejected = client.rejected().len();
        assert!(rejected < 100, "{rejected}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_first_responses_start_no_pause_unless_three_are_rejections() {
    for (rejections, sent) in [(1, 2), (2, 3), (3, 3)] {
        let policy = RetryPolicy::default().max_attempts(1);
        let client = Client::new(policy, closed(SECOND * 3600));
        client.calls(rejections).await;
        client.clone().call().await.unwrap_err();
        assert_eq!(client.arrived().len(), sent);
    }
}

#[tokio::test(start_paused = true)]
async fn calls_that_are_not_polled_do_not_delay_others() {
    let client = Client::new(RetryPolicy::default(), a_second(50));
    let mut kept: Vec<_> = (0..60).map(|_| Box::pin(client.clone().call())).collect();
    // All but the last are sent. Some of those wait in the queue.
    for call in &mut kept {
        _ = timeout(MILLI * 3, call).await;
    }
    let waiting = client.waiting();
    assert!(waiting > 2, "{waiting}");
    let start = Instant::now();
    for outcome in client.calls(10).await {
        outcome.unwrap();
    }
    assert!(start.elapsed() < SECOND * 8, "{:?}", start.elapsed());
    for call in kept.split_off(50) {
        call.await.unwrap();
    }
    assert_eq!(client.waiting(), 0);
}

#[tokio::test(start_paused = true)]
async fn many_calls_that_are_not_polled_delay_a_call_no_longer_than_one() {
    for kept in [1, 5, 40] {
        let outage = Limit::Outage { after: 0, lasts: SECOND * 3 };
        let client = Client::new(RetryPolicy::default(), rule(outage, Hint::Always(SECOND)));
        _ = timeout(SECOND, client.calls(3)).await;
        // As in `buffer_unordered`, whose loop body makes a call itself.
        let mut held: Vec<_> = (0..kept).map(|_| Box::pin(client.clone().call())).collect();
        for call in &mut held {
            _ = timeout(MILLI, call).await;
        }
        assert!(client.waiting() >= kept);
        sleep(SECOND * 5).await;
        let start = Instant::now();
        client.clone().call().await.unwrap();
        assert!(start.elapsed() < SECOND * 3, "{kept}: {:?}", start.elapsed());
    }
}

impl RequestQueue {
    /// Returns when a call is admitted, unless it must wait.
    fn enter_now(&self) -> Result<Instant, Position> {
        let now = Instant::now();
        self.enter(now).map(|()| now)
    }
}

/// A queue whose pause lasts a second.
fn paused() -> Arc<RequestQueue> {
    let queue = Client::new(RetryPolicy::default(), closed(SECOND)).queue().unwrap();
    for _ in 0..3 {
        queue.on_rejected(Instant::now(), Some(SECOND), 0.0);
    }
    queue
}

#[tokio::test(start_paused = true)]
async fn a_call_that_was_not_polled_returns_to_the_queue() {
    let queue = paused();
    let position = queue.enter_now().unwrap_err();
    let mut admission = Box::pin(queue.admit(position, Instant::now() + SECOND * 60));
    timeout(MILLI, &mut admission).await.unwrap_err();
    sleep(SECOND * 5).await;
    let sent_at = queue.enter_now().unwrap();
    assert_eq!(queue.waiting(), 0);
    queue.on_rejected(sent_at, Some(SECOND), 0.0);
    timeout(MILLI, &mut admission).await.unwrap_err();
    assert_eq!(queue.waiting(), 1);
    admission.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn waiting_calls_fail_when_the_pause_outlasts_them() {
    let queue = paused();
    let start = Instant::now();
    let admissions = all((0..3).map(|_| {
        let queue = Arc::clone(&queue);
        async move {
            let position = queue.enter_now().unwrap_err();
            let admission = queue.admit(position, Instant::now() + SECOND * 60).await;
            admission.map(|()| queue.on_rejected(Instant::now(), Some(SECOND * 600), 0.0))
        }
    }))
    .await;
    assert!(start.elapsed() < SECOND * 3, "{:?}", start.elapsed());
    assert_eq!(admissions.iter().filter(|admission| admission.is_ok()).count(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_call_waits_in_the_queue_until_its_deadline() {
    let policy = RetryPolicy::default().total_timeout(SECOND * 5);
    let client = Client::new(policy, a_second(50));
    let start = Instant::now();
    let outcomes = client.calls(1000).await;
    // The latency of the last call is not part of its wait.
    assert!(start.elapsed() <= SECOND * 5 + MILLI * 3, "{:?}", start.elapsed());
    let errors: Vec<_> = outcomes.into_iter().filter_map(Result::err).collect();
    assert!((700..850).contains(&errors.len()), "{}", errors.len());
    for error in errors {
        assert_eq!(error.kind(), ErrorKind::RateLimited);
        // The rest of the wait, not the original one.
        assert!(error.retry_after().is_none_or(|left| left <= SECOND + SECOND / 10));
    }
    assert_eq!(client.waiting(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_not_admitted_makes_a_last_attempt() {
    let client = Client::new(RetryPolicy::default(), closed(SECOND));
    client.calls(10).await;
    // The server accepts calls again, but slowly: others wait for the first to succeed.
    let latency = SECOND * 30;
    client.server.lock().unwrap().rule = Rule { latency, ..a_second(1000) };
    let policy = client.policy.total_timeout(SECOND * 20);
    let client = Client { policy, ..client };
    let start = Instant::now();
    for outcome in client.calls(50).await {
        let sent = outcome.unwrap().at - latency - start;
        assert!(sent < SECOND * 20, "{sent:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_error_after_a_wait_reports_the_rest_of_the_wait() {
    let policy = RetryPolicy::default().total_timeout(SECOND * 45);
    let client = Client::new(policy, closed(SECOND * 30));
    let start = Instant::now();
    let ends = all((0..20).map(|_| {
        let call = client.clone().call();
        async move {
            let error = call.await.unwrap_err();
            assert_eq!(error.status(), Some(StatusCode::TOO_MANY_REQUESTS));
            start.elapsed() + error.retry_after().unwrap()
        }
    }))
    .await;
    // One call probes after 30 seconds. Its response extends the pause by 30 more.
    for end in ends {
        assert!(end.as_secs().abs_diff(60) <= 1, "{end:?}");
    }
    // Calls that the extended pause outlasts do not wait for their deadline.
    assert!(start.elapsed() < SECOND * 33, "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_call_that_would_wait_too_long_is_not_sent() {
    for (requested, left) in [(90, 90), (u64::MAX, 3600)] {
        let hint = Duration::from_secs(requested);
        let client = Client::new(RetryPolicy::default(), closed(hint));
        for outcome in client.calls(3).await {
            let rejected = outcome.unwrap_err();
            assert_eq!((rejected.attempts(), rejected.retry_after()), (1, Some(hint)));
        }
        sleep(SECOND * 10).await;
        let start = Instant::now();
        let throttled = client.clone().call().await.unwrap_err();
        assert_eq!(start.elapsed(), Duration::ZERO);
        assert_eq!((throttled.kind(), throttled.attempts()), (ErrorKind::RateLimited, 0));
        let pause = throttled.retry_after().unwrap();
        assert!(pause.as_secs().abs_diff(left - 10) <= 1, "{pause:?}");
        assert_eq!(client.arrived().len(), 3);
        // After the pause, a call is sent.
        sleep(pause).await;
        assert_eq!(client.call().await.unwrap_err().attempts(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_pause_does_not_delay_other_operations_or_numbers() {
    let client = Client::new(RetryPolicy::default().max_attempts(1), closed(SECOND * 20));
    let number = |id| NumberScope::Only(HeaderValue::from_static(id));
    let client = Client { number: number("a"), ..client };
    client.calls(10).await;
    let operation = Operation::find("list_numbers").unwrap();
    let other = Operation::find("get_number").unwrap();
    let undocumented = Operation::undocumented(Method::GET, &operation.path);
    let queue = |operation: &Operation, number| client.queues.of(operation, &number);
    for queue in [
        queue(other, number("a")),
        queue(&undocumented, number("a")),
        queue(operation, number("b")),
        queue(operation, NumberScope::Any),
    ] {
        queue.enter_now().unwrap();
    }
    let queue = queue(operation, number("a"));
    let position = queue.enter_now().unwrap_err();
    queue.admit(position, Instant::now() + SECOND).await.unwrap_err();
}

#[test]
fn idle_queues_of_many_numbers_are_dropped() {
    let base = SECOND / 2;
    let queues = RequestQueues::new(Backoff { base, cap: base });
    let queue = |id| {
        let number = NumberScope::Only(HeaderValue::from(id));
        queues.of(Operation::find("list_numbers").unwrap(), &number)
    };
    let held = queue(0);
    for _ in 0..3 {
        queue(1).on_rejected(Instant::now(), Some(SECOND * 20), 0.0);
    }
    let paused = Arc::downgrade(&queue(1));
    for id in 2..100_000 {
        queue(id);
    }
    let kept = queues.by_scope.lock().unwrap().len();
    assert!(kept <= MAX_QUEUES, "{kept}");
    // Queues that calls hold and queues with a pause are kept.
    assert!(Arc::ptr_eq(&held, &queue(0)));
    assert!(paused.ptr_eq(&Arc::downgrade(&queue(1))));
}

#[tokio::test(start_paused = true)]
async fn without_pacing_every_call_waits_on_its_own() {
    for (pacing, rejected) in [(Pacing::Off, 300..=310), (Pacing::Pause, 150..=156)] {
        let policy = RetryPolicy::default().pacing(pacing).max_attempts(20);
        let client = Client::new(policy, a_second(50));
        client.calls(200).await;
        let count = client.rejected().len();
        assert!(rejected.contains(&count), "{pacing:?} {count}");
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_is_sent_during_the_pause() {
    for pacing in [Pacing::Pause, Pacing::Off] {
        let policy = RetryPolicy::default().pacing(pacing);
        let limit = Limit::Window(Window { most: 5, length: SECOND * 20, ..FIXED });
        let client = Client::new(policy, rule(limit, Hint::Always(SECOND * 20)));
        client.calls(15).await;
        let arrived = client.arrived();
        assert!(arrived.len() > 15);
        assert!(arrived[15] - arrived[14] >= SECOND * 20);
    }
}

#[tokio::test(start_paused = true)]
async fn without_a_wait_from_the_server_calls_still_back_off() {
    // After the third rejection, the pause takes the shortest wait.
    for (pacing, least) in [(Pacing::Pause, MILLI * 1000), (Pacing::Off, MILLI * 1750)] {
        for hint in [Duration::ZERO, MILLI] {
            let policy = RetryPolicy::default().pacing(pacing);
            let client = Client::new(policy, closed(hint));
            let start = Instant::now();
            let error = client.clone().call().await.unwrap_err();
            assert_eq!(error.attempts(), 4);
            assert!(start.elapsed() >= least, "{:?}", start.elapsed());
        }
    }
}
