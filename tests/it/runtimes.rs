//! Clients shared by several Tokio runtimes. A connection belongs to the runtime that opened
//! it, and works only while that runtime runs.

use std::thread;
use std::time::Duration;

use pilot_status::mock::{OperationId, Sandbox};
use pilot_status::{ClientBuilder, ErrorKind, RetryPolicy};
use serde_json::json;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;

fn running() -> Runtime {
    Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
}

/// Builds a runtime that runs only during `block_on`.
fn current_thread() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

/// Starts a sandbox in its own runtime.
fn sandbox() -> (Runtime, Sandbox) {
    let runtime = running();
    let sandbox = runtime.block_on(Sandbox::start()).unwrap();
    (runtime, sandbox)
}

fn paid(sandbox: &Sandbox) -> usize {
    let requests = sandbox.requests();
    requests.iter().filter(|request| request.operation == Some(OperationId::PayNumber)).count()
}

#[test]
fn ten_runtimes_share_a_client_and_every_call_is_sent_once() {
    const CALLS: usize = 50;
    let (_server, sandbox) = sandbox();
    let client = sandbox.builder().max_concurrent_requests(20).build().unwrap();
    let runtimes: Vec<Runtime> = (0..10).map(|_| running()).collect();
    thread::scope(|scope| {
        for runtime in &runtimes {
            let client = client.clone();
            scope.spawn(move || {
                runtime.block_on(async {
                    let mut calls = JoinSet::new();
                    for _ in 0..CALLS {
                        let client = client.clone();
                        calls.spawn(
                            async move { client.pay_number().id("1").send().await.map(drop) },
                        );
                    }
                    calls.join_all().await.into_iter().for_each(Result::unwrap);
                });
            });
        }
    });
    assert_eq!(paid(&sandbox), 10 * CALLS);
}

#[test]
fn a_client_outlives_the_runtimes_that_opened_its_connections() {
    let (_server, sandbox) = sandbox();
    let client = sandbox.client();
    for _ in 0..20 {
        current_thread().block_on(client.pay_number().id("1").send()).unwrap();
    }
    assert_eq!(paid(&sandbox), 20);
}

#[test]
fn dropped_runtimes_do_not_fail_reads_in_others() {
    let (_server, sandbox) = sandbox();
    let policy = RetryPolicy::default().backoff(Duration::ZERO, Duration::ZERO).without_budget();
    let client = sandbox.builder().retry(policy).build().unwrap();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..20 {
                    current_thread().block_on(async {
                        for _ in 0..3 {
                            client.list_numbers().send().await.unwrap();
                        }
                    });
                }
            });
        }
    });
}

fn hurried(builder: ClientBuilder) -> ClientBuilder {
    let policy = RetryPolicy::default().backoff(Duration::ZERO, Duration::ZERO);
    builder.attempt_timeout(Duration::from_millis(300)).retry(policy)
}

#[test]
fn a_call_on_a_connection_of_an_idle_runtime_times_out() {
    let (_server, sandbox) = sandbox();
    let client = hurried(sandbox.builder()).build().unwrap();
    let (first, second) = (current_thread(), current_thread());
    first.block_on(client.list_numbers().send()).unwrap();
    let error = second.block_on(client.pay_number().id("1").send()).unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Timeout, 1), "{error}");
    // The client cannot detect that the connection's runtime is idle.
    assert!(error.may_have_taken_effect());
    assert_eq!(paid(&sandbox), 0);

    first.block_on(client.list_numbers().send()).unwrap();
    // A call that is safe to repeat opens a connection in its own runtime.
    second.block_on(client.list_numbers().send()).unwrap();
}

#[test]
fn a_client_without_idle_connections_works_in_any_runtime() {
    let (_server, sandbox) = sandbox();
    let client = hurried(sandbox.builder()).pool_idle_timeout(Duration::ZERO).build().unwrap();
    let runtimes = [current_thread(), current_thread(), current_thread()];
    for _ in 0..3 {
        for runtime in &runtimes {
            runtime.block_on(client.pay_number().id("1").send()).unwrap();
        }
    }
    assert_eq!(paid(&sandbox), 9);
}

#[test]
fn each_entry_of_a_stream_may_be_taken_in_another_runtime() {
    let (_server, sandbox) = sandbox();
    let entries = [json!({"id": "a"}), json!({"id": "b"})];
    let page = json!({"messages": entries, "page": 1, "totalPages": 3});
    sandbox.respond_with(OperationId::ListMessageHistory, page);
    let mut stream = sandbox.client().list_message_history().stream();
    let mut ids = Vec::new();
    while let Some(entry) = current_thread().block_on(stream.next()) {
        ids.push(entry.unwrap().id);
    }
    assert_eq!(ids, ["a", "b", "a", "b", "a", "b"]);
}
