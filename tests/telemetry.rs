//! What a subscriber of `tracing` hears of calls, and what it never hears.

#![cfg(feature = "tracing")]

mod support;

use std::collections::BTreeMap;
use std::fmt::{Debug, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use pilot_status::{Credentials, RetryPolicy};
use support::echo::{self, KEYS, ODD_KEYS, shows_key};
use support::{Answer, Server, builder};
use tracing::field::{Field, Visit};
use tracing::instrument::WithSubscriber;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;

/// Remembers the spans and events of all crates.
#[derive(Clone, Default)]
struct Recorder(Arc<Mutex<Vec<Recorded>>>);

/// A span or an event.
#[derive(Default)]
struct Recorded {
    id: Option<u64>,
    /// Its place among the spans: how deep, and its name.
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

impl Recorder {
    fn subscriber(&self) -> impl Subscriber + Send + Sync + use<> {
        tracing_subscriber::registry().with(self.clone())
    }

    /// What was recorded of this crate.
    fn ours(&self) -> String {
        let mut text = String::new();
        for Recorded { depth, name, values, .. } in
            self.0.lock().unwrap().iter().filter(|recorded| recorded.is_ours())
        {
            write!(text, "{}{name}", "  ".repeat(*depth)).unwrap();
            for (name, value) in &values.0 {
                // It is another in every run.
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

/// Makes one call, and says what was recorded of it.
async fn record(answers: impl Into<Vec<Answer>>, policy: RetryPolicy) -> Recorder {
    let server = Server::start(answers).await;
    let client = builder(&server).retry(policy).build().unwrap();
    let recorder = Recorder::default();
    _ = client.list_numbers().send().with_subscriber(recorder.subscriber()).await;
    recorder
}

fn quick() -> RetryPolicy {
    RetryPolicy::default().backoff(Duration::ZERO, Duration::ZERO)
}

#[tokio::test]
async fn a_call_and_its_attempts_are_spans() {
    let fault = |status| Answer::new(status, &[], "");
    let mut text = String::new();
    for (name, answers) in [
        ("a success", vec![Answer::documented(200)]),
        ("a fault that passes", vec![fault(503), Answer::documented(200)]),
        ("a refusal", vec![fault(404)]),
        ("a redirect", vec![Answer::new(302, &[("location", "https://b.example/a?b")], "")]),
        ("a broken connection", vec![Answer::raw("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n[")]),
        ("not JSON", vec![Answer::new(200, &[], "<html>")]),
    ] {
        let recorder = record(answers, quick().max_attempts(2)).await;
        write!(text, "# {name}\n{}", recorder.ours()).unwrap();
    }
    insta::assert_snapshot!(text);
}

#[tokio::test]
async fn a_wait_is_an_event() {
    let milliseconds = |millis| Answer::new(429, &[("retry-after-ms", millis)], "");
    for (status, cause) in [(429, "rate_limit"), (503, "retry")] {
        let later = Answer::new(status, &[("retry-after-ms", "30")], "");
        let recorder = record([later, Answer::documented(200)], quick()).await;
        let heard = recorder.0.lock().unwrap();
        let events: Vec<_> =
            heard.iter().filter(|recorded| recorded.is_ours() && recorded.id.is_none()).collect();
        let [event] = events.as_slice() else { panic!("{} events", events.len()) };
        assert_eq!(event.depth, 1, "it belongs to the call");
        assert_eq!(event.values.0["cause"], format!("{cause:?}"));
        let seconds: f64 = event.values.0["seconds"].parse().unwrap();
        assert!((0.03..5.0).contains(&seconds), "{seconds}");
    }
    // A pause that outlasts the call is none that it waited for.
    let recorder = record([milliseconds("90000")], quick()).await;
    assert!(!recorder.ours().contains("event"), "{}", recorder.ours());
}

/// Subscribers and the queries of their users depend on these names.
#[tokio::test]
async fn the_fields_are_these() {
    let later = Answer::new(429, &[("retry-after-ms", "1")], "");
    let recorder = record([later, Answer::documented(200)], quick()).await;
    let heard = recorder.0.lock().unwrap();
    let mut fields: Vec<String> = heard
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
async fn no_subscriber_hears_the_key() {
    for key in KEYS.into_iter().chain(ODD_KEYS) {
        for credentials in [Credentials::api_key(key), Credentials::api_key_id(key)] {
            let recorder = Recorder::default();
            let outcomes = echo::outcomes(credentials, key);
            outcomes.with_subscriber(recorder.subscriber()).await;
            let heard = recorder.0.lock().unwrap();
            assert!(heard.iter().any(|recorded| !recorded.is_ours()), "others are heard too");
            for Recorded { target, name, values, .. } in heard.iter() {
                let line = format!("{target} {name} {:?}", values.0);
                assert!(!shows_key(&line), "{line}");
            }
        }
    }
}
