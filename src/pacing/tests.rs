//! Many calls at once against servers with a limit, in paused time.

use std::collections::VecDeque;
use std::time::Duration;

use http::StatusCode;
use tokio::time::{Instant, sleep, timeout};

use super::*;
use crate::attempts::{self, Rules, Success};
use crate::error::{Error, ErrorKind};
use crate::retry::{RetryPolicy, Shared};
use crate::slots::Slots;

const SECOND: Duration = Duration::from_secs(1);

/// A server that takes so many calls in a time.
#[derive(Clone, Copy)]
struct Rule {
    most: u32,
    window: Duration,
    /// Whether the time begins by a clock, or with any call.
    by_clock: bool,
    /// After how many calls it takes half as many.
    halves_after: u32,
    hint: Hint,
    /// How long a request and its answer are on the way each.
    latency: Duration,
}

/// What the server says of the time until it takes calls again.
#[derive(Clone, Copy)]
enum Hint {
    Nothing,
    Always(Duration),
    Exactly,
}

const FIXED: Rule = Rule {
    most: 50,
    window: SECOND,
    by_clock: true,
    halves_after: u32::MAX,
    hint: Hint::Always(SECOND),
    latency: Duration::from_millis(1),
};

struct Server {
    rule: Rule,
    start: Instant,
    taken: VecDeque<Instant>,
    total: u32,
    arrived: Vec<Instant>,
    rejected: Vec<Instant>,
}

impl Server {
    /// A server the clock of which shows `phase`.
    fn new(rule: Rule, phase: Duration) -> Self {
        let start = Instant::now() - phase;
        let (taken, arrived, rejected) = Default::default();
        Self { rule, start, taken, total: 0, arrived, rejected }
    }

    fn windows(&self, at: Instant) -> u128 {
        (at - self.start).as_nanos() / self.rule.window.as_nanos()
    }

    fn answer(&mut self) -> Result<(), Error> {
        let now = Instant::now();
        let Rule { most, window, by_clock, halves_after, hint, .. } = self.rule;
        let is_past = |at: Instant| {
            if by_clock { self.windows(at) < self.windows(now) } else { now - at >= window }
        };
        let past = self.taken.iter().take_while(|at| is_past(**at)).count();
        self.taken.drain(..past);
        self.arrived.push(now);
        let most = if self.total < halves_after { most } else { most / 2 };
        if self.taken.len() < most as usize {
            self.taken.push_back(now);
            self.total += 1;
            return Ok(());
        }
        self.rejected.push(now);
        let asked = match hint {
            Hint::Nothing => None,
            Hint::Always(asked) => Some(asked),
            Hint::Exactly if by_clock => {
                let next = u32::try_from(self.windows(now) + 1).unwrap();
                Some(self.start + window * next - now)
            }
            Hint::Exactly => Some(self.taken[0] + window - now),
        };
        Err(Error::of_status(StatusCode::TOO_MANY_REQUESTS).asked_to_wait(asked))
    }
}

/// A client of such a server.
#[derive(Clone)]
struct Client {
    policy: RetryPolicy,
    shared: Arc<Shared>,
    server: Arc<Mutex<Server>>,
}

impl Client {
    fn new(policy: RetryPolicy, server: Server) -> Self {
        Self { policy, shared: Arc::new(policy.shared()), server: Arc::new(Mutex::new(server)) }
    }

    fn line(&self) -> Arc<Line> {
        self.policy.line(&self.shared, Operation::find("list_numbers").unwrap()).unwrap()
    }

    async fn call(&self) -> Result<Success<Instant>, Error> {
        let line = self.policy.line(&self.shared, Operation::find("list_numbers").unwrap());
        let budget = self.policy.budget(&self.shared);
        let slots = &Slots::new(usize::MAX);
        let (policy, line) = (self.policy, line.as_deref());
        let rules = Rules { policy, repeatable: true, line, budget, slots };
        let latency = self.server.lock().unwrap().rule.latency;
        let attempt = async |_, _| {
            sleep(latency).await;
            let answer = self.server.lock().unwrap().answer();
            let at = Instant::now();
            sleep(latency).await;
            answer.map(|()| at)
        };
        attempts::run(rules, fastrand::f64, attempt).await
    }

    /// So many calls at once; how each ended, in the order in which they began.
    async fn calls(&self, calls: u32) -> Vec<Result<Success<Instant>, Error>> {
        let tasks: Vec<_> = (0..calls)
            .map(|_| {
                let client = self.clone();
                tokio::spawn(async move { client.call().await })
            })
            .collect();
        let mut outcomes = Vec::new();
        for task in tasks {
            outcomes.push(task.await.unwrap());
        }
        outcomes
    }
}

/// How many calls at once fared, at the worst, whatever the server's clock showed.
#[derive(Debug, Default)]
struct Fared {
    /// The time that they took, in ideal times.
    took: f64,
    /// The rejected calls to a success, after the first burst.
    rejected: f64,
    failed: f64,
}

