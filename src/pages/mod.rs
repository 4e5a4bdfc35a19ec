//! Streams of the entries of all pages.

mod macros;
mod paginator;

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;

pub(crate) use self::macros::{dated, numbered};
pub(crate) use self::paginator::Page;
use self::paginator::Paginator;
use crate::error::Error;
use crate::telemetry::inherited;

/// The entries of all pages: a [`Stream`] of results.
///
/// The stream requests the next page while you process the current one, so at most two pages
/// are in memory. It holds a clone of the client. Each request is a Tokio task, which needs no
/// polls of the stream and ends when the stream is dropped.
///
/// You may wait any length of time between two entries, and drop a pending
/// [`next`](Self::next), as `select!` and `timeout` do: no entry is lost. If a request that was
/// made ahead fails, for example because your program blocked the thread, and the error is
/// [retryable](Error::is_retryable), the stream repeats the request once when you need the page.
/// A stream that is polled in another Tokio runtime repeats the request there.
///
/// # The end of a stream
///
/// The stream ends after
///
/// - a page without entries,
/// - the last page, if the server reports the number of pages. The reported number may be too
///   low: the stream ignores it if the page is full, or if a later page has entries,
/// - a page with the same entries as the previous page, unless the reported number of pages
///   includes it: the server ignores the page number. The stream does not repeat these entries,
/// - for pages that go back in time, a page that does not go further back,
/// - an error, which is the last entry. The client has already retried transient errors,
///   according to the [`RetryPolicy`](crate::RetryPolicy).
///
/// Every page is a separate request. If entries are added or removed meanwhile, the stream can
/// repeat or miss an entry.
///
/// Code that is generic over the entries needs the bound `T: Send + 'static`.
///
/// ```no_run
/// # async fn f(client: pilot_status::Client) -> Result<(), pilot_status::Error> {
/// let mut messages = client.list_message_history().stream();
/// while let Some(message) = messages.next().await {
///     println!("{:?}", message?.text);
/// }
/// # Ok(()) }
/// ```
#[must_use = "no page is requested until the stream is polled"]
pub struct Pages<T>(PollNext<T>);

/// Polls the next entry.
type PollNext<T> = Box<dyn FnMut(&mut Context<'_>) -> Poll<Option<Result<T, Error>>> + Send>;

impl<T: Send + 'static> Pages<T> {
    /// The entries of the pages from `first` on. `key` identifies an entry, and `call` requests the
    /// page at a cursor.
    pub(crate) fn new<C, K, F>(
        first: C,
        key: fn(&T) -> K,
        mut call: impl FnMut(C) -> F + Send + 'static,
    ) -> Self
    where
        C: Clone + Send + 'static,
        K: PartialEq + Send + 'static,
        F: Future<Output = Result<Page<T, C>, Error>> + Send + 'static,
    {
        let call = Box::new(move |cursor| tokio::spawn(inherited(call(cursor))));
        let mut paginator = Paginator::new(first, key, call);
        Self(Box::new(move |context| paginator.poll_next(context)))
    }

    /// Returns the next entry, or None after the last.
    ///
    /// This method is cancel safe: the next call continues where a dropped call stopped.
    pub async fn next(&mut self) -> Option<Result<T, Error>> {
        std::future::poll_fn(&mut self.0).await
    }
}

impl<T> Stream for Pages<T> {
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        (self.0)(context)
    }
}

impl<T> fmt::Debug for Pages<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
