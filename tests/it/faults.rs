//! Connection faults: every call ends in time, with a value or an error of the right kind, and
//! the client stays usable.

use std::time::{Duration, Instant};

use crate::support::script::Step::{
    Pause, Read, Reset, RespondToAll, Send, SendForever, Silent, Trickle,
};
use crate::support::script::{GOOD, Script, ScriptedServer, Step};
use crate::support::{KEY, eventually};
use pilot_status::{Client, ClientBuilder, Credentials, Error, ErrorKind, RetryPolicy};
use tokio::task::JoinSet;

/// The outcome of a call.
type End = Result<(), ErrorKind>;

const VALUE: End = Ok(());
const CONNECT: End = Err(ErrorKind::Connect);
const TIMEOUT: End = Err(ErrorKind::Timeout);
const INTERRUPTED: End = Err(ErrorKind::Interrupted);
const DECODE: End = Err(ErrorKind::Decode);
const SERVER: End = Err(ErrorKind::Server);

/// The head of a valid response with two bytes of body.
const GOOD_HEAD: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n";
const LONG_HEAD: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n";
const CHUNKED_HEAD: &[u8] = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
const CUT_HEAD: &[u8] = b"HTTP/1.1 200 OK\r\nconte";
const CHUNKED_HEAD_WITH_LENGTH: &[u8] =
    b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\ntransfer-encoding: chunked\r\n\r\n";
const LAST_CHUNKS: &[u8] = b"2\r\n[]\r\n0\r\n\r\n";
const SWITCH: &[u8] = b"HTTP/1.1 101 Any\r\nupgrade: a\r\nconnection: upgrade\r\n\r\n";
const HTTP_2: &[u8] = b"\0\0\x06\x04\0\0\0\0\0\0\x03\0\0\0\x64";
const TLS_ALERT: &[u8] = b"\x15\x03\x01\0\x02\x02\x46";

/// Sends a response that would be valid except for the given headers.
macro_rules! with {
    ($headers:literal) => {
        Send(concat!("HTTP/1.1 200 OK\r\n", $headers, "\r\n\r\n[]").as_bytes())
    };
}

/// Time to connect, so that a reset is not a connect error.
const A_MOMENT: Step = Pause(Duration::from_millis(1));

/// The total timeout of an impatient client.
const HURRY: Duration = Duration::from_millis(300);

/// The margin beyond the total timeout, for a busy machine.
const SLACK: Duration = Duration::from_secs(10);

/// Connections that end too early.
const BROKEN: &[(&str, Script, End)] = &[
    ("reset before the request is read", &[A_MOMENT, Reset], INTERRUPTED),
    ("closed before the request is read", &[A_MOMENT], INTERRUPTED),
    ("reset before the head", &[Read, Reset], INTERRUPTED),
    ("closed before the head", &[Read], INTERRUPTED),
    ("reset within the head", &[Read, Send(CUT_HEAD), Reset], INTERRUPTED),
    ("closed within the head", &[Read, Send(CUT_HEAD)], INTERRUPTED),
    ("reset after the head", &[Read, Send(GOOD_HEAD), Reset], INTERRUPTED),
    ("closed after the head", &[Read, Send(GOOD_HEAD)], INTERRUPTED),
    ("reset within the body", &[Read, Send(GOOD_HEAD), Send(b"["), Reset], INTERRUPTED),
    ("closed within the body", &[Read, Send(GOOD_HEAD), Send(b"[")], INTERRUPTED),
    ("closed within a chunk", &[Read, Send(CHUNKED_HEAD), Send(b"2\r\n[")], INTERRUPTED),
    (
        "closed before the last chunk",
        &[Read, Send(CHUNKED_HEAD), Send(b"2\r\n[]\r\n")],
        INTERRUPTED,
    ),
    ("closed within a body without a length", &[Read, Send(b"HTTP/1.1 200 OK\r\n\r\n[")], DECODE),
];

