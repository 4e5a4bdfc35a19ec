//! Spans and events with the names of OpenTelemetry's semantic conventions for HTTP clients.
//!
//! They contain the path template of a request and the type of an error, but no path, query,
//! header or body, and no message of the server.

use std::time::Duration;

use http::StatusCode;
use reqwest::Url;
use tracing::field::Empty;
use tracing::instrument::{Instrument, WithSubscriber};

use super::LONG_WAIT;
use crate::error::Error;
use crate::operation::Operation;

/// The span of a call or of one attempt.
pub(crate) struct Span(tracing::Span);

macro_rules! span {
    ($name:literal, $operation:expr, $url:expr $(, $($field:tt)*)?) => {
        Span(tracing::info_span!(
            $name,
            otel.name = %format_args!("{} {}", $operation.method, $operation.path),
            http.request.method = $operation.method.as_str(),
            url.template = $operation.path.as_ref(),
            server.address = $url.host_str(),
            server.port = $url.port_or_known_default(),
            http.request.resend_count = Empty,
            http.response.status_code = Empty,
            error.r#type = Empty,
            otel.status_code = Empty,
            $($($field)*)?
        ))
    };
}

impl Span {
    /// A call with all of its attempts and waits.
    pub(crate) fn call(operation: &Operation, url: &Url) -> Self {
        span!("call", operation, url)
    }

    /// One request and its response.
    pub(crate) fn attempt(operation: &Operation, url: &Url) -> Self {
        span!("attempt", operation, url, otel.kind = "client")
    }

    /// Runs `work` within the span.
    pub(crate) async fn within<T>(&self, work: impl Future<Output = T>) -> T {
        work.instrument(self.0.clone()).await
    }

    /// Records the outcome of a call that failed, and emits an event.
    pub(crate) fn failed(&self, error: &Error) {
        self.ended(Err(error), error.attempts());
        let attempts = error.attempts();
        let error = error_type(error);
        tracing::warn!(parent: &self.0, error.r#type = error, attempts, "failed");
    }

    /// Records the outcome and the number of the attempt.
    pub(crate) fn ended(&self, outcome: Result<StatusCode, &Error>, attempt: u32) {
        if attempt > 1 {
            self.0.record("http.request.resend_count", attempt - 1);
        }
        let status = outcome.map_or_else(Error::status, Some);
        if let Some(status) = status {
            self.0.record("http.response.status_code", status.as_u16());
        }
        if let Err(error) = outcome {
            self.0.record("error.type", error_type(error));
            self.0.record("otel.status_code", "ERROR");
        }
    }
}

/// The body of a task, with the span and the subscriber of the caller, which a task does not
/// inherit.
pub(crate) fn inherited<F: Future>(task: F) -> impl Future<Output = F::Output> {
    task.in_current_span().with_current_subscriber()
}

/// The status of an error response, else the kind of the error.
fn error_type(error: &Error) -> String {
    let status = error.status().filter(|status| !status.is_success());
    status.map_or_else(|| error.kind().to_string(), |status| status.as_str().to_owned())
}

/// A call begins to wait. Without this event, a long wait looks like a program that hangs.
pub(crate) fn waiting(cause: &'static str, wait: Duration) {
    if wait >= LONG_WAIT {
        tracing::info!(cause, seconds = wait.as_secs_f64(), "waiting");
    }
}

/// A call waited.
pub(crate) fn waited(cause: &'static str, wait: Duration) {
    tracing::info!(cause, seconds = wait.as_secs_f64(), "waited");
}
