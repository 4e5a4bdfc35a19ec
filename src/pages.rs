//! The entries of all pages of an operation, one after the other.

use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_core::Stream;
use tokio::time::Instant;

use crate::error::{Error, ErrorKind};

const NO_END: &str = "the last entry of a page has no time, so the page before it is unknown";

/// For how long nobody may poll a call before it is unclear whose fault its failure is.
const LONGEST_AWAY: Duration = Duration::from_secs(1);

type Fetch<T, C> = Pin<Box<dyn Future<Output = Result<Page<T, C>, Error>> + Send>>;

/// Makes the call for the page that a cursor names.
type Call<T, C> = Box<dyn FnMut(C) -> Fetch<T, C> + Send>;

/// One page, as far as going on depends on it.
pub(crate) struct Page<T, C> {
    items: Vec<T>,
    /// The page after it, if there may be one, or why nobody can ask for it.
    next: Option<Result<C, Error>>,
}

/// The entries of all pages: a [`Stream`] of results.
///
/// The next page is asked for while the entries of one are being taken, so at
/// most two are in memory. An error is an entry, and the last one. Where entries
/// come or go meanwhile, one may be seen twice or not at all: pages are cut anew
/// for every call.
///
/// It holds a clone of the client, and goes on only while it is polled. Work on an entry
/// may take as long as it wants: a call ahead that failed meanwhile is made once more
/// when its page is needed.
///
/// ```no_run
/// # async fn f(client: pilot_status::Client) -> Result<(), pilot_status::Error> {
/// let mut messages = client.list_message_history().stream();
/// while let Some(message) = messages.next().await {
///     println!("{:?}", message?.text);
/// }
/// # Ok(()) }
/// ```
#[must_use = "no page is asked for until an entry is"]
pub struct Pages<T>(Pin<Box<dyn Stream<Item = Result<T, Error>> + Send>>);