/// Bodies whose length does not match the head.
const WRONG_LENGTHS: &[(&str, Script, End)] = &[
    ("a body longer than announced", &[Read, Send(GOOD), Send(b"[1, 2, 3]"), Silent], VALUE),
    (
        "the same length twice",
        &[Read, with!("content-length: 2\r\ncontent-length: 2"), Silent],
        VALUE,
    ),
    (
        "a length and chunks",
        &[Read, Send(CHUNKED_HEAD_WITH_LENGTH), Send(LAST_CHUNKS), Silent],
        VALUE,
    ),
    (
        "a chunk without a size",
        &[Read, Send(CHUNKED_HEAD), Send(b"zz\r\n[]\r\n0\r\n\r\n"), Silent],
        INTERRUPTED,
    ),
    (
        "a chunk size out of range",
        &[Read, Send(CHUNKED_HEAD), Send(b"fffffffffffffffff\r\n[]"), Silent],
        INTERRUPTED,
    ),
    (
        "a chunk longer than its size",
        &[Read, Send(CHUNKED_HEAD), Send(b"1\r\n[]\r\n0\r\n\r\n"), Silent],
        INTERRUPTED,
    ),
];

/// Malformed heads.
const WRONG_HEADS: &[(&str, Script, End)] = &[
    ("two lengths", &[Read, with!("content-length: 2\r\ncontent-length: 3"), Silent], INTERRUPTED),
    ("a negative length", &[Read, with!("content-length: -2"), Silent], INTERRUPTED),
    (
        "a length out of range",
        &[Read, with!("content-length: 99999999999999999999"), Silent],
        INTERRUPTED,
    ),
    ("another protocol", &[Send(b"220 mail.example ESMTP\r\n"), Silent], INTERRUPTED),
    ("HTTP/2 that was not negotiated", &[Read, Send(HTTP_2), Silent], INTERRUPTED),
    ("TLS instead of plain text", &[Read, Send(TLS_ALERT), Silent], INTERRUPTED),
    ("no head", &[Read, Send(b"[]\r\n\r\n"), Silent], INTERRUPTED),
    ("another version", &[Read, Send(b"HTTP/9.9 200 OK\r\n\r\n[]"), Silent], INTERRUPTED),
    ("a status of four digits", &[Read, Send(b"HTTP/1.1 2000 OK\r\n\r\n[]"), Silent], INTERRUPTED),
    ("a header without a colon", &[Read, with!("header"), Silent], INTERRUPTED),
    ("a header with a zero byte", &[Read, with!("a: \0"), Silent], INTERRUPTED),
    ("a switch of protocols", &[Read, Send(SWITCH), Silent], SERVER),
];

/// Responses that never end, or end too late.
const SLOW: &[(&str, Script, End)] = &[
    ("silence", &[Silent], TIMEOUT),
    ("silence after the request", &[Read, Silent], TIMEOUT),
    ("silence after the head", &[Read, Send(GOOD_HEAD), Silent], TIMEOUT),
    ("a slow head", &[Read, Send(b"HTTP/1.1 200 OK\r\na: "), Trickle(&[b'a'; 1000])], TIMEOUT),
    ("a slow body", &[Read, Send(LONG_HEAD), Trickle(&[b' '; 1000])], TIMEOUT),
    ("endless interim responses", &[Read, SendForever(b"HTTP/1.1 100 Continue\r\n\r\n")], TIMEOUT),
];

/// Endless responses, which the client must cut off.
const ENDLESS: &[(&str, Script, End)] = &[
    ("empty lines", &[Read, SendForever(b"\r\n")], INTERRUPTED),
    ("headers", &[Read, Send(b"HTTP/1.1 200 OK\r\n"), SendForever(b"a: a\r\n")], INTERRUPTED),
    ("one header", &[Read, Send(b"HTTP/1.1 200 OK\r\na: "), SendForever(b"a")], INTERRUPTED),
    ("a reason phrase", &[Read, Send(b"HTTP/1.1 200 "), SendForever(b"a")], INTERRUPTED),
    ("a chunk extension", &[Read, Send(CHUNKED_HEAD), Send(b"2;"), SendForever(b"a")], INTERRUPTED),
    (
        "a trailer",
        &[Read, Send(CHUNKED_HEAD), Send(b"2\r\n[]\r\n0\r\na: "), SendForever(b"a")],
        INTERRUPTED,
    ),
    ("chunks", &[Read, Send(CHUNKED_HEAD), SendForever(b"2\r\n[[\r\n")], DECODE),
    (
        "a body without a length",
        &[Read, Send(b"HTTP/1.1 200 OK\r\n\r\n"), SendForever(b"[")],
        DECODE,
    ),
    (
        "an error response without a length",
        &[Read, Send(b"HTTP/1.1 500 Any\r\n\r\n"), SendForever(b"{")],
        SERVER,
    ),
];

/// Returns a builder for a client that retries without delay.
fn builder(url: &str) -> ClientBuilder {
    let policy = RetryPolicy::default().backoff(Duration::ZERO, Duration::ZERO);
    Client::builder(Credentials::api_key(KEY)).base_url(url).retry(policy)
}

