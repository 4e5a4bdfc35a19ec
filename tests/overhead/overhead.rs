//! Compares the cost of a successful call with that of the same call made with reqwest and
//! serde's derive, over a keep-alive connection on loopback.
//!
//! Tests limit the allocations. A benchmark measures the times: `cargo xtask bench overhead`
//! runs it and compares them with budgets.

use std::fmt::Display;
use std::hint::black_box;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use allocation_counter::measure;
use pilot_status::types::{ConversationList, Number};
use pilot_status::{Client, Credentials, reqwest};
use serde::Deserialize;
use serde_json::Value;

/// As long as a real one, since the client searches the response for it.
const KEY: &str = "ps_0123456789abcdef0123456789abcdef";

/// The most allocations of a call beyond those of the same call by hand.
const MOST_ALLOCATIONS: u64 = 4;

/// The most bytes of a connection's buffers, in addition to a long response.
const BUFFERS: u64 = 1024 * 1024;

/// A number as a program without this crate would decode it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "it is only decoded")]
struct NumberByHand {
    id: String,
    name: String,
    number: String,
    instance_name: String,
    is_fully_connected: bool,
    api_keys: Vec<Value>,
    provider: Option<String>,
    state: Option<String>,
    created_at: String,
    updated_at: String,
    last_validated_at: Option<String>,
    extra_charge_unpaid_since: Option<String>,
    extra_charge_disconnect_at: Option<String>,
    primary_link: Option<LinkByHand>,
    secondary_link: Option<LinkByHand>,
    coexistence: Option<CoexistenceByHand>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "it is only decoded")]
struct LinkByHand {
    state: Option<String>,
    connected_at: Option<String>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "it is only decoded")]
struct CoexistenceByHand {
    status: Option<String>,
    evidence: Option<String>,
}

/// The number of the document's example, `count` times, as JSON.
fn numbers(count: usize) -> Vec<u8> {
    let document: Value = serde_json::from_str(include_str!("../../openapi.json")).unwrap();
    let responses = &document["paths"]["/v1/numbers"]["get"]["responses"];
    let example = &responses["200"]["content"]["application/json"]["example"];
    serde_json::to_vec(&vec![&example[0]; count]).unwrap()
}

/// Starts a server that sends the same response to every request. It runs on other threads,
/// whose allocations are not counted.
fn serve(body: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let response = [head.into_bytes(), body].concat();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let response = response.clone();
            std::thread::spawn(move || respond(stream.unwrap(), &response));
        }
    });
    url
}

fn respond(mut stream: TcpStream, response: &[u8]) {
    stream.set_nodelay(true).unwrap();
    let mut request = Vec::new();
    let mut part = [0; 4096];
    while let Ok(length @ 1..) = stream.read(&mut part) {
        request.extend_from_slice(&part[..length]);
        if request.ends_with(b"\r\n\r\n") {
            request.clear();
            stream.write_all(response).unwrap();
        }
    }
}

/// The two clients, and the thread that both run on.
struct Peers {
    url: String,
    bare: reqwest::Client,
    client: Client,
    runtime: tokio::runtime::Runtime,
}

impl Peers {
    fn new(body: Vec<u8>) -> Self {
        let url = serve(body);
        let client = Client::builder(Credentials::api_key(KEY)).base_url(&url);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Self { url, bare: reqwest::Client::new(), client: client.build().unwrap(), runtime }
    }

    fn by_hand(&self) -> Vec<NumberByHand> {
        self.runtime.block_on(async {
            let request = self.bare.get(format!("{}/v1/numbers", self.url));
            let request = request.header("x-api-key", KEY).header("accept", "application/json");
            request.send().await.unwrap().error_for_status().unwrap().json().await.unwrap()
        })
    }

    fn ours(&self) -> Vec<Number> {
        self.runtime.block_on(self.client.list_numbers().send()).unwrap().into_inner()
    }
}

/// Prints a figure in the format of the benchmarks. It begins a new line, since the output of
/// the test runner may not have ended its line.
fn print(name: &str, value: impl Display, unit: &str) {
    println!("\nfigure  {name:<32}  {value:>12.4}  {unit}");
}

/// The lowest of several counts, because the kernel may split a response anywhere.
fn allocations(mut work: impl FnMut()) -> u64 {
    (0..20).map(|_| measure(&mut work).count_total).min().unwrap()
}

