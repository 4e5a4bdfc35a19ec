//! Many calls to a server that fails at random in many ways: the client's counts match the
//! server's, and no request is processed twice unless that is safe.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use pilot_status::types::MessageRequest;
use pilot_status::{Client, Credentials, Error, ErrorKind, Pacing, RetryPolicy};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;
use tracing::Subscriber;
use tracing::span::{Attributes, Id};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

use crate::operations::case::example;
use crate::support::process::{is_child, run_again};
use crate::support::{KEY, eventually};

const TASKS: usize = 32;
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(2);

/// The limit of memory growth after the first fifth of the calls; the tests keep counts for
/// each call.
const MOST_GROWTH_KIB: usize = 64 * 1024;

/// The server's behaviour after it has read a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Act {
    Respond,
    /// Responds, and announces that it closes the connection.
    RespondAndClose,
    /// Responds, then shuts down its write side without notice: later requests get no response.
    RespondAndHalfClose,
    RateLimit,
    Unavailable,
    /// Resets the connection.
    Reset,
    /// Sends bytes that are not HTTP.
    Garbage,
    /// Processes the request, then sends a proxy's error page.
    ProcessAndPage,
    ProcessAndReset,
    /// Processes the request, then closes the connection within the response.
    ProcessAndCut,
    /// Processes the request, then sends JSON that does not match the document.
    ProcessAndOddBody,
    /// Processes the request, then sends nothing.
    ProcessAndStall,
}

use Act::{
    Garbage, ProcessAndCut, ProcessAndOddBody, ProcessAndPage, ProcessAndReset, ProcessAndStall,
    RateLimit, Reset, Respond, RespondAndClose, RespondAndHalfClose, Unavailable,
};

/// The share of each fault, per 10,000 requests.
const FAULTS: [(Act, u32); 11] = [
    (RespondAndClose, 200),
    (RespondAndHalfClose, 200),
    (RateLimit, 300),
    (Unavailable, 200),
    (Reset, 150),
    (Garbage, 20),
    (ProcessAndPage, 200),
    (ProcessAndReset, 150),
    (ProcessAndCut, 150),
    (ProcessAndOddBody, 50),
    (ProcessAndStall, 1),
];

impl Act {
    fn choose() -> Self {
        let mut random = fastrand::u32(..10_000);
        for (act, share) in FAULTS {
            match random.checked_sub(share) {
                Some(rest) => random = rest,
                None => return act,
            }
        }
        Respond
    }

    fn processes(self) -> bool {
        !matches!(self, RateLimit | Unavailable | Reset | Garbage)
    }
}

/// The requests of one call that the server received.
#[derive(Clone, Copy, Default)]
struct Seen {
    requests: u32,
    processed: u32,
}

#[derive(Default)]
struct Counts {
    /// Keyed by the id in the call's path, or by its idempotency key.
    calls: HashMap<String, Seen>,
    acts: HashMap<Act, usize>,
    /// Requests on connections whose write side the server has shut down.
    lost: usize,
}