/// Returns a builder for a client with short timeouts.
fn hurried(url: &str) -> ClientBuilder {
    let policy =
        RetryPolicy::default().backoff(Duration::ZERO, Duration::ZERO).total_timeout(HURRY);
    builder(url).attempt_timeout(HURRY / 3).retry(policy)
}

async fn call(builder: ClientBuilder) -> Result<(), Error> {
    builder.build().unwrap().list_numbers().send().await.map(drop)
}

fn end(outcome: &Result<(), Error>) -> End {
    outcome.as_ref().map(drop).map_err(Error::kind)
}

#[tokio::test]
async fn a_fault_ends_the_call_with_the_expected_kind() {
    let mut calls = JoinSet::new();
    for &(name, script, expected) in &[BROKEN, WRONG_LENGTHS, WRONG_HEADS].concat() {
        calls.spawn(async move {
            let server = ScriptedServer::start([script]).await;
            let start = Instant::now();
            let outcome = call(builder(&server.url())).await;
            assert_eq!(end(&outcome), expected, "{name}: {outcome:?}");
            assert!(start.elapsed() < SLACK, "{name}");
            // Broken connections are transient; malformed responses are not.
            let is_unreadable = WRONG_HEADS.iter().any(|(wrong, ..)| *wrong == name);
            let attempts = if expected == INTERRUPTED && !is_unreadable { 4 } else { 1 };
            assert_eq!(server.accepted(), attempts, "{name}: {outcome:?}");
        });
    }
    calls.join_all().await;
}

#[tokio::test]
async fn a_slow_response_is_a_timeout() {
    let mut calls = JoinSet::new();
    for &(name, script, expected) in SLOW {
        calls.spawn(async move {
            let server = ScriptedServer::start([script]).await;
            let start = Instant::now();
            let outcome = call(hurried(&server.url())).await;
            assert_eq!(end(&outcome), expected, "{name}: {outcome:?}");
            assert!(start.elapsed() < HURRY + SLACK, "{name}");
        });
    }
    calls.join_all().await;
}

#[tokio::test]
async fn an_endless_response_is_cut_off() {
    const LIMIT: usize = 64 * 1024;
    // The bytes that the client reads before it stops, plus the buffers of the system.
    const MOST: usize = 32 * 1024 * 1024;
    for (name, script, expected) in ENDLESS {
        let server = ScriptedServer::start([*script]).await;
        let builder = builder(&server.url()).retry(RetryPolicy::none());
        let outcome = call(builder.max_response_bytes(LIMIT)).await;
        assert_eq!(end(&outcome), *expected, "{name}: {outcome:?}");
        assert!(server.sent() < MOST, "{name}: {}", server.sent());
    }
}

#[tokio::test]
async fn an_unreachable_server_is_a_connect_error() {
    let server = ScriptedServer::start_at(([127, 0, 0, 1], 0).into(), 0, []).await;
    let start = Instant::now();
    let outcome = call(builder(&server.url())).await;
    assert_eq!(end(&outcome), CONNECT, "{outcome:?}");
    assert!(start.elapsed() < SLACK);
}

#[tokio::test]
async fn a_server_without_tls_fails_an_https_call() {
    let scripts: [Script; 6] = [
        &[Send(b"HTTP/1.1 400 Bad Request\r\n\r\n"), Silent],
        &[SendForever(b"HTTP/1.1 400 Bad Request\r\n\r\n")],
        &[],
        &[Reset],
        &[Silent],
        &[Trickle(b"\x16\x03\x03\x40\0"), Trickle(&[0; 1000])],
    ];
    let mut calls = JoinSet::new();
    for script in scripts {
        calls.spawn(async move {
            let server = ScriptedServer::start([script]).await;
            let url = server.url().replace("http:", "https:");
            let start = Instant::now();
            // In every attempt, the connect timeout expires before the attempt timeout.
            let outcome = call(builder(&url).attempt_timeout(HURRY)).await;
            assert_eq!(end(&outcome), CONNECT, "{script:?}: {outcome:?}");
            assert!(start.elapsed() < SLACK, "{script:?}");
        });
    }
    calls.join_all().await;
}

