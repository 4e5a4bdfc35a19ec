//! The settings that a clone of a client can change.

use std::time::Duration;

use super::Inner;
use crate::credentials::number_scope::NumberScope;
use crate::error::Error;
use crate::generated::Client;
use crate::retry::RetryPolicy;

impl Client {
    /// Returns a clone of this client for one number. Its calls send the id of the number in
    /// `x-whatsapp-number-id`. A tenant key needs this header to select one of its numbers. The
    /// key of a number always acts for that number.
    ///
    /// The clone is cheap. It shares connections, settings and the retry budget with this
    /// client. Rate limits are tracked per number. Calls without a credential omit the header.
    ///
    /// If the id is not valid in a header, every call of the clone fails with
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest), and nothing is sent.
    ///
    /// ```no_run
    /// # async fn f(client: pilot_status::Client) -> Result<(), pilot_status::Error> {
    /// for number in client.list_numbers().send().await?.iter() {
    ///     let webhooks = client.for_number(&number.id).list_webhooks().send().await?;
    ///     println!("{}: {} webhooks", number.name, webhooks.len());
    /// }
    /// # Ok(()) }
    /// ```
    #[must_use = "only the clone is for the number"]
    pub fn for_number(&self, id: impl AsRef<str>) -> Self {
        let mut clone = self.clone();
        clone.inner.number = NumberScope::new(id.as_ref());
        clone
    }

    /// Returns a clone of this client with another retry policy.
    ///
    /// The clone is cheap. It shares connections, rate-limit state and the retry budget with
    /// this client. [`without_budget`](RetryPolicy::without_budget) and
    /// [`Pacing::Off`](crate::Pacing::Off) exempt the calls of the clone from the budget and
    /// from shared pauses. The pauses use the backoff that the original client was built with.
    ///
    /// If [`total_timeout`](RetryPolicy::total_timeout) is zero, every call of the clone fails
    /// with [`ErrorKind::Configuration`](crate::ErrorKind::Configuration), and nothing is sent.
    ///
    /// ```no_run
    /// # async fn f(client: pilot_status::Client) -> Result<(), pilot_status::Error> {
    /// use std::time::Duration;
    /// use pilot_status::RetryPolicy;
    ///
    /// // The health check of a program must not wait for a minute.
    /// let policy = RetryPolicy::none().total_timeout(Duration::from_secs(2));
    /// let impatient = client.with_retry(policy);
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

    /// Returns a clone of this client with another
    /// [`attempt_timeout`](crate::ClientBuilder::attempt_timeout), for calls that need more
    /// time, such as large uploads, or less.
    ///
    /// The clone is cheap. It shares the same state as a clone from
    /// [`with_retry`](Self::with_retry).
    /// The [`total_timeout`](RetryPolicy::total_timeout) of the retry policy still limits the
    /// call: for a longer timeout, set both.
    ///
    /// If the timeout is zero, every call of the clone fails with
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration), and nothing is sent.
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
        refuse_zero("attempt timeout", self.attempt_timeout.is_zero())?;
        refuse_zero("total timeout of the retry policy", self.retry.get_total_timeout().is_zero())
    }
}

/// Refuses a setting that is zero.
pub(crate) fn refuse_zero(name: &str, is_zero: bool) -> Result<(), Error> {
    if is_zero {
        return Err(Error::configuration(format!("the {name} is zero; no call could succeed")));
    }
    Ok(())
}
