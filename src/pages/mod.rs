//! Streams of the entries of all pages.

mod macros;
mod paginator;

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;

pub(crate) use self::macros::{dated, numbered};
use self::paginator::{Call, Page, Paginator};
use crate::error::{Error, ErrorKind};

const NO_END: &str = "the last entry of a page has no time, so the next page is unknown";

/// The entries of all pages: a [`Stream`] of results.
///
/// The stream requests the next page while you process the current one, so at most two pages
/// are in memory. It holds a clone of the client and spawns no task: a request makes progress
/// only while the stream is polled.
///
/// You may wait any time between two entries, and drop a pending [`next`](Self::next), as
/// `select!` and `timeout` do: no entry is lost. If a pending request fails because it was not
/// polled, for example with a timeout, the stream repeats it when you need its page.
///
/// # The end of a stream
///
/// The stream ends after
///
/// - a page without entries,
/// - the last page, if the server reports a total. A total below the number of a page with
///   entries is ignored,
/// - a page with the same entries as the previous page, unless the total includes it: the
///   server ignores the page number. These entries are not repeated,
/// - for pages that go back in time, a page that does not go further back,
/// - an error, which is the last entry. Transient errors were retried before, according to the
///   [`RetryPolicy`](crate::RetryPolicy).
///
/// Every page is a separate request. If entries are added or removed meanwhile, the stream can
/// repeat or miss an entry.
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
pub struct Pages<T>(Pin<Box<dyn Stream<Item = Result<T, Error>> + Send>>);

impl<T: Send + Unpin + 'static> Pages<T> {
    /// Numbered pages, beginning with `first`. `key` identifies an entry. `call` returns the
    /// entries of a page and the total number of pages, if the server reports it.
    pub(crate) fn by_number<K, F>(
        first: i64,
        key: fn(&T) -> K,
        mut call: impl FnMut(i64) -> F + Send + 'static,
    ) -> Self
    where
        K: PartialEq + Send + Unpin + 'static,
        F: Future<Output = Result<(Vec<T>, Option<i64>), Error>> + Send + 'static,
    {
        Self::new(first, key, move |number: i64| {
            let response = call(number);
            async move {
                let (items, total) = response.await?;
                let total = total.filter(|total| *total >= number.max(1));
                let is_last = items.is_empty() || total == Some(number);
                let next = number.checked_add(1).filter(|_| !is_last);
                Ok(Page { items, next: next.map(Ok), is_counted: total.is_some() })
            }
        })
    }

    /// Pages that go back from a cursor. `key` identifies an entry. `call` returns the entries of
    /// a page and the cursor of the last one. A page that is empty or does not go further back
    /// is the last. If the cursor is unknown, the stream ends with an error.
    pub(crate) fn by_cursor<C, K, F>(
        first: Option<C>,
        key: fn(&T) -> K,
        mut call: impl FnMut(Option<C>) -> F + Send + 'static,
    ) -> Self
    where
        C: PartialOrd + Clone + Send + Unpin + 'static,
        K: PartialEq + Send + Unpin + 'static,
        F: Future<Output = Result<(Vec<T>, Option<C>), Error>> + Send + 'static,
    {
        Self::new(first, key, move |cursor: Option<C>| {
            let response = call(cursor.clone());
            async move {
                let (items, end) = response.await?;
                let goes_back = |end: &C| cursor.as_ref().is_none_or(|cursor| end < cursor);
                let next = match end {
                    _ if items.is_empty() => None,
                    Some(end) => goes_back(&end).then_some(Ok(Some(end))),
                    None => Some(Err(Error::new(ErrorKind::Decode).with_detail(NO_END))),
                };
                Ok(Page { items, next, is_counted: false })
            }
        })
    }

    fn new<C, K, F>(
        first: C,
        key: fn(&T) -> K,
        mut call: impl FnMut(C) -> F + Send + 'static,
    ) -> Self
    where
        C: Clone + Send + Unpin + 'static,
        K: PartialEq + Send + Unpin + 'static,
        F: Future<Output = Result<Page<T, C>, Error>> + Send + 'static,
    {
        let call: Call<T, C> = Box::new(move |cursor| Box::pin(call(cursor)));
        Self(Box::pin(Paginator::new(first, key, call)))
    }

    /// The next entry, or None after the last.
    ///
    /// This method is cancel safe: the next call continues where a dropped one stopped.
    pub async fn next(&mut self) -> Option<Result<T, Error>> {
        std::future::poll_fn(|context| self.0.as_mut().poll_next(context)).await
    }
}

impl<T> Stream for Pages<T> {
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.as_mut().poll_next(context)
    }
}

impl<T> fmt::Debug for Pages<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