#[tokio::test]
async fn an_error_status_counts_even_if_its_body_stalls() {
    const TIME: Duration = Duration::from_millis(300);
    let script: Script = &[Read, Send(b"HTTP/1.1 401 Any\r\ncontent-length: 9\r\n\r\n{"), Silent];
    let server = ScriptedServer::start([script]).await;
    let start = Instant::now();
    let outcome = call(builder(&server.url()).attempt_timeout(TIME)).await;
    assert_eq!(end(&outcome), Err(ErrorKind::Unauthorized), "{outcome:?}");
    assert!(start.elapsed() < TIME + SLACK);
}

#[tokio::test]
async fn an_unsolicited_response_is_not_used_for_a_call() {
    let unsolicited: Script =
        &[Read, Send(GOOD), Send(b"HTTP/1.1 403 Any\r\ncontent-length: 0\r\n\r\n"), Silent];
    let server = ScriptedServer::start([unsolicited, &[RespondToAll(GOOD)]]).await;
    let client = builder(&server.url()).build().unwrap();
    for _ in 0..3 {
        client.list_numbers().send().await.unwrap();
    }
    assert_eq!(server.accepted(), 2);
}

#[tokio::test]
async fn a_client_is_usable_after_a_hundred_faults() {
    const FAULTS: usize = 100;
    let faults = [BROKEN, WRONG_LENGTHS].concat();
    let broken = faults.iter().filter(|(_, _, end)| *end == INTERRUPTED);
    let mut scripts: Vec<Script> =
        broken.map(|(_, script, _)| *script).cycle().take(FAULTS).collect();
    scripts.push(&[RespondToAll(GOOD)]);
    let server = ScriptedServer::start(scripts).await;
    let client = builder(&server.url()).build().unwrap();
    for _ in 0..FAULTS / 4 {
        let error = client.list_numbers().send().await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Interrupted, 4));
    }
    client.list_numbers().send().await.unwrap();
    assert_eq!(server.accepted(), FAULTS + 1);
    eventually("one connection is open", || server.open() == 1).await;
    drop(client);
    eventually("no connection is open", || server.open() == 0).await;
}

#[tokio::test]
async fn a_retry_reaches_a_restarted_server() {
    let rejection: Script =
        &[Read, Send(b"HTTP/1.1 503 Any\r\nretry-after-ms: 50\r\ncontent-length: 0\r\n\r\n")];
    for last in [rejection, &[Read]] {
        let any = ([127, 0, 0, 1], 0).into();
        let before = ScriptedServer::start_at(any, 1, [last]).await;
        let wait = Duration::from_millis(50);
        let policy = RetryPolicy::default().max_attempts(u32::MAX).backoff(wait, wait);
        let client = builder(&before.url()).retry(policy).build().unwrap();
        let call = tokio::spawn(async move { client.list_numbers().send().await.map(drop) });
        eventually("the first server is gone", || before.accepted() == 1).await;
        let after =
            ScriptedServer::start_at(before.address, 1, [&[RespondToAll(GOOD)] as Script]).await;
        call.await.unwrap().unwrap();
        assert_eq!(after.accepted(), 1);
    }
}

#[tokio::test]
async fn a_broken_connection_is_replaced() {
    for &(name, script, end) in BROKEN {
        if end == INTERRUPTED {
            let server = ScriptedServer::start([script, &[RespondToAll(GOOD)]]).await;
            call(builder(&server.url())).await.unwrap();
            assert_eq!(server.accepted(), 2, "{name}");
        }
    }
}

#[tokio::test]
async fn a_connection_is_reused_after_a_rejection() {
    // Longer than the rest of a dropped response that hyper drains.
    const LENGTH: usize = 60 * 1024;
    let head = format!("HTTP/1.1 429 Any\r\nretry-after: 0\r\ncontent-length: {LENGTH}\r\n\r\n");
    let rejection = Send(format!("{head}{}", " ".repeat(LENGTH)).into_bytes().leak());
    let script = vec![Read, rejection, Read, rejection, Read, rejection, RespondToAll(GOOD)];
    let server = ScriptedServer::start([script.leak() as Script]).await;
    builder(&server.url()).build().unwrap().list_numbers().send().await.unwrap();
    assert_eq!(server.accepted(), 1);
}

#[tokio::test]
async fn a_connection_that_closed_while_idle_is_replaced() {
    for end in [&[Read, Send(GOOD)] as Script, &[Read, Send(GOOD), Reset]] {
        let server = ScriptedServer::start([end, end, &[RespondToAll(GOOD)]]).await;
        let client = builder(&server.url()).build().unwrap();
        for _ in 0..5 {
            client.list_numbers().send().await.unwrap();
        }
        assert_eq!(server.accepted(), 3);
    }
}
