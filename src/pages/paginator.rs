//! Requests page after page, each while the caller takes the entries of the page before it.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::vec;

use tokio::runtime::{self, Handle};
use tokio::task::JoinHandle;

use crate::error::{Error, ErrorKind};

/// Spawns the call for the page at a cursor.
pub(super) type Call<T, C> = Box<dyn FnMut(C) -> JoinHandle<Result<Page<T, C>, Error>> + Send>;

/// A page and the cursor of the next one.
pub(crate) struct Page<T, C> {
    items: Vec<T>,
    /// The cursor of the next page, or why it is unknown. None for the last page.
    next: Option<Result<C, Error>>,
    /// Whether the server sent a total that includes this page.
    is_counted: bool,
}

impl<T> Page<T, i64> {
    /// A numbered page. The server may report the number of pages, and how many entries a full
    /// page has. A full page is not the last, since the number of pages may be too low: that of
    /// unread messages depends on the counts of conversations.
    pub(crate) fn numbered(number: i64, items: Vec<T>, [total, size]: [Option<i64>; 2]) -> Self {
        let total = total.filter(|total| *total >= number.max(1));
        let is_full = size.is_some_and(|size| items.len() as u64 >= size.max(1).unsigned_abs());
        let is_last = items.is_empty() || total == Some(number) && !is_full;
        let next = number.checked_add(1).filter(|_| !is_last);
        Self { items, next: next.map(Ok), is_counted: total.is_some() }
    }
}

impl<T, C: PartialOrd> Page<T, Option<C>> {
    /// A page of entries before a cursor. `end` is the cursor of the last one. A page that is
    /// empty or does not go further back is the last. If `end` is unknown, an error follows.
    pub(crate) fn before(cursor: Option<&C>, items: Vec<T>, end: Option<C>) -> Self {
        const NO_END: &str = "the last entry of a page has no time, so the next page is unknown";
        let goes_back = |end: &C| cursor.is_none_or(|cursor| end < cursor);
        let next = match end {
            _ if items.is_empty() => None,
            Some(end) => goes_back(&end).then_some(Ok(Some(end))),
            None => Some(Err(Error::new(ErrorKind::Decode).with_detail(NO_END))),
        };
        Self { items, next, is_counted: false }
    }
}

/// The state of a stream.
pub(super) struct Paginator<T, C, K> {
    call: Call<T, C>,
    key: fn(&T) -> K,
    /// The keys of the current page.
    keys: Vec<K>,
    items: vec::IntoIter<T>,
    /// The cursor of the page after these entries, or why it is unknown. None at the end.
    next: Option<Result<C, Error>>,
    /// The pending request of that page.
    request: Option<Request<Result<Page<T, C>, Error>>>,
}

/// A request is a task, which runs even while nothing polls the stream: a call that does not
/// progress would keep its slot and its connection from other calls. Dropping it ends the call.
struct Request<R> {
    task: JoinHandle<R>,
    /// The runtime of the task, which ends with it.
    runtime: runtime::Id,
    /// Whether the page was requested before it was needed.
    is_ahead: bool,
}

impl<R> Drop for Request<R> {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl<T, C: Clone, K: PartialEq> Paginator<T, C, K> {
    pub(super) fn new(first: C, key: fn(&T) -> K, call: Call<T, C>) -> Self {
        let (keys, items, next) = (Vec::new(), Vec::new().into_iter(), Some(Ok(first)));
        Self { call, key, keys, items, next, request: None }
    }

    fn request(&mut self, cursor: C, is_ahead: bool) -> Request<Result<Page<T, C>, Error>> {
        Request { task: (self.call)(cursor), runtime: Handle::current().id(), is_ahead }
    }

    /// Takes the entries of a page, unless the server repeated the previous page.
    fn take(&mut self, page: Page<T, C>) {
        let keys: Vec<K> = page.items.iter().map(self.key).collect();
        if !page.is_counted && keys == self.keys {
            return;
        }
        self.keys = keys;
        self.items = page.items.into_iter();
        if let Some(Ok(cursor)) = &page.next {
            self.request = Some(self.request(cursor.clone(), true));
        }
        self.next = page.next;
    }

    pub(super) fn poll_next(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<T, Error>>> {
        loop {
            if let Some(item) = self.items.next() {
                return Poll::Ready(Some(Ok(item)));
            }
            let Some(cursor) = self.next.take().transpose()? else { return Poll::Ready(None) };
            let runtime = Handle::current().id();
            let pending = self.request.take().filter(|request| request.runtime == runtime);
            let mut request = pending.unwrap_or_else(|| self.request(cursor.clone(), false));
            match Pin::new(&mut request.task).poll(context) {
                // The program may have blocked the thread, so that the call could not progress.
                Poll::Ready(Ok(Err(error))) if request.is_ahead && error.is_retryable() => {
                    self.next = Some(Ok(cursor));
                }
                Poll::Ready(Ok(page)) => self.take(page?),
                Poll::Ready(Err(error)) if error.is_panic() => {
                    std::panic::resume_unwind(error.into_panic())
                }
                // The runtime is shutting down.
                Poll::Ready(Err(_)) => {
                    self.next = Some(Ok(cursor));
                    return Poll::Pending;
                }
                Poll::Pending => {
                    (self.next, self.request) = (Some(Ok(cursor)), Some(request));
                    return Poll::Pending;
                }
            }
        }
    }
}
