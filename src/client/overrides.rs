//! The settings that a clone of a client can change.

use std::time::Duration;

use super::Inner;
use crate::credentials::number_scope::NumberScope;
use crate::error::{Error, ErrorKind};
use crate::generated::Client;
use crate::retry::RetryPolicy;

impl Client {
    /// A client whose calls name one number, in `x-whatsapp-number-id`: it says
    /// which of its numbers a tenant key acts for. The key of a number acts for
    /// its own number whatever this says.
    ///
    /// A cheap clone: it shares connections, settings and the retry budget with this
    /// client, which stays as it is. A rate limit of one number holds back no calls for
    /// another. Calls without a credential name no number.
    /// With an id that no header can carry, every call fails with
    /// [`ErrorKind::InvalidRequest`] before anything is sent.
    ///
    /// ```no_run
    /// # async fn f(client: pilot_status::Client) -> Result<(), pilot_status::Error> {
    /// for number in client.list_numbers().send().await?.iter() {
    ///     let webhooks = client.for_number(&number.id).list_webhooks().send().await?;
    ///     println!("{}: {} webhooks", number.name, webhooks.len());
    /// }
    /// # Ok(()) }
    /// ```
    #[must_use = "it is the copy that names the number"]
    pub fn for_number(&self, id: impl AsRef<str>) -> Self {
        let mut clone = self.clone();
        clone.inner.number = NumberScope::new(id.as_ref());
        clone
    }

    /// A clone of this client that retries by another policy.
    ///
    /// The clone is cheap. It shares connections, rate-limit state and the retry budget
    /// with this client, which stays as it is.
    /// [`without_budget`](RetryPolicy::without_budget) and
    /// [`Pacing::Off`](crate::Pacing::Off) exempt the calls of the clone from the budget
    /// and from shared pauses. The pauses themselves follow the backoff that the first client
    /// was built with.
    ///
    /// If [`total_timeout`](RetryPolicy::total_timeout) is zero, every call of the clone fails
    /// with [`ErrorKind::Configuration`], and nothing is sent.
    ///
    /// ```no_run
    /// # async fn f(client: pilot_status::Client) -> Result<(), pilot_status::Error> {
    /// use std::time::Duration;
    /// use pilot_status::RetryPolicy;
    ///
    /// // The health check of a program must not wait for a minute.
    /// let impatient = client
    ///     .with_retry(RetryPolicy::none())
    ///     .with_attempt_timeout(Duration::from_secs(2));
    /// let numbers = impatient.list_numbers().send().await?;
    /// println!("{} numbers", numbers.len());
    /// # Ok(()) }
    /// ```
    #[must_use = "only the clone has the new policy"]
    pub fn with_retry(&self, policy: RetryPolicy) -> Self {
        let mut clone = self.clone();
        clone.inner.retry = policy;
        clone
    }

    /// A clone of this client with another
    /// [`attempt_timeout`](crate::ClientBuilder::attempt_timeout), for the calls that need
    /// more time, such as large uploads, or less.
    ///
    /// The clone is cheap and shares all that a clone by [`with_retry`](Self::with_retry)
    /// does. The [`total_timeout`](RetryPolicy::total_timeout) of the retry policy still bounds
    /// the call: for a longer timeout, set both.
    ///
    /// If the timeout is zero, every call of the clone fails with
    /// [`ErrorKind::Configuration`], and nothing is sent.
    ///
    /// ```no_run
    /// # async fn f(client: pilot_status::Client) -> Result<(), pilot_status::Error> {
    /// use std::time::Duration;
    /// use pilot_status::RetryPolicy;
    ///
    /// let patient = client
    ///     .with_attempt_timeout(Duration::from_secs(120))
    ///     .with_retry(RetryPolicy::default().total_timeout(Duration::from_secs(300)));
    /// let dashboard = patient.get_dashboard().send().await?;
    /// println!("{dashboard:?}");
    /// # Ok(()) }
    /// ```
    #[must_use = "only the clone has the new timeout"]
    pub fn with_attempt_timeout(&self, timeout: Duration) -> Self {
        let mut clone = self.clone();
        clone.inner.attempt_timeout = timeout;
        clone
    }
}

impl Inner {
    /// Refuses settings with which no call could succeed.
    pub(crate) fn check(&self) -> Result<(), Error> {
        validate_nonzero(&[
            ("attempt timeout", self.attempt_timeout.is_zero()),
            ("total timeout of the retry policy", self.retry.time_left(Duration::ZERO).is_zero()),
        ])
    }
}

/// Refuses the first setting that is zero, by its name.
pub(crate) fn validate_nonzero(settings: &[(&str, bool)]) -> Result<(), Error> {
    match settings.iter().find(|(_, is_zero)| *is_zero) {
        Some((name, _)) => Err(Error::new(ErrorKind::Configuration)
            .detail(format!("the {name} is zero; no call could succeed"))),
        None => Ok(()),
    }
}
