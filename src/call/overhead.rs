//! What a successful call costs beyond reqwest and serde_json, without sockets.
//!
//! The counts of allocations are tests. The times are a benchmark, which
//! `cargo xtask bench overhead` runs and holds against budgets.

use std::convert::Infallible;
use std::fmt::Display;
use std::hint::black_box;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use allocation_counter::measure;
use http::{HeaderValue, header};
use http_body::{Frame, SizeHint};
use reqwest::Body;
use serde_json::Value;

use super::*;
use crate::auth::Credentials;
use crate::decode::decode;
use crate::types::Number;

const BASE_URL: &str = "https://pilotstatus.com.br";

/// What a call may cost more than the same with reqwest and serde_json.
const MOST_ALLOCATIONS: u64 = 4;

/// Prints a figure as the benchmarks do. What the test runner has printed before may
/// not end its line.
fn print(name: &str, value: impl Display, unit: &str) {
    println!("\nfigure  {name:<32}  {value:>12.4}  {unit}");
}

fn client() -> Client {
    Client::builder(Credentials::api_key("ps_a")).base_url(BASE_URL).build().unwrap()
}

fn block_on<F: Future>(work: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(work)
}

/// The example of the document, or as many numbers like it.
fn numbers(count: usize) -> Bytes {
    let document: Value = serde_json::from_str(include_str!("../../openapi.json")).unwrap();
    let answers = &document["paths"]["/v1/numbers"]["get"]["responses"];
    let example = &answers["200"]["content"]["application/json"]["example"];
    serde_json::to_vec(&vec![&example[0]; count]).unwrap().into()
}

/// The request as the generated code begins it.
fn request(client: &reqwest::Client) -> reqwest::RequestBuilder {
    let url = format!("{BASE_URL}/v1/numbers");
    client.get(url).header(header::ACCEPT, HeaderValue::from_static("application/json"))
}

/// An answer that is there at once.
fn answer(request: Request, body: impl Into<Body>) -> Response {
    black_box(request);
    Response::from(http::Response::new(body.into()))
}

async fn bare(client: &reqwest::Client, body: &Bytes) -> Vec<Number> {
    let request = request(client).header("x-api-key", "ps_a").build().unwrap();
    let response = async { answer(request, body.clone()) }.await;
    serde_json::from_slice(&response.bytes().await.unwrap()).unwrap()
}

async fn ours(
    client: &Client,
    body: impl Fn() -> Body + Send + Sync,
) -> ResponseValue<Vec<Number>> {
    let request = request(&client.client).build().unwrap();
    let transport = async |request| Ok(answer(request, body()));
    let operation = Operation::find("list_numbers").map(Cow::Borrowed);
    let sent = client.execute_by(request, operation, Reads::All, transport).await;
    sent.unwrap().into_value().unwrap()
}

#[test]
fn a_call_allocates_little_more_than_reqwest_and_serde_json() {
    let client = client();
    let body = numbers(2);
    let count = |work: &dyn Fn()| {
        // The first call fills what all calls share.
        work();
        measure(work).count_total
    };
    let bare = count(&|| drop(block_on(bare(&client.client, &body))));
    let ours = count(&|| drop(block_on(ours(&client, || body.clone().into()))));
    print("call-allocations/by-hand", bare, "allocations");
    print("call-allocations/pilot-status", ours, "allocations");
    assert!(ours <= bare + MOST_ALLOCATIONS, "{ours} instead of {bare}");
}

/// A body of known length that comes in parts.
struct Parts(Bytes);

impl http_body::Body for Parts {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        const PART: usize = 16 * 1024;
        let length = self.0.len().min(PART);
        let part = self.0.split_to(length);
        Poll::Ready((length > 0).then(|| Ok(Frame::data(part))))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.0.len() as u64)
    }
}

#[test]
fn a_long_answer_needs_no_more_memory_than_its_body_and_its_decoding() {
    let client = client();
    let whole = numbers(100_000);
    let decoding = measure(|| drop(decode::<Vec<Number>>(&whole).unwrap())).bytes_max;
    let body = || Body::wrap(Parts(whole.clone()));
    let ours = measure(|| drop(block_on(ours(&client, body)))).bytes_max;
    let most = whole.len() as u64 + decoding;
    print("list-memory/body-and-decoding", most, "bytes");
    print("list-memory/pilot-status", ours, "bytes");
    assert!(ours <= most + 64 * 1024, "{ours} instead of {most}");
}

/// The least time of many, which other work on the machine disturbs least.
#[derive(Clone, Copy)]
struct Least(Duration);

impl Least {
    fn time(&mut self, times: u32, mut work: impl FnMut()) {
        let start = std::time::Instant::now();
        (0..times).for_each(|_| work());
        self.0 = self.0.min(start.elapsed() / times);
    }
}

#[test]
#[ignore = "a benchmark"]
fn benchmark() {
    const ROUNDS: u32 = 100;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let client = client();

    let body = numbers(2);
    let [mut theirs, mut own] = [Least(Duration::MAX); 2];
    for _ in 0..ROUNDS {
        theirs.time(2000, || drop(black_box(runtime.block_on(bare(&client.client, &body)))));
        own.time(2000, || drop(black_box(runtime.block_on(ours(&client, || body.clone().into())))));
    }
    let micros = |least: Least| 1e6 * least.0.as_secs_f64();
    print("call-time/by-hand", micros(theirs), "µs");
    print("call-time/pilot-status", micros(own), "µs");

    let body = numbers(100_000);
    let [mut theirs, mut own] = [Least(Duration::MAX); 2];
    for _ in 0..ROUNDS / 10 {
        theirs.time(1, || drop(black_box(serde_json::from_slice::<Vec<Number>>(&body).unwrap())));
        own.time(1, || drop(black_box(runtime.block_on(ours(&client, || body.clone().into())))));
    }
    print("list-time/serde_json", theirs.0.as_secs_f64(), "s");
    print("list-time/pilot-status", own.0.as_secs_f64(), "s");
}
