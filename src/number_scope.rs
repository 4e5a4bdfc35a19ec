//! The number that calls are made for, where the credential has several.

use http::{HeaderName, HeaderValue};

use crate::error::{Error, ErrorKind};
use crate::generated::Client;

/// Carries the id of the number.
pub(crate) const NUMBER_ID: &str = "x-whatsapp-number-id";

/// The number that the calls of a client name, if any.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum NumberScope {
    #[default]
    Any,
    Only(HeaderValue),
    /// An id that no header can carry: every call says so.
    Unusable,
}

impl NumberScope {
    /// The header to send.
    pub(crate) fn header(&self) -> Result<Option<(HeaderName, HeaderValue)>, Error> {
        match self {
            Self::Any => Ok(None),
            Self::Only(id) => Ok(Some((HeaderName::from_static(NUMBER_ID), id.clone()))),
            Self::Unusable => Err(Error::new(ErrorKind::InvalidRequest).detail(
                "the id for `for_number` is blank or has a character that no header can carry; \
                 pass it as the server gave it",
            )),
        }
    }
}

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
        let id = id.as_ref();
        // As for credentials: what else arrives is not what was sent.
        let fits =
            !id.is_empty() && id.trim() == id && id.bytes().all(|b| matches!(b, b' '..=b'~'));
        let id = HeaderValue::from_str(id).ok().filter(|_| fits);
        let mut scoped = self.clone();
        scoped.inner.number = id.map_or(NumberScope::Unusable, NumberScope::Only);
        scoped
    }
}
