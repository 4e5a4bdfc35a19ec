//! Requests page after page, each while the caller takes the entries of the page before it.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_core::Stream;
use tokio::runtime::{self, Handle};
use tokio::task::JoinHandle;
use tokio::time::{Instant, Sleep, sleep_until};

use crate::error::{Error, ErrorKind};

/// The maximum interval at which a task that awaits a page polls the stream. A longer gap means
/// that the page was not awaited.
const HEARTBEAT: Duration = Duration::from_millis(100);

/// If the gaps between polls exceed a call's duration divided by this, they may have caused its
/// failure.
const SHARE: u32 = 4;

/// How often a page is requested again because its call was not polled. A call that fails even
/// then reports its error.
const MAX_REPEATS: u32 = 5;

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
    /// To be requested, or requested again: the cursor and the number of repeats.
    Cursor(C, u32),
    Pending(PendingPage<T, C>),
    Done(Result<Page<T, C>, Error>),
}

/// A pending call for a page.
struct PendingPage<T, C> {
    cursor: C,
    repeats: u32,
    fetch: Task<Result<Page<T, C>, Error>>,
    /// The runtime of the call, which ends with it.
    runtime: Option<runtime::Id>,
    since: Instant,
    /// The latest time for the next poll, if the page is awaited.
    due: Instant,
    /// How long the page was not awaited.
    unattended: Duration,
    /// Wakes the task that awaits the page when the next poll is due.
    heartbeat: Option<Pin<Box<Sleep>>>,
}

impl<T: Send + 'static, C: Clone + Send + 'static> PendingPage<T, C> {
    fn new(cursor: C, repeats: u32, fetch: Fetch<T, C>) -> Self {
        let (now, runtime) = (Instant::now(), current_runtime());
        let (unattended, heartbeat) = (Duration::ZERO, None);
        let fetch = Task(tokio::spawn(fetch));
        Self { cursor, repeats, fetch, runtime, since: now, due: now, unattended, heartbeat }
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<NextPage<T, C>> {
        if self.runtime != current_runtime() {
            return Poll::Ready(NextPage::Cursor(self.cursor.clone(), self.repeats));
        }
        self.unattended += self.due.elapsed();
        self.due = Instant::now();
        Poll::Ready(match ready!(Pin::new(&mut self.fetch).poll(context)) {
            Err(error) if error.is_retryable() && self.may_repeat() => {
                NextPage::Cursor(self.cursor.clone(), self.repeats + 1)
            }
            outcome => NextPage::Done(outcome),
        })
    }

    /// Records that a task awaits the page, and wakes it in time for the next poll.
    fn keep_awake(&mut self, context: &mut Context<'_>) {
        self.due = Instant::now() + HEARTBEAT;
        let heartbeat = self.heartbeat.get_or_insert_with(|| Box::pin(sleep_until(self.due)));
        heartbeat.as_mut().reset(self.due);
        _ = heartbeat.as_mut().poll(context);
    }

    /// Whether the call may have failed because it was not polled, and repeats remain.
    fn may_repeat(&self) -> bool {
        let was_unattended = self.unattended >= HEARTBEAT.max(self.since.elapsed() / SHARE);
        was_unattended && self.repeats < MAX_REPEATS
    }
}

/// A task that runs even while nothing polls the stream: a call that does not progress would
/// keep its slot and its connection from other calls. Dropping it ends the call.
struct Task<R>(JoinHandle<R>);

impl<R> Future for Task<R> {
    type Output = R;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<R> {
        match ready!(Pin::new(&mut self.0).poll(context)) {
            Ok(result) => Poll::Ready(result),
            Err(error) => match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                // The runtime is shutting down.
                Err(_) => Poll::Pending,
            },
        }
    }
}

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
        let next_page = Some(NextPage::Cursor(first, 0));
        Self { call, key, keys: Vec::new(), items: VecDeque::new(), next_page }
    }

    fn request(&mut self, cursor: C, repeats: u32) -> NextPage<T, C> {
        let fetch = (self.call)(cursor.clone());
        NextPage::Pending(PendingPage::new(cursor, repeats, fetch))
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
            Ok(cursor) => self.request(cursor, 0),
            Err(error) => NextPage::Done(Err(error)),
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
            if let Some(NextPage::Pending(pending)) = &mut this.next_page
                && let Poll::Ready(next_page) = pending.poll(context)
            {
                this.next_page = Some(next_page);
            }
            if let Some(item) = this.items.pop_front() {
                return Poll::Ready(Some(Ok(item)));
            }
            match this.next_page.take() {
                None => return Poll::Ready(None),
                Some(NextPage::Done(Err(error))) => return Poll::Ready(Some(Err(error))),
                Some(NextPage::Cursor(cursor, repeats)) => {
                    this.next_page = Some(this.request(cursor, repeats));
                }
                Some(NextPage::Done(Ok(page))) => this.take(page),
                Some(NextPage::Pending(mut pending)) => {
                    pending.keep_awake(context);
                    this.next_page = Some(NextPage::Pending(pending));
                    return Poll::Pending;
                }
            }
        }
    }
}
