//! Whether a call can be repeated, and whether it may have taken effect.

use http::StatusCode;

use super::ErrorKind::{Connect, Decode, Interrupted, RateLimited, Redirect, Server, Timeout};
use super::{Error, Outcome};
use crate::operation::RetryAdvice;

impl Error {
    /// Whether the same call can succeed later: true after 408, 429, 502, 503 and 504,
    /// timeouts, and failed or broken connections, but not after an invalid certificate, a
    /// proxy that refuses the tunnel or a response that is not HTTP. Some [codes](Self::code)
    /// take precedence: `PROVIDER_NOT_CONFIGURED` is permanent, `IDEMPOTENCY_KEY_IN_USE` is
    /// transient.
    ///
    /// This does not mean that a retry is safe: see
    /// [`may_have_taken_effect`](Self::may_have_taken_effect).
    pub fn is_retryable(&self) -> bool {
        match (self.advice(), self.kind) {
            (Some(RetryAdvice::Permanent), _) => false,
            (Some(RetryAdvice::Transient), _) => true,
            _ if self.facts.outcome == Some(Outcome::Permanent) => false,
            (_, RateLimited | Connect | Timeout | Interrupted) => true,
            (_, Server) => self.status().is_some_and(|it| (502..=504).contains(&it.as_u16())),
            _ => false,
        }
    }

    /// Whether the server may have processed any attempt of the call, although the call
    /// failed.
    ///
    /// An attempt may have been processed if it ended in a timeout, a broken connection, a
    /// 303, 304, 408, 5xx, a status that HTTP does not define or a success that cannot be
    /// decoded, or if the server is still processing the first request under the idempotency
    /// key. It was not processed if the connection failed or the server rejected the request.
    /// Always false for operations that only read.
    ///
    /// If true, repeat the call under the same [`idempotency_key`](Self::idempotency_key) if it
    /// had one. PUT and DELETE are safe to repeat, except `remove_extra_numbers`. For all other
    /// calls, check the state first, for example with a `get_` or `list_` operation.
    ///
    /// ```no_run
    /// # async fn f(client: pilot_status::Client) {
    /// # use pilot_status::types::WebhookRequest;
    /// # let webhook = WebhookRequest::builder();
    /// if let Err(error) = client.create_webhook().body(webhook).send().await {
    ///     if error.may_have_taken_effect() {
    ///         println!("check list_webhooks before creating it again: {error}");
    ///     } else {
    ///         println!("not created: {error}");
    ///     }
    /// }
    /// # }
    /// ```
    pub fn may_have_taken_effect(&self) -> bool {
        self.facts.call.as_ref().is_some_and(|call| {
            !call.operation.is_read_only() && (call.earlier_uncertain || self.is_uncertain())
        })
    }

    /// Whether the last attempt may have been processed, or the server is still processing the
    /// first request under the idempotency key.
    pub(crate) fn is_uncertain(&self) -> bool {
        self.is_in_progress()
            || self.attempts() > 0
                && self.facts.outcome != Some(Outcome::NotProcessed)
                && match self.kind {
                    Timeout | Interrupted | Server | Decode => true,
                    // 303 points to the result of a request that was processed.
                    Redirect => self.facts.status == Some(StatusCode::SEE_OTHER),
                    _ => false,
                }
    }

    /// Whether the server is still processing the first request under the idempotency key.
    pub(crate) fn is_in_progress(&self) -> bool {
        self.advice() == Some(RetryAdvice::Transient)
    }

    /// The document's retry advice for the code.
    pub(crate) fn advice(&self) -> Option<RetryAdvice> {
        RetryAdvice::of(self.code()?.as_str())
    }

    /// The known outcome of the last attempt without a response. None if a response arrived,
    /// nothing was attempted, or the server may have processed the attempt.
    pub(crate) fn outcome(&self) -> Option<Outcome> {
        self.facts.outcome
    }
}