impl Rule {
    /// The earliest moment at which the server could take the last of the calls.
    fn ideal(&self, calls: u32, phase: f64) -> f64 {
        let full = self.halves_after.min(calls);
        let halved = f64::from(calls - full) / f64::from(self.most / 2);
        let windows = f64::from(full) / f64::from(self.most) + halved - 1.0;
        let begun = if self.by_clock { phase } else { 0.0 };
        (windows - begun) * self.window.as_secs_f64()
    }

    async fn fare(self, calls: u32, policy: RetryPolicy) -> Fared {
        let mut worst = Fared::default();
        for phase in [0.0, 0.25, 0.5, 0.75] {
            let server = Server::new(self, self.window.mul_f64(phase));
            let client = Client::new(policy, server);
            let start = Instant::now();
            let outcomes = client.calls(calls).await;
            let took = start.elapsed().as_secs_f64();
            let failed = outcomes.iter().filter(|outcome| outcome.is_err()).count();
            let rejected = &client.server.lock().unwrap().rejected;
            let burst = rejected[0] + self.window.mul_f64(0.9);
            let later = rejected.iter().filter(|at| **at > burst).count();
            let share = |count: usize| f64::from(u32::try_from(count).unwrap()) / f64::from(calls);
            worst.took = worst.took.max(took / self.ideal(calls, phase));
            worst.rejected = worst.rejected.max(share(later));
            worst.failed = worst.failed.max(share(failed));
        }
        worst
    }
}

