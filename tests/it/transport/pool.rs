//! Idle connections: how long the pool keeps them, and requests whose connection the server
//! closes.

use std::collections::HashMap;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;

use tokio::task::JoinSet;

use super::*;

/// Starts a server on its own thread that closes its connection on demand.
fn server() -> (SocketAddr, impl Fn()) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (order, orders) = mpsc::channel();
    let (closed, is_closed) = mpsc::channel();
    thread::spawn(move || {
        while let Ok((mut stream, _)) = listener.accept() {
            read_head(&mut stream).unwrap();
            stream.write_all(REFUSAL).unwrap();
            if orders.recv().is_err() {
                break;
            }
            drop(stream);
            closed.send(()).unwrap();
        }
    });
    (address, move || {
        order.send(()).unwrap();
        is_closed.recv().unwrap();
    })
}

fn read_head(stream: &mut TcpStream) -> std::io::Result<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    Ok(String::from_utf8(head).unwrap())
}

#[tokio::test]
async fn no_request_is_sent_on_a_connection_that_the_server_closed() {
    let (address, close) = server();
    let client = builder(&format!("http://{address}")).build().unwrap();
    for _ in 0..100 {
        let error = pay(&client).await;
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::BadRequest, 1), "{error}");
        for _ in 0..5 {
            tokio::task::yield_now().await;
        }
        // This blocks the runtime's thread, so the client does not notice the close.
        close();
    }
}

async fn wait(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}

#[tokio::test]
async fn an_idle_connection_is_kept_for_50_seconds() {
    let server = ScriptedServer::start([&[RespondToAll(GOOD)] as Script]).await;
    let client = builder(&server.url()).build().unwrap();
    for (pause, connections) in [(0, 1), (49_900, 1), (50_100, 2), (60_000, 3)] {
        wait(Duration::from_millis(pause)).await;
        client.list_numbers().send().await.unwrap();
        assert_eq!(server.accepted(), connections, "{pause}");
    }
}

#[tokio::test]
async fn the_idle_timeout_is_configurable() {
    const DAY: Duration = Duration::from_secs(24 * 60 * 60);
    for (timeout, connections) in [(Duration::ZERO, 3), (Duration::MAX, 1)] {
        let server = ScriptedServer::start([&[RespondToAll(GOOD)] as Script]).await;
        // The client's setting overrides reqwest's.
        let http = reqwest::Client::builder().pool_idle_timeout(DAY / 24);
        let client = builder(&server.url())
            .http_client_builder(http)
            .pool_idle_timeout(timeout)
            .build()
            .unwrap();
        for _ in 0..3 {
            client.list_numbers().send().await.unwrap();
            wait(DAY).await;
        }
        assert_eq!(server.accepted(), connections, "{timeout:?}");
    }
}

/// The number of requests that the server processed, by request line.
type Processed = Arc<Mutex<HashMap<String, u32>>>;

/// Starts a server that closes connections without notice shortly after a response, when the
/// next request may already be on its way.
fn hasty_server() -> (SocketAddr, Processed) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let processed = Processed::default();
    let counts = Arc::clone(&processed);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut stream, counts) = (stream.unwrap(), Arc::clone(&counts));
            thread::spawn(move || {
                let mut random = fastrand::Rng::new();
                // The client may have disconnected, which is fine.
                while let Ok(head) = read_head(&mut stream) {
                    let line = head.lines().next().unwrap().to_owned();
                    *counts.lock().unwrap().entry(line).or_default() += 1;
                    _ = stream.write_all(REFUSAL);
                    if random.bool() {
                        thread::sleep(Duration::from_micros(random.u64(..300)));
                        break;
                    }
                }
            });
        }
    });
    (address, processed)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_closes_at_any_moment_duplicates_no_call() {
    const TASKS: usize = 8;
    const CALLS: usize = 100;
    let (address, processed) = hasty_server();
    let policy = RetryPolicy::default().backoff(Duration::ZERO, Duration::ZERO);
    // Several connections in a row may close before the server reads a request.
    let policy = policy.max_attempts(20).without_budget();
    let client = builder(&format!("http://{address}")).retry(policy).build().unwrap();
    let mut tasks = JoinSet::new();
    for task in 0..TASKS {
        let client = client.clone();
        tasks.spawn(async move {
            let mut ends = Vec::new();
            for call in 0..CALLS {
                let id = format!("{task}-{call}");
                let paid = client.pay_number().id(&id).send().await.map(drop).unwrap_err();
                let purged = client.purge_number().id(&id).send().await.map(drop).unwrap_err();
                ends.push((id, paid, purged));
            }
            ends
        });
    }
    let ends = tasks.join_all().await.concat();
    let processed = processed.lock().unwrap();
    let count = |line: String| processed.get(&line).copied().unwrap_or_default();
    assert_eq!(ends.len(), TASKS * CALLS);
    for (id, paid, purged) in ends {
        let times = count(format!("POST /v1/numbers/{id}/pay HTTP/1.1"));
        match paid.kind() {
            ErrorKind::BadRequest => assert_eq!(times, 1, "{paid}"),
            ErrorKind::Interrupted if paid.may_have_taken_effect() => assert!(times <= 1, "{paid}"),
            _ => assert_eq!(times, 0, "{paid}"),
        }
        // A call that is safe to repeat is retried until it gets a response.
        let times = count(format!("DELETE /v1/numbers/{id}/purge HTTP/1.1"));
        assert!((1..=purged.attempts()).contains(&times), "{times}: {purged}");
    }
}
