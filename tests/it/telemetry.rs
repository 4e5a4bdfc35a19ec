//! The spans and events that a `tracing` subscriber receives; none contains the API key.

use std::collections::BTreeMap;
use std::fmt::{Debug, Write};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use crate::support::echo::{self, KEYS, ODD_KEYS, shows_key};
use crate::support::script::{Script, ScriptedServer, Step};
use crate::support::{KEY, eventually, pass};
use pilot_status::mock::{OperationId, Reply, Sandbox};
use pilot_status::{Client, ClientBuilder, Credentials, Method, RetryPolicy, StatusCode};
use tracing::field::{Field, Visit};
use tracing::instrument::{Instrument, WithSubscriber};
use tracing::span::{Attributes, Id, Record};
use tracing::{Dispatch, Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;

/// Records the spans and events of all crates.
#[derive(Clone, Default)]
struct Recorder(Arc<Mutex<Vec<Recorded>>>);

/// A span or an event.
#[derive(Default)]
struct Recorded {
    id: Option<u64>,
    /// The number of enclosing spans.
    depth: usize,
    name: String,
    target: String,
    declared: Vec<String>,
    values: Values,
}

#[derive(Default)]
struct Values(BTreeMap<String, String>);

impl Visit for Values {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}"));
    }
}

/// With a single dispatcher, `tracing` may cache the interest of whichever test thread reaches
/// a callsite first. A second dispatcher prevents that.
static DISPATCHERS: LazyLock<[Dispatch; 2]> =
    LazyLock::new(|| [(); 2].map(|()| Dispatch::new(tracing_subscriber::registry())));

impl Recorder {
    fn subscriber(&self) -> impl Subscriber + Send + Sync + use<> {
        LazyLock::force(&DISPATCHERS);
        tracing_subscriber::registry().with(self.clone())
    }

    /// Formats the records of this crate.
    fn ours(&self) -> String {
        let mut text = String::new();
        for Recorded { depth, name, values, .. } in
            self.0.lock().unwrap().iter().filter(|recorded| recorded.is_ours())
        {
            write!(text, "{}{name}", "  ".repeat(*depth)).unwrap();
            for (name, value) in &values.0 {
                // The port differs in every run.
                let value = if name == "server.port" { "[port]" } else { value };
                write!(text, " {name}={value}").unwrap();
            }
            text.push('\n');
        }
        text
    }
}

impl Recorded {
    fn is_ours(&self) -> bool {
        self.target.starts_with("pilot_status::")
    }
}

impl<S: Subscriber + for<'s> LookupSpan<'s>> Layer<S> for Recorder {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let metadata = attributes.metadata();
        let mut values = Values::default();
        attributes.record(&mut values);
        self.0.lock().unwrap().push(Recorded {
            id: Some(id.into_u64()),
            depth: context.span_scope(id).map_or(0, Iterator::count) - 1,
            name: format!("{} {}", metadata.level(), metadata.name()),
            target: metadata.target().to_owned(),
            declared: metadata.fields().iter().map(|field| field.name().to_owned()).collect(),
            values,
        });
    }

    fn on_record(&self, id: &Id, record: &Record<'_>, _: Context<'_, S>) {
        let mut recorded = self.0.lock().unwrap();
        let span = recorded.iter_mut().rev().find(|span| span.id == Some(id.into_u64()));
        record.record(&mut span.unwrap().values);
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let metadata = event.metadata();
        let mut values = Values::default();
        event.record(&mut values);
        self.0.lock().unwrap().push(Recorded {
            id: None,
            depth: context.event_scope(event).map_or(0, Iterator::count),
            name: format!("{} event", metadata.level()),
            target: metadata.target().to_owned(),
            declared: metadata.fields().iter().map(|field| field.name().to_owned()).collect(),
            values,
        });
    }
}

/// Makes one call to a server that first sends this response, and returns the records of the
/// call.
async fn record(reply: Reply) -> Recorder {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.enqueue(OperationId::ListNumbers, reply);
    record_at(sandbox.builder()).await
}

async fn record_at(builder: ClientBuilder) -> Recorder {
    record_call(&builder.retry(quick()).build().unwrap()).await
}

fn quick() -> RetryPolicy {
    RetryPolicy::default().backoff(Duration::ZERO, Duration::ZERO).max_attempts(2)
}