#[tokio::test(start_paused = true)]
async fn calls_go_at_the_rate_that_the_server_takes() {
    fastrand::seed(1);
    let quiet = Rule { hint: Hint::Nothing, ..FIXED };
    let sliding = Rule { by_clock: false, ..FIXED };
    let halving = Rule { halves_after: 500, ..FIXED };
    let window = Duration::from_secs(60);
    let latency = Duration::from_millis(30);
    let minute = Rule { most: 100, window, latency, hint: Hint::Exactly, ..FIXED };
    let default = RetryPolicy::default();
    let patient = default.total_time(Duration::from_secs(3600)).max_attempts(20);
    for (name, rule, calls, policy, took, rejected) in [
        ("fixed windows", FIXED, 1000, default, 1.14, 0.01),
        ("a slow network", Rule { latency: SECOND / 10, ..FIXED }, 1000, default, 1.15, 0.01),
        ("an exact hint", Rule { hint: Hint::Exactly, ..FIXED }, 1000, default, 1.1, 0.02),
        ("no hint", quiet, 1000, default, 1.5, 0.02),
        ("a sliding window", sliding, 1000, default, 1.1, 0.01),
        ("a sliding window, no hint", Rule { by_clock: false, ..quiet }, 1000, default, 1.6, 0.02),
        ("a limit that halves", halving, 1000, default, 1.3, 0.02),
        (
            "a limit that halves, no hint",
            Rule { halves_after: 500, ..quiet },
            1000,
            default,
            1.35,
            0.03,
        ),
        ("100 a minute", minute, 500, patient, 1.25, 0.03),
        ("100 a minute, no hint", Rule { hint: Hint::Nothing, ..minute }, 500, patient, 1.7, 0.1),
        (
            "100 a minute, a hint that is too short",
            Rule { hint: Hint::Always(SECOND), ..minute },
            500,
            patient,
            1.6,
            0.1,
        ),
    ] {
        let fared = rule.fare(calls, policy).await;
        assert!(fared.took <= took, "{name}: {fared:?}");
        assert!(fared.rejected <= rejected, "{name}: {fared:?}");
        assert!(fared.failed == 0.0, "{name}: {fared:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_is_delayed_before_a_rejection() {
    let client =
        Client::new(RetryPolicy::default(), Server::new(Rule { most: 2000, ..FIXED }, SECOND / 2));
    let start = Instant::now();
    client.calls(1000).await;
    assert!(start.elapsed() <= FIXED.latency * 2 + Duration::from_millis(1));
}

#[tokio::test(start_paused = true)]
async fn calls_go_in_the_order_in_which_they_came() {
    for hint in [Hint::Always(SECOND), Hint::Nothing] {
        let rule = Rule { hint, halves_after: 100, ..FIXED };
        let client =
            Client::new(RetryPolicy::default().max_attempts(20), Server::new(rule, Duration::ZERO));
        let taken: Vec<_> =
            client.calls(300).await.into_iter().map(|outcome| outcome.unwrap()).collect();
        assert!(taken.iter().any(|success| success.attempts > 2), "none was rejected later");
        assert!(taken.is_sorted_by_key(|success| success.value));
    }
}

#[tokio::test(start_paused = true)]
async fn calls_that_are_dropped_leave_the_line() {
    let client = Client::new(RetryPolicy::default(), Server::new(FIXED, Duration::ZERO));
    let start = Instant::now();
    let calls = 1000;
    let tasks: Vec<_> = (0..calls)
        .map(|call| {
            let client = client.clone();
            // Every other call is given up while it waits.
            let patience = SECOND * if call % 2 == 0 { 2 } else { 60 };
            tokio::spawn(async move { timeout(patience, client.call()).await.is_ok() })
        })
        .collect();
    let mut ended = 0;
    for task in tasks {
        ended += u32::from(task.await.unwrap());
    }
    assert!((500..600).contains(&ended), "{ended}");
    // No turn went to a call that was gone.
    assert!(start.elapsed() < SECOND * 13, "{:?}", start.elapsed());
    assert_eq!(client.line().waiting(), 0);
}

#[tokio::test(start_paused = true)]
async fn calls_that_nobody_polls_hold_up_no_others() {
    let client = Client::new(RetryPolicy::default(), Server::new(FIXED, Duration::ZERO));
    let mut kept: Vec<_> = (0..52).map(|_| Box::pin(client.call())).collect();
    // They go, but the last two, which wait in the line.
    for call in &mut kept {
        _ = timeout(FIXED.latency * 3, call).await;
    }
    assert_eq!(client.line().waiting(), 2);
    let start = Instant::now();
    for outcome in client.calls(10).await {
        outcome.unwrap();
    }
    assert!(start.elapsed() < SECOND * 6, "{:?}", start.elapsed());
    for call in kept.split_off(50) {
        call.await.unwrap();
    }
    assert_eq!(client.line().waiting(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_call_waits_no_longer_than_its_own_time() {
    let policy = RetryPolicy::default().total_time(SECOND * 5);
    let client = Client::new(policy, Server::new(FIXED, Duration::ZERO));
    let start = Instant::now();
    let outcomes = client.calls(1000).await;
    // The last that went is on its way; how long that takes is not the line's.
    assert!(start.elapsed() <= SECOND * 5 + FIXED.latency * 2 + Duration::from_millis(1));
    let errors: Vec<_> = outcomes.into_iter().filter_map(Result::err).collect();
    assert!((700..850).contains(&errors.len()), "{}", errors.len());
    for error in errors {
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::RateLimited, 1));
    }
    assert_eq!(client.line().waiting(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_would_wait_too_long_is_not_sent() {
    for (asked, left) in [(90, 90), (u64::MAX, 3600)] {
        let hint = Hint::Always(Duration::from_secs(asked));
        let client = Client::new(
            RetryPolicy::default(),
            Server::new(Rule { most: 0, hint, ..FIXED }, Duration::ZERO),
        );
        let rejected = client.call().await.unwrap_err();
        assert_eq!(
            (rejected.attempts(), rejected.retry_after()),
            (1, Some(Duration::from_secs(asked)))
        );
        let start = Instant::now();
        let held_back = client.call().await.unwrap_err();
        assert_eq!(start.elapsed(), Duration::ZERO);
        assert_eq!((held_back.kind(), held_back.attempts()), (ErrorKind::RateLimited, 0));
        let pause = held_back.retry_after().unwrap();
        assert!(pause.as_secs().abs_diff(left) <= 1, "{pause:?}");
        assert_eq!(client.server.lock().unwrap().arrived.len(), 1);
        // Then the server is asked again.
        sleep(pause).await;
        assert_eq!(client.call().await.unwrap_err().attempts(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_pause_of_one_operation_holds_up_no_other() {
    let client =
        Client::new(RetryPolicy::default(), Server::new(Rule { most: 0, ..FIXED }, Duration::ZERO));
    client.call().await.unwrap_err();
    let other = Operation { id: "other", ..*Operation::find("list_numbers").unwrap() };
    let line = client.policy.line(&client.shared, &other).unwrap();
    let start = Instant::now();
    line.turn(line.ticket(), SECOND).await.unwrap();
    assert_eq!(start.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn a_client_without_pacing_lets_every_call_wait_for_itself() {
    for (pacing, rejected) in
        [(Pacing::Off, 300..=310), (Pacing::Pause, 300..=310), (Pacing::Rate, 150..=151)]
    {
        let policy = RetryPolicy::default().pacing(pacing).max_attempts(20);
        let client = Client::new(policy, Server::new(FIXED, Duration::ZERO));
        client.calls(200).await;
        let count = client.server.lock().unwrap().rejected.len();
        assert!(rejected.contains(&count), "{pacing:?} {count}");
    }
}

#[tokio::test(start_paused = true)]
async fn nobody_sends_while_the_pause_of_the_server_lasts() {
    for pacing in [Pacing::Rate, Pacing::Pause] {
        let policy = RetryPolicy::default().pacing(pacing);
        let rule = Rule { most: 1, hint: Hint::Always(SECOND * 20), window: SECOND * 20, ..FIXED };
        let client = Client::new(policy, Server::new(rule, Duration::ZERO));
        let first = client.calls(2).await;
        assert_eq!(first.iter().filter(|outcome| outcome.is_ok()).count(), 2);
        // The second went when the pause was over.
        let arrived = client.server.lock().unwrap().arrived.clone();
        assert_eq!(arrived.len(), 3);
        assert!(arrived[2] - arrived[1] >= SECOND * 20);
    }
}