impl<T: Send + Unpin + 'static> Pages<T> {
    /// Pages by their number, from the one that `first` names. `call` gives the
    /// entries of a page, and how many pages there are by what it says.
    pub(crate) fn by_number<F>(first: i64, mut call: impl FnMut(i64) -> F + Send + 'static) -> Self
    where
        F: Future<Output = Result<(Vec<T>, Option<i64>), Error>> + Send + 'static,
    {
        Self::new(first, move |number: i64| {
            let answer = call(number);
            async move {
                let (items, pages) = answer.await?;
                let is_last = items.is_empty() || pages.is_some_and(|pages| number >= pages);
                let next = number.checked_add(1).filter(|_| !is_last);
                Ok(Page { items, next: next.map(Ok) })
            }
        })
    }

    /// Pages that go back, of which each ends where the next begins. `call` gives
    /// the entries of a page, and where the last of them stands. A page that is
    /// empty, or that does not go further back, is the last; where that cannot be
    /// told, an error is.
    pub(crate) fn by_cursor<C, F>(
        first: Option<C>,
        mut call: impl FnMut(Option<C>) -> F + Send + 'static,
    ) -> Self
    where
        C: PartialOrd + Clone + Send + Unpin + 'static,
        F: Future<Output = Result<(Vec<T>, Option<C>), Error>> + Send + 'static,
    {
        Self::new(first, move |cursor: Option<C>| {
            let answer = call(cursor.clone());
            async move {
                let (items, end) = answer.await?;
                let goes_back = |end: &C| cursor.as_ref().is_none_or(|cursor| end < cursor);
                let next = match end {
                    _ if items.is_empty() => None,
                    Some(end) => goes_back(&end).then_some(Ok(Some(end))),
                    None => Some(Err(Error::new(ErrorKind::Decode).detail(NO_END))),
                };
                Ok(Page { items, next })
            }
        })
    }

    fn new<C, F>(first: C, mut call: impl FnMut(C) -> F + Send + 'static) -> Self
    where
        C: Clone + Send + Unpin + 'static,
        F: Future<Output = Result<Page<T, C>, Error>> + Send + 'static,
    {
        let call: Call<T, C> = Box::new(move |cursor| Box::pin(call(cursor)));
        let ahead = Some(Ahead::At(first));
        Self(Box::pin(Walk { call, items: VecDeque::new(), ahead, gave: None }))
    }

    /// The next entry; none after the last.
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

/// Where a stream stands.
struct Walk<T, C> {
    call: Call<T, C>,
    items: VecDeque<T>,
    /// What is after `items`; none at the end.
    ahead: Option<Ahead<T, C>>,
    /// When the last entry was given away.
    gave: Option<Instant>,
}

/// The page after the entries that are here.
enum Ahead<T, C> {
    /// It is not asked for yet, or has to be again.
    At(C),
    Asked(Asked<T, C>),
    Here(Page<T, C>),
    Failed(Error),
}

/// A call for a page.
struct Asked<T, C> {
    cursor: C,
    fetch: Fetch<T, C>,
    /// For how long nobody polled it, since entries were being worked on.
    away: Duration,
}

impl<T, C: Clone> Asked<T, C> {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Ahead<T, C>> {
        Poll::Ready(match ready!(self.fetch.as_mut().poll(context)) {
            Ok(page) => Ahead::Here(page),
            Err(_) if self.away >= LONGEST_AWAY => Ahead::At(self.cursor.clone()),
            Err(error) => Ahead::Failed(error),
        })
    }
}

impl<T, C> Walk<T, C> {
    fn ask(&mut self, cursor: C) -> Ahead<T, C>
    where
        C: Clone,
    {
        let fetch = (self.call)(cursor.clone());
        Ahead::Asked(Asked { cursor, fetch, away: Duration::ZERO })
    }
}

impl<T: Unpin, C: Clone + Unpin> Stream for Walk<T, C> {
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        let away = this.gave.take().map_or(Duration::ZERO, |gave| gave.elapsed());
        if let Some(Ahead::Asked(asked)) = &mut this.ahead {
            asked.away += away;
        }
        loop {
            if let Some(Ahead::Asked(asked)) = &mut this.ahead
                && let Poll::Ready(ahead) = asked.poll(context)
            {
                this.ahead = Some(ahead);
            }
            if let Some(item) = this.items.pop_front() {
                this.gave = Some(Instant::now());
                return Poll::Ready(Some(Ok(item)));
            }
            match this.ahead.take() {
                None => return Poll::Ready(None),
                Some(Ahead::Failed(error)) => return Poll::Ready(Some(Err(error))),
                Some(Ahead::At(cursor)) => this.ahead = Some(this.ask(cursor)),
                Some(Ahead::Here(page)) => {
                    this.items = page.items.into();
                    this.ahead = page.next.map(|next| match next {
                        Ok(cursor) => this.ask(cursor),
                        Err(error) => Ahead::Failed(error),
                    });
                }
                asked @ Some(Ahead::Asked(_)) => {
                    this.ahead = asked;
                    return Poll::Pending;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;
    use crate::error::ErrorKind;

    /// A server with pages of two entries each, which notes what it is asked for.
    #[derive(Clone, Default)]
    struct Book {
        asked: Arc<Mutex<Vec<i64>>>,
    }

    impl Book {
        fn pages(
            &self,
            answer: impl Fn(i64) -> Result<(Vec<i64>, Option<i64>), Error> + Send + 'static,
        ) -> Pages<i64> {
            let asked = Arc::clone(&self.asked);
            Pages::by_number(1, move |number| {
                asked.lock().unwrap().push(number);
                std::future::ready(answer(number))
            })
        }

        fn asked(&self) -> Vec<i64> {
            self.asked.lock().unwrap().clone()
        }
    }

    fn page(number: i64) -> Vec<i64> {
        vec![number * 10, number * 10 + 1]
    }

    async fn all(mut pages: Pages<i64>) -> Vec<Result<i64, ErrorKind>> {
        let mut entries = Vec::new();
        while let Some(entry) = pages.next().await {
            entries.push(entry.map_err(|error| error.kind()));
        }
        assert!(pages.next().await.is_none());
        entries
    }

    #[tokio::test]
    async fn the_entries_of_all_pages_come_in_order() {
        let book = Book::default();
        let entries = all(book.pages(|number| Ok((page(number), Some(3))))).await;
        assert_eq!(entries, [10, 11, 20, 21, 30, 31].map(Ok));
        assert_eq!(book.asked(), [1, 2, 3]);
    }

    #[tokio::test]
    async fn the_last_answer_says_how_many_pages_there_are() {
        for (totals, pages) in
            [(&[3, 2][..], 2), (&[2, 3, 3], 3), (&[1], 1), (&[0], 1), (&[5, 5, 1], 3)]
        {
            let book = Book::default();
            let totals = totals.to_vec();
            let entries = all(book.pages(move |number| {
                let place = usize::try_from(number - 1).unwrap();
                Ok((page(number), Some(totals[place])))
            }))
            .await;
            assert_eq!(entries.len(), 2 * pages);
        }
    }

    #[tokio::test]
    async fn an_empty_page_is_the_last_whatever_the_total() {
        for total in [None, Some(9)] {
            let book = Book::default();
            let entries = all(book.pages(move |number| {
                Ok((if number < 3 { page(number) } else { Vec::new() }, total))
            }))
            .await;
            assert_eq!(entries.len(), 4);
            assert_eq!(book.asked(), [1, 2, 3]);
        }
    }

    #[tokio::test]
    async fn an_error_is_the_last_entry() {
        let book = Book::default();
        let entries = all(book.pages(|number| match number {
            1 => Ok((page(1), Some(9))),
            _ => Err(Error::new(ErrorKind::Timeout)),
        }))
        .await;
        assert_eq!(entries, [Ok(10), Ok(11), Err(ErrorKind::Timeout)]);
    }

    #[tokio::test]
    async fn only_the_next_page_is_asked_for_ahead() {
        let book = Book::default();
        let mut pages = book.pages(|number| Ok((page(number), Some(9))));
        assert_eq!(book.asked(), [0; 0]);
        for asked in [&[1, 2][..], &[1, 2], &[1, 2, 3], &[1, 2, 3], &[1, 2, 3, 4]] {
            pages.next().await.unwrap().unwrap();
            assert_eq!(book.asked(), asked);
        }
    }

    #[tokio::test]
    async fn pages_that_end_where_the_next_begins_lead_on_until_one_does_not() {
        let asked = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&asked);
        let pages = Pages::by_cursor(None, move |before: Option<i64>| {
            noted.lock().unwrap().push(before);
            let first = before.unwrap_or(5);
            let items: Vec<i64> = (1..first).rev().take(2).collect();
            let last = items.last().copied();
            std::future::ready(Ok((items, last)))
        });
        assert_eq!(all(pages).await, [4, 3, 2, 1].map(Ok));
        assert_eq!(*asked.lock().unwrap(), [None, Some(3), Some(1)]);
    }

    #[tokio::test]
    async fn a_page_that_ends_where_it_begins_is_the_last() {
        let pages =
            Pages::by_cursor(None, |_: Option<i64>| std::future::ready(Ok((vec![1], Some(7)))));
        assert_eq!(all(pages).await, [1, 1].map(Ok));
        let pages =
            Pages::by_cursor(None, |_: Option<i64>| std::future::ready(Ok((vec![1], None))));
        assert_eq!(all(pages).await, [Ok(1), Err(ErrorKind::Decode)]);
    }

    /// A server that answers the first calls in so many seconds, unless they fail within
    /// a minute, and a consumer that works on each entry for some time.
    #[tokio::test(start_paused = true)]
    async fn work_on_an_entry_ends_no_stream() {
        for (work, answer, asked) in [(0, 20, 3), (100, 20, 5), (100, 0, 3)] {
            let calls = Arc::new(Mutex::new(0));
            let noted = Arc::clone(&calls);
            let mut pages = Pages::by_number(1, move |number| {
                *noted.lock().unwrap() += 1;
                async move {
                    let begun = Instant::now();
                    tokio::time::sleep(Duration::from_secs(answer)).await;
                    if begun.elapsed() > Duration::from_secs(60) {
                        return Err(Error::new(ErrorKind::Timeout));
                    }
                    Ok((page(number), Some(3)))
                }
            });
            let mut entries = Vec::new();
            while let Some(entry) = pages.next().await {
                entries.push(entry.unwrap());
                tokio::time::sleep(Duration::from_secs(work)).await;
            }
            assert_eq!(entries, [10, 11, 20, 21, 30, 31]);
            assert_eq!(*calls.lock().unwrap(), asked, "{work} {answer}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_that_fails_again_ends_the_stream() {
        let book = Book::default();
        let mut pages = book.pages(|number| match number {
            1 => Ok((page(1), None)),
            _ => Err(Error::new(ErrorKind::Timeout)),
        });
        for failed in [false, false, true] {
            assert_eq!(pages.next().await.unwrap().is_err(), failed);
            tokio::time::sleep(LONGEST_AWAY).await;
        }
        assert!(pages.next().await.is_none());
    }
}
