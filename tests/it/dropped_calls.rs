//! A call may be dropped at any time: it leaves no task or connection behind, and the client
//! stays usable.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::support::script::Step::{NotifyTest, Pause, Read, RespondToAll, Send, Silent};
use crate::support::script::{GOOD, Script, ScriptedServer};
use crate::support::{KEY, eventually};
use pilot_status::reqwest::dns::{Addrs, Name, Resolve, Resolving};
use pilot_status::{Client, ClientBuilder, Credentials, reqwest};
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::Notify;

const HALF: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n[";
const REJECTION: &[u8] = b"HTTP/1.1 429 Any\r\nretry-after: 2\r\ncontent-length: 0\r\n\r\n";

/// More than the socket buffers hold if the server does not read.
const TOO_MUCH: usize = 16 * 1024 * 1024;

/// Longer than the client needs to fill the socket buffers.
const A_WHILE: Duration = Duration::from_millis(300);

/// The tasks of a pool with one connection: one for the connection, one for cleanup.
const POOL: usize = 2;

/// The time after which a client without a free slot sends another request anyway.
const LONGEST_STALL: Duration = Duration::from_secs(5);

/// Time for the client to process data that it has just received.
const A_MOMENT: Duration = Duration::from_millis(20);

fn builder(server: &ScriptedServer) -> ClientBuilder {
    Client::builder(Credentials::api_key(KEY)).base_url(server.url())
}

/// Starts a server in its own runtime, so that its tasks are not counted as the client's.
fn server(first: Script) -> (Runtime, ScriptedServer) {
    let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let server = runtime.block_on(ScriptedServer::start([first, &[RespondToAll(GOOD)]]));
    (runtime, server)
}

fn tasks() -> usize {
    Handle::current().metrics().num_alive_tasks()
}

/// Drops a call a moment after `happened`, then makes another, in a runtime without other
/// tasks. `kept` tasks remain after the drop.
fn drop_a_call(
    server: &ScriptedServer,
    builder: ClientBuilder,
    happened: impl Future<Output = ()>,
    kept: usize,
) {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        assert_eq!(tasks(), 0);
        let client = builder.build().unwrap();
        let outcome = {
            let call = client.list_numbers().send();
            tokio::select! {
                outcome = call => Some(outcome),
                () = async { happened.await; tokio::time::sleep(A_MOMENT).await } => None,
            }
        };
        assert!(outcome.is_none(), "{outcome:?}");
        eventually("the tasks of the call have ended", || tasks() == kept).await;

        client.list_numbers().send().await.unwrap();
        eventually("one connection is open", || server.open() == 1).await;
        assert_eq!(tasks(), POOL);

        drop(client);
        eventually("no task is left", || tasks() == 0).await;
        eventually("no connection is left", || server.open() == 0).await;
    });
}

#[test]
fn a_call_may_be_dropped_while_it_sends() {
    let (_runtime, server) = server(&[NotifyTest, Pause(A_WHILE), Silent]);
    let builder = builder(&server).user_agent("a".repeat(TOO_MUCH));
    drop_a_call(&server, builder, server.notified(), 0);
}

#[test]
fn a_call_may_be_dropped_while_it_waits_for_the_response() {
    let (_runtime, server) = server(&[Read, NotifyTest, Silent]);
    drop_a_call(&server, builder(&server), server.notified(), 0);
}

#[test]
fn a_call_may_be_dropped_while_it_reads_the_response() {
    let (_runtime, server) = server(&[Read, Send(HALF), NotifyTest, Silent]);
    drop_a_call(&server, builder(&server), server.notified(), 0);
}

#[test]
fn a_call_may_be_dropped_during_backoff() {
    let (_runtime, server) = server(&[Read, Send(REJECTION), NotifyTest, RespondToAll(GOOD)]);
    drop_a_call(&server, builder(&server), server.notified(), POOL);
    assert_eq!(server.accepted(), 1);
}

/// Never resolves the first name that it is asked to resolve.
#[derive(Default)]
struct Resolver {
    was_asked: AtomicBool,
    queried: Notify,
    server: Option<SocketAddr>,
}

impl Resolve for Resolver {
    fn resolve(&self, _: Name) -> Resolving {
        if self.was_asked.swap(true, Ordering::SeqCst) {
            let addresses: Addrs = Box::new(self.server.into_iter());
            return Box::pin(async { Ok(addresses) });
        }
        self.queried.notify_one();
        Box::pin(std::future::pending())
    }
}

#[test]
fn a_call_may_be_dropped_while_it_connects() {
    let (_runtime, server) = server(&[RespondToAll(GOOD)]);
    let resolver = Arc::new(Resolver { server: Some(server.address), ..Resolver::default() });
    let http = reqwest::Client::builder().dns_resolver(Arc::clone(&resolver));
    let url = format!("http://localhost:{}", server.address.port());
    let builder = builder(&server).base_url(url).http_client_builder(http);
    drop_a_call(&server, builder, resolver.queried.notified(), 0);
}

#[test]
fn a_thousand_dropped_calls_leak_nothing() {
    drop_calls(1_000);
}

#[test]
#[ignore = "takes long: see CONTRIBUTING.md"]
fn ten_thousand_dropped_calls_leak_nothing() {
    drop_calls(10_000);
}

/// Drops `calls` calls, each after a random number of polls.
fn drop_calls(calls: usize) {
    let (_runtime, server) = server(&[RespondToAll(GOOD)]);
    // A slot that is not released would block the next call.
    let builder = builder(&server).max_concurrent_requests(1);
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let client = builder.build().unwrap();
        let (mut dropped, mut completed) = (0, 0);
        while dropped < calls {
            // From too few polls to connect to enough to read the response.
            let polls = fastrand::u32(..1 << fastrand::u32(1..6));
            tokio::select! {
                biased;
                outcome = client.list_numbers().send() => {
                    outcome.unwrap();
                    completed += 1;
                }
                () = async { for _ in 0..polls { tokio::task::yield_now().await } } => dropped += 1,
            }
        }
        assert!(completed > 0, "no call completed");
        assert!(server.accepted() > calls / 100, "hardly any call connected");

        let begun = Instant::now();
        client.list_numbers().send().await.unwrap();
        assert!(begun.elapsed() < LONGEST_STALL, "a dropped call kept its slot");
        eventually("one connection is open", || server.open() == 1).await;
        eventually("only its tasks are left", || tasks() == POOL).await;
        drop(client);
        eventually("no task is left", || tasks() == 0).await;
        eventually("no connection is left", || server.open() == 0).await;
    });
}