struct Server {
    counts: Mutex<Counts>,
    open: AtomicUsize,
    /// The bodies of successes, by path suffix.
    bodies: [(&'static str, String); 4],
}

impl Server {
    /// Starts the server in its own runtime.
    fn start() -> (Runtime, String, Arc<Self>) {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let bodies = [
            ("pay", "pay_number"),
            ("purge", "purge_number"),
            ("send", "send_message"),
            ("", "get_number"),
        ];
        let bodies = bodies.map(|(end, id)| (end, example(id).to_string()));
        let server = Arc::new(Self { counts: Mutex::default(), open: AtomicUsize::new(0), bodies });
        let shared = Arc::clone(&server);
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let server = Arc::clone(&shared);
                tokio::spawn(async move {
                    server.open.fetch_add(1, Ordering::SeqCst);
                    // The client may have disconnected, which is fine.
                    _ = server.serve(BufReader::new(stream)).await;
                    server.open.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        (runtime, url, server)
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap()
    }

    async fn serve(&self, mut stream: BufReader<TcpStream>) -> std::io::Result<()> {
        loop {
            let (id, end) = read_request(&mut stream).await?;
            let act = Act::choose();
            self.count(&id, act);
            let body = &self.bodies.iter().find(|(of, _)| end.ends_with(of)).unwrap().1;
            let response = response(act, body);
            match act {
                Reset | ProcessAndReset => return stream.get_ref().set_zero_linger(),
                ProcessAndStall => tokio::time::sleep(ATTEMPT_TIMEOUT * 2).await,
                ProcessAndCut => {
                    return stream.write_all(&response[..response.len() - 9]).await;
                }
                _ => stream.write_all(&response).await?,
            }
            match act {
                RespondAndClose | Garbage => return Ok(()),
                RespondAndHalfClose => {
                    stream.shutdown().await?;
                    loop {
                        let (id, _) = read_request(&mut stream).await?;
                        let mut counts = self.counts();
                        counts.lost += 1;
                        counts.calls.entry(id).or_default().requests += 1;
                    }
                }
                _ => {}
            }
        }
    }

    fn count(&self, id: &str, act: Act) {
        let mut counts = self.counts();
        *counts.acts.entry(act).or_default() += 1;
        let seen = counts.calls.entry(id.to_owned()).or_default();
        seen.requests += 1;
        seen.processed += u32::from(act.processes());
    }
}

/// Reads a request. Returns the id of its call and its path.
async fn read_request(stream: &mut BufReader<TcpStream>) -> std::io::Result<(String, String)> {
    let (mut path, mut id, mut length) = (String::new(), None, 0);
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await?;
        match line.trim_end().split_once(' ') {
            None if line.is_empty() => return Err(std::io::ErrorKind::UnexpectedEof.into()),
            None => break,
            Some((_, rest)) if path.is_empty() => {
                rest.split(' ').next().unwrap().clone_into(&mut path);
            }
            Some(("idempotency-key:", value)) => id = Some(value.to_owned()),
            Some(("content-length:", value)) => length = value.parse().unwrap(),
            Some(_) => {}
        }
    }
    stream.read_exact(&mut vec![0; length]).await?;
    let id = id.unwrap_or_else(|| path.split('/').nth(3).unwrap().to_owned());
    Ok((id, path))
}

fn response(act: Act, body: &str) -> Vec<u8> {
    let (head, body) = match act {
        RateLimit => ("429 Any\r\nretry-after-ms: 0", "{}"),
        Unavailable => ("503 Any", "{}"),
        ProcessAndPage => ("502 Any\r\ncontent-type: text/html", "<html></html>"),
        ProcessAndOddBody => ("200 OK", "[7]"),
        RespondAndClose => ("200 OK\r\nconnection: close", body),
        Garbage => return b"220 mail.example ESMTP\r\n\r\n".to_vec(),
        _ => ("200 OK", body),
    };
    format!("HTTP/1.1 {head}\r\ncontent-length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

/// Counts the attempts of all calls.
#[derive(Clone, Default)]
struct Attempts(Arc<AtomicUsize>);

impl<S: Subscriber> Layer<S> for Attempts {
    fn on_new_span(&self, attributes: &Attributes<'_>, _: &Id, _: Context<'_, S>) {
        self.0.fetch_add(usize::from(attributes.metadata().name() == "attempt"), Ordering::SeqCst);
    }
}

/// Whether a call is safe to repeat.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Read,
    /// Must not be repeated if the server may have processed it.
    Once,
    /// Safe to repeat.
    Repeatable,
    /// Safe to repeat because the server recognizes the idempotency key.
    Keyed,
}

impl Kind {
    fn of(number: usize) -> Self {
        [Self::Read, Self::Once, Self::Repeatable, Self::Keyed][number % 4]
    }
}

async fn call(client: &Client, number: usize) -> Result<(), Error> {
    match Kind::of(number) {
        Kind::Read => client.get_number().id(number.to_string()).send().await.map(drop),
        Kind::Once => client.pay_number().id(number.to_string()).send().await.map(drop),
        Kind::Repeatable => client.purge_number().id(number.to_string()).send().await.map(drop),
        Kind::Keyed => {
            let message = MessageRequest::builder().destination_number("+5511988887777").text("a");
            let call = client.send_message().idempotency_key(number.to_string());
            call.body(message).send().await.map(drop)
        }
    }
}

/// The error of a call.
#[derive(Clone, Debug)]
struct Failure {
    kind: ErrorKind,
    attempts: u32,
    may_have_taken_effect: bool,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let may_have_taken_effect = error.may_have_taken_effect();
        Self { kind: error.kind(), attempts: error.attempts(), may_have_taken_effect }
    }
}

/// The number of a call, and its outcome.
type End = (usize, Result<(), Failure>);

/// Checks the outcome of a call against the requests that the server received.
fn check((number, end): &End, seen: Seen) {
    let kind = Kind::of(*number);
    let Seen { requests, processed } = seen;
    let name = format!("{number}, {kind:?}: {end:?}, {requests} requests, {processed} processed");
    if matches!(kind, Kind::Once) {
        assert!(processed <= 1, "{name}");
    }
    match end {
        Ok(()) => assert!(processed >= 1 && requests <= 4, "{name}"),
        Err(error) => {
            assert_eq!(error.attempts, requests, "{name}");
            let is_harmless = matches!(kind, Kind::Read) || error.may_have_taken_effect;
            assert!(processed == 0 || is_harmless, "{name}");
            // No other kind can occur here.
            let kinds = [
                ErrorKind::Interrupted,
                ErrorKind::Server,
                ErrorKind::RateLimited,
                ErrorKind::Decode,
                ErrorKind::Timeout,
            ];
            assert!(kinds.contains(&error.kind), "{name}");
        }
    }
}

/// Makes `calls` calls in a child process, which has its own subscriber and memory.
fn soak(test: &str, calls: usize) {
    if !is_child() {
        return run_again(test, &[], 1024);
    }
    let attempts = Attempts::default();
    let subscriber = tracing_subscriber::registry().with(attempts.clone());
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let (_runtime, url, server) = Server::start();
    let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let policy = RetryPolicy::default().backoff(Duration::ZERO, Duration::ZERO);
    let client = Client::builder(Credentials::api_key(KEY))
        .base_url(url)
        .attempt_timeout(ATTEMPT_TIMEOUT)
        .retry(policy.pacing(Pacing::Off).without_budget())
        .build()
        .unwrap();
    let (ends, memory) = runtime.block_on(make(client, calls));
    runtime
        .block_on(eventually("no connection is left", || server.open.load(Ordering::SeqCst) == 0));

    let counts = server.counts();
    let requests: usize = counts.calls.values().map(|seen| seen.requests as usize).sum();
    assert_eq!(attempts.0.load(Ordering::SeqCst), requests);
    assert_eq!((ends.len(), counts.calls.len()), (calls, calls));
    for end in &ends {
        check(end, counts.calls[&end.0.to_string()]);
    }
    let failed = ends.iter().filter(|(_, end)| end.is_err()).count();
    println!("{calls} calls, {failed} failed, {requests} requests, {} lost", counts.lost);
    println!("{:?}, {} KiB more memory", counts.acts, memory[1].saturating_sub(memory[0]));
    assert!(memory[1] <= memory[0] + MOST_GROWTH_KIB, "{memory:?} KiB");
}

/// Makes the calls. Returns their outcomes, and the memory in use after a fifth of the calls
/// and after all.
async fn make(client: Client, calls: usize) -> (Vec<End>, [usize; 2]) {
    let next = Arc::new(AtomicUsize::new(0));
    let early = Arc::new(AtomicUsize::new(0));
    let mut tasks = JoinSet::new();
    for _ in 0..TASKS {
        let (client, next, early) = (client.clone(), Arc::clone(&next), Arc::clone(&early));
        tasks.spawn(async move {
            let mut ends = Vec::new();
            loop {
                let number = next.fetch_add(1, Ordering::SeqCst);
                if number >= calls {
                    return ends;
                }
                if number == calls / 5 {
                    early.store(memory_kib(), Ordering::SeqCst);
                }
                let end = call(&client, number).await.map_err(Failure::from);
                ends.push((number, end));
            }
        });
    }
    let ends = tasks.join_all().await.concat();
    (ends, [early.load(Ordering::SeqCst), memory_kib()])
}

/// The resident memory of this process on Linux, or 0.
fn memory_kib() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse().unwrap_or_default()
}

#[test]
fn outcomes_of_calls_match_the_requests_of_the_server() {
    soak("soak::outcomes_of_calls_match_the_requests_of_the_server", 5_000);
}

#[test]
#[ignore = "takes minutes: see CONTRIBUTING.md"]
fn outcomes_of_200_000_calls_match_the_requests_of_the_server() {
    soak("soak::outcomes_of_200_000_calls_match_the_requests_of_the_server", 200_000);
}
