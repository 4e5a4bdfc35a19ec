//! The state of a client and its builder. Uses `retry`, `rate_limit` and the rooms below them.

mod base_url;
mod builder;
mod overrides;
mod proxy_variables;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Url;

pub use self::builder::ClientBuilder;
use crate::credentials::Credentials;
use crate::credentials::number_scope::NumberScope;
use crate::generated::Client;
use crate::operation::Operation;
use crate::rate_limit::RequestQueues;
use crate::rate_limit::slots::Slots;
use crate::retry::{Budget, RetryPolicy};

/// The state of a client. It cannot be constructed outside of this crate, so every client comes
/// from its builder.
#[derive(Clone)]
pub struct Inner {
    pub(crate) settings: Arc<Settings>,
    pub(crate) number: NumberScope,
    pub(crate) attempt_timeout: Duration,
    pub(crate) retry: RetryPolicy,
}

/// The state that all clones of a client share.
pub(crate) struct Settings {
    pub(crate) base_url: Url,
    pub(crate) credentials: Credentials,
    pub(crate) queues: RequestQueues,
    pub(crate) budget: Budget,
    pub(crate) max_response_bytes: Option<usize>,
    pub(crate) slots: Arc<Slots>,
}

impl Settings {
    /// The maximum length of a response body, in bytes.
    pub(crate) fn response_limit(&self, operation: &Operation) -> usize {
        // 64 MiB suffice for a file of 25 MiB, the largest that the service accepts, in Base64.
        let mebibytes = if operation.response.is_file { 64 } else { 32 };
        self.max_response_bytes.unwrap_or(mebibytes * 1024 * 1024)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { settings, number, attempt_timeout, retry } = &self.inner;
        f.debug_struct("Client")
            .field("base_url", &self.baseurl)
            .field("credentials", &settings.credentials)
            .field("number", number)
            .field("attempt_timeout", attempt_timeout)
            .field("max_response_bytes", &settings.max_response_bytes)
            .field("retry", retry)
            .finish_non_exhaustive()
    }
}