async fn record_call(client: &Client) -> Recorder {
    let recorder = Recorder::default();
    _ = client.list_numbers().send().with_subscriber(recorder.subscriber()).await;
    recorder
}

/// A client whose first calls were rejected, so that the next rejection starts a pause.
async fn rejected(sandbox: &Sandbox) -> Client {
    let client = sandbox.builder().retry(quick()).build().unwrap();
    for _ in 0..2 {
        sandbox.enqueue(OperationId::ListNumbers, Reply::too_many_requests(None));
        _ = client.with_retry(quick().max_attempts(1)).list_numbers().send().await;
    }
    client
}

#[tokio::test]
async fn a_call_and_its_attempts_are_spans() {
    const BROKEN: Script =
        &[Step::Read, Step::Send(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n[")];
    let broken = ScriptedServer::start([BROKEN]).await;
    let broken = Client::builder(Credentials::api_key(KEY)).base_url(broken.url());
    let redirect =
        Reply::new(StatusCode::FOUND, "").header("location", "https://b.example/a?b").unwrap();
    let mut text = String::new();
    for (name, recorder) in [
        ("a success", record(Reply::documented()).await),
        ("a fault that passes", record(Reply::error(StatusCode::SERVICE_UNAVAILABLE, None)).await),
        ("a refusal", record(Reply::error(StatusCode::NOT_FOUND, None)).await),
        ("a redirect", record(redirect).await),
        ("a broken connection", record_at(broken).await),
        ("not JSON", record(Reply::html(StatusCode::OK)).await),
    ] {
        write!(text, "# {name}\n{}", recorder.ours()).unwrap();
    }
    insta::assert_snapshot!(text);
}

#[tokio::test]
async fn a_raw_call_has_spans_with_its_path_template() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = sandbox.client();
    for (path, name, template) in [
        ("/v1/numbers/{n}/logout", "n", "/v1/numbers/{n}/logout"),
        ("/v1/numbers/{n}/pay", "n", "/v1/numbers/{id}/pay"),
    ] {
        let recorder = Recorder::default();
        let call = client.request(Method::POST, path).path(name, "num_marked").send();
        _ = call.with_subscriber(recorder.subscriber()).await;
        let ours = recorder.ours();
        for span in ["INFO call", "  INFO attempt"] {
            let line = ours.lines().find(|line| line.starts_with(&format!("{span} "))).unwrap();
            for field in [
                format!("url.template={template:?}"),
                format!("otel.name=POST {template}"),
                "http.request.method=\"POST\"".to_owned(),
            ] {
                assert!(line.contains(&field), "{field}: {line}");
            }
        }
        assert!(!ours.contains("marked"), "{ours}");
    }
}

/// The stream requests them in tasks of its own.
#[tokio::test]
async fn the_pages_of_a_stream_belong_to_the_span_in_which_it_is_polled() {
    let sandbox = Sandbox::start().await.unwrap();
    let recorder = Recorder::default();
    let job = async {
        let entries = async {
            let mut messages = sandbox.client().list_message_history().stream();
            while let Some(message) = messages.next().await {
                message.unwrap();
            }
        };
        entries.instrument(tracing::info_span!("job")).await;
    };
    job.with_subscriber(recorder.subscriber()).await;
    let records = recorder.0.lock().unwrap();
    let calls =
        records.iter().filter(|recorded| recorded.is_ours() && recorded.name == "INFO call");
    let depths: Vec<_> = calls.map(|call| call.depth).collect();
    assert_eq!(depths, vec![1; sandbox.requests().len()]);
    assert!(!depths.is_empty());
}

#[tokio::test]
async fn a_wait_emits_an_event() {
    for (status, cause) in
        [(StatusCode::TOO_MANY_REQUESTS, "rate_limit"), (StatusCode::SERVICE_UNAVAILABLE, "retry")]
    {
        let sandbox = Sandbox::start().await.unwrap();
        let client = rejected(&sandbox).await;
        let reply = Reply::error(status, None).header("retry-after-ms", "30").unwrap();
        sandbox.enqueue(OperationId::ListNumbers, reply);
        let recorder = record_call(&client).await;
        let records = recorder.0.lock().unwrap();
        let events: Vec<_> =
            records.iter().filter(|recorded| recorded.is_ours() && recorded.id.is_none()).collect();
        let [event] = events.as_slice() else { panic!("{} events", events.len()) };
        assert_eq!(event.depth, 1, "the event belongs to the call");
        assert_eq!(event.values.0["cause"], format!("{cause:?}"));
        let seconds: f64 = event.values.0["seconds"].parse().unwrap();
        assert!((0.03..5.0).contains(&seconds), "{seconds}");
    }
    // The wait would exceed the total timeout, so the call does not start it.
    let recorder = record(Reply::too_many_requests(Some(Duration::from_secs(90)))).await;
    assert!(!recorder.ours().contains("cause="), "{}", recorder.ours());
}

#[tokio::test]
async fn a_long_wait_is_announced_at_its_start() {
    for (status, cause) in
        [(StatusCode::TOO_MANY_REQUESTS, "rate_limit"), (StatusCode::SERVICE_UNAVAILABLE, "retry")]
    {
        let sandbox = Sandbox::start().await.unwrap();
        let (client, recorder) = (rejected(&sandbox).await, Recorder::default());
        sandbox.enqueue(
            OperationId::ListNumbers,
            Reply::error(status, None).header("retry-after", "5").unwrap(),
        );
        let call = async move { client.list_numbers().send().await };
        let call = tokio::spawn(call.with_subscriber(recorder.subscriber()));
        eventually("the wait is announced", || recorder.ours().contains("message=waiting")).await;
        assert!(recorder.ours().contains(&format!("cause={cause:?}")), "{}", recorder.ours());
        assert!(!recorder.ours().contains("message=waited"), "{}", recorder.ours());
        pass(30).await;
        call.await.unwrap().unwrap();
        assert!(recorder.ours().contains("message=waited"), "{}", recorder.ours());
    }
}

#[tokio::test]
async fn a_long_wait_for_a_slot_is_announced() {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.enqueue(OperationId::ListNumbers, Reply::documented().delay(Duration::from_secs(5)));
    let client = sandbox.builder().max_concurrent_requests(1).build().unwrap();
    let first = tokio::spawn({
        let client = client.clone();
        async move { client.list_numbers().send().await }
    });
    eventually("the first call has the slot", || !sandbox.requests().is_empty()).await;
    let recorder = Recorder::default();
    let second = async move { client.list_numbers().send().await };
    let second = tokio::spawn(second.with_subscriber(recorder.subscriber()));
    tokio::task::yield_now().await;
    pass(2).await;
    eventually("the wait is announced", || recorder.ours().contains("message=waiting")).await;
    assert!(recorder.ours().contains("cause=\"slot\""), "{}", recorder.ours());
    assert!(!recorder.ours().contains("message=waited"), "{}", recorder.ours());
    pass(10).await;
    first.await.unwrap().unwrap();
    second.await.unwrap().unwrap();
    assert!(recorder.ours().contains("message=waited"), "{}", recorder.ours());
}

/// Subscribers and their users' queries depend on these names.
#[tokio::test]
async fn the_fields_are_these() {
    let recorder = record(Reply::too_many_requests(Some(Duration::ZERO))).await;
    let records = recorder.0.lock().unwrap();
    let mut fields: Vec<String> = records
        .iter()
        .filter(|recorded| recorded.is_ours())
        .map(|recorded| format!("{}: {}", recorded.name, recorded.declared.join(", ")))
        .collect();
    fields.dedup();
    fields.sort();
    fields.dedup();
    insta::assert_snapshot!(fields.join("\n"));
}

#[tokio::test]
async fn no_subscriber_receives_the_key() {
    for key in KEYS.into_iter().chain(ODD_KEYS) {
        for credentials in [Credentials::api_key(key), Credentials::api_key_id(key)] {
            let recorder = Recorder::default();
            let outcomes = echo::outcomes(credentials, key);
            outcomes.with_subscriber(recorder.subscriber()).await;
            let records = recorder.0.lock().unwrap();
            assert!(records.iter().any(|recorded| !recorded.is_ours()), "no span of another crate");
            for Recorded { target, name, values, .. } in records.iter() {
                let line = format!("{target} {name} {:?}", values.0);
                assert!(!shows_key(&line), "{line}");
            }
        }
    }
}
