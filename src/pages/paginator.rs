//! Requests page after page, each while the caller takes the entries of the page before it.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use tokio::runtime::{self, Handle};
use tokio::task::JoinHandle;

use crate::error::{Error, ErrorKind};

pub(super) type Fetch<T, C> = Pin<Box<dyn Future<Output = Result<Page<T, C>, Error>> + Send>>;

/// Makes the call for the page at a cursor.
pub(super) type Call<T, C> = Box<dyn FnMut(C) -> Fetch<T, C> + Send>;

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
    items: VecDeque<T>,
    /// None at the end.
    next_page: Option<NextPage<T, C>>,
}

/// The page after the entries in memory.
enum NextPage<T, C> {
    /// To be requested when it is needed.
    Cursor(C),
    Pending(PendingPage<T, C>),
    /// Cannot be requested.
    Failed(Error),
}

/// A pending call for a page.
struct PendingPage<T, C> {
    cursor: C,
    /// Whether the page was requested before it was needed.
    is_ahead: bool,
    task: Task<Result<Page<T, C>, Error>>,
    /// The runtime of the task, which ends with it.
    runtime: Option<runtime::Id>,
}

/// A task that runs even while nothing polls the stream: a call that does not progress would
/// keep its slot and its connection from other calls. Dropping it ends the call.
struct Task<R>(JoinHandle<R>);

impl<R> Drop for Task<R> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn current_runtime() -> Option<runtime::Id> {
    Handle::try_current().ok().map(|handle| handle.id())
}

impl<T, C, K> Paginator<T, C, K>
where
    T: Send + Unpin + 'static,
    C: Clone + Send + Unpin + 'static,
    K: PartialEq + Unpin,
{
    pub(super) fn new(first: C, key: fn(&T) -> K, call: Call<T, C>) -> Self {
        let next_page = Some(NextPage::Cursor(first));
        Self { call, key, keys: Vec::new(), items: VecDeque::new(), next_page }
    }

    fn request(&mut self, cursor: C, is_ahead: bool) -> NextPage<T, C> {
        let task = Task(tokio::spawn((self.call)(cursor.clone())));
        NextPage::Pending(PendingPage { cursor, is_ahead, task, runtime: current_runtime() })
    }

    /// Takes the entries of a page, unless the server repeated the previous page.
    fn take(&mut self, page: Page<T, C>) {
        let keys: Vec<K> = page.items.iter().map(self.key).collect();
        if !page.is_counted && keys == self.keys {
            return;
        }
        self.keys = keys;
        self.items = page.items.into();
        self.next_page = page.next.map(|next| match next {
            Ok(cursor) => self.request(cursor, true),
            Err(error) => NextPage::Failed(error),
        });
    }
}

impl<T, C, K> Stream for Paginator<T, C, K>
where
    T: Send + Unpin + 'static,
    C: Clone + Send + Unpin + 'static,
    K: PartialEq + Unpin,
{
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        loop {
            if let Some(item) = this.items.pop_front() {
                return Poll::Ready(Some(Ok(item)));
            }
            let mut pending = match this.next_page.take() {
                None => return Poll::Ready(None),
                Some(NextPage::Failed(error)) => return Poll::Ready(Some(Err(error))),
                Some(NextPage::Cursor(cursor)) => {
                    this.next_page = Some(this.request(cursor, false));
                    continue;
                }
                Some(NextPage::Pending(pending)) => pending,
            };
            if pending.runtime != current_runtime() {
                this.next_page = Some(NextPage::Cursor(pending.cursor));
                continue;
            }
            match Pin::new(&mut pending.task.0).poll(context) {
                Poll::Ready(Ok(Ok(page))) => this.take(page),
                // The program may have blocked the thread, so that the call could not progress.
                Poll::Ready(Ok(Err(error))) if pending.is_ahead && error.is_retryable() => {
                    this.next_page = Some(NextPage::Cursor(pending.cursor));
                }
                Poll::Ready(Ok(Err(error))) => return Poll::Ready(Some(Err(error))),
                Poll::Ready(Err(error)) if error.is_panic() => {
                    std::panic::resume_unwind(error.into_panic())
                }
                // The runtime is shutting down.
                Poll::Ready(Err(_)) => {
                    this.next_page = Some(NextPage::Cursor(pending.cursor));
                    return Poll::Pending;
                }
                Poll::Pending => {
                    this.next_page = Some(NextPage::Pending(pending));
                    return Poll::Pending;
                }
            }
        }
    }
}