#[test]
fn a_call_allocates_little_more_than_reqwest_and_serde_json() {
    let peers = Peers::new(numbers(2));
    let by_hand = allocations(|| drop(peers.by_hand()));
    let ours = allocations(|| drop(peers.ours()));
    print("call-allocations/by-hand", by_hand, "allocations");
    print("call-allocations/pilot-status", ours, "allocations");
    assert!(ours <= by_hand + MOST_ALLOCATIONS, "{ours} allocations instead of {by_hand}");
}

#[test]
fn a_long_response_needs_no_more_memory_than_its_body_and_its_decoding() {
    let body = numbers(100_000);
    let decoding = measure(|| drop(serde_json::from_slice::<Vec<Number>>(&body).unwrap()));
    let most = body.len() as u64 + decoding.bytes_max;
    let peers = Peers::new(body);
    let by_hand = measure(|| drop(peers.by_hand())).bytes_max;
    let ours = measure(|| drop(peers.ours())).bytes_max;
    print("list-memory/by-hand", by_hand, "bytes");
    print("list-memory/body-and-decoding", most, "bytes");
    print("list-memory/pilot-status", ours, "bytes");
    let limit = (most + BUFFERS).min(by_hand);
    assert!(ours <= limit, "{ours} bytes instead of {limit}");
}

#[test]
fn the_list_of_an_object_is_not_copied() {
    let entry = r#"{"id": "conv_1", "fromName": "Ana", "lastMessagePreview": "Oi"}"#;
    let entries = vec![entry; 50_000].join(",");
    let body = format!(r#"{{"conversations": [{entries}]}}"#).into_bytes();
    let length = body.len() as u64;
    let decoding = measure(|| drop(serde_json::from_slice::<ConversationList>(&body).unwrap()));
    let peers = Peers::new(body);
    let list = || peers.runtime.block_on(peers.client.list_conversations().send()).unwrap();
    let ours = measure(|| assert_eq!(list().conversations.len(), 50_000)).bytes_total;
    // The body as it arrives, and as a whole.
    let limit = decoding.bytes_total + 2 * length + BUFFERS;
    assert!(ours <= limit, "{ours} bytes instead of {limit}, for a body of {length}");
}

/// Updates the lowest mean time of a call, which other work on the machine disturbs least.
fn least(times: &mut Duration, calls: u32, mut work: impl FnMut()) {
    let start = Instant::now();
    (0..calls).for_each(|_| work());
    *times = (*times).min(start.elapsed() / calls);
}

#[test]
#[ignore = "a benchmark"]
fn benchmark() {
    for (name, count, rounds, calls) in [("call", 2, 100, 500), ("list", 100_000, 50, 1)] {
        let peers = Peers::new(numbers(count));
        let [mut by_hand, mut ours] = [Duration::MAX; 2];
        for _ in 0..rounds {
            least(&mut by_hand, calls, || drop(black_box(peers.by_hand())));
            least(&mut ours, calls, || drop(black_box(peers.ours())));
        }
        for (peer, time) in [("by-hand", by_hand), ("pilot-status", ours)] {
            let name = format!("{name}-time/{peer}");
            if name.starts_with("call") {
                print(&name, 1e6 * time.as_secs_f64(), "µs");
            } else {
                print(&name, time.as_secs_f64(), "s");
            }
        }
    }
}

/// Opens the connection, then makes the calls whose instructions
/// `cargo xtask bench instructions` counts. callgrind finds the inner function by its name.
fn count_instructions<T>(peer: &str, call: fn(&Peers) -> T) {
    const CALLS: u32 = 200;

    #[inline(never)]
    fn counted<T>(peers: &Peers, call: fn(&Peers) -> T) {
        for _ in 0..CALLS {
            drop(black_box(call(peers)));
        }
    }

    let peers = Peers::new(numbers(2));
    drop(call(&peers));
    counted(&peers, call);
    print(&format!("counted-calls/{peer}"), CALLS, "calls");
}

#[test]
#[ignore = "a benchmark"]
fn by_hand_instructions() {
    count_instructions("by-hand", Peers::by_hand);
}

#[test]
#[ignore = "a benchmark"]
fn ours_instructions() {
    count_instructions("pilot-status", Peers::ours);
}
