//! The entries of all pages of an operation, one after the other.

use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;

use crate::error::Error;

type Fetch<'a, T, C> = Pin<Box<dyn Future<Output = Result<Page<T, C>, Error>> + Send + 'a>>;

/// Makes the call for the page that a cursor names.
type Call<'a, T, C> = Box<dyn FnMut(C) -> Fetch<'a, T, C> + Send + 'a>;

/// One page, as far as going on depends on it.
pub(crate) struct Page<T, C> {
    items: Vec<T>,
    /// The page after it, if there may be one.
    next: Option<C>,
}

/// The entries of all pages: a [`Stream`] of results.
///
/// The next page is asked for while the entries of one are being taken, so at
/// most two are in memory. An error is an entry, and the last one. Where entries
/// come or go meanwhile, one may be seen twice or not at all: pages are cut anew
/// for every call.
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
pub struct Pages<'a, T>(Pin<Box<dyn Stream<Item = Result<T, Error>> + Send + 'a>>);

impl<'a, T: Send + Unpin + 'a> Pages<'a, T> {
    /// Pages by their number, from the one that `first` names. `call` gives the
    /// entries of a page, and how many pages there are by what it says.
    pub(crate) fn by_number<F>(first: i64, mut call: impl FnMut(i64) -> F + Send + 'a) -> Self
    where
        F: Future<Output = Result<(Vec<T>, Option<i64>), Error>> + Send + 'a,
    {
        Self::new(first, move |number: i64| {
            let answer = call(number);
            async move {
                let (items, pages) = answer.await?;
                let is_last = items.is_empty() || pages.is_some_and(|pages| number >= pages);
                let next = number.checked_add(1).filter(|_| !is_last);
                Ok(Page { items, next })
            }
        })
    }

    /// Pages that go back, of which each ends where the next begins. `call` gives
    /// the entries of a page, and where the last of them stands. A page that is
    /// empty, or that does not go further back, is the last.
    pub(crate) fn by_cursor<C, F>(
        first: Option<C>,
        mut call: impl FnMut(Option<C>) -> F + Send + 'a,
    ) -> Self
    where
        C: PartialOrd + Clone + Send + Unpin + 'a,
        F: Future<Output = Result<(Vec<T>, Option<C>), Error>> + Send + 'a,
    {
        Self::new(first, move |cursor: Option<C>| {
            let answer = call(cursor.clone());
            async move {
                let (items, end) = answer.await?;
                let goes_back = |end: &C| cursor.as_ref().is_none_or(|cursor| end < cursor);
                let next = end.filter(|end| !items.is_empty() && goes_back(end));
                Ok(Page { items, next: next.map(Some) })
            }
        })
    }

    fn new<C, F>(first: C, mut call: impl FnMut(C) -> F + Send + 'a) -> Self
    where
        C: Send + Unpin + 'a,
        F: Future<Output = Result<Page<T, C>, Error>> + Send + 'a,
    {
        let call: Call<'a, T, C> = Box::new(move |cursor| Box::pin(call(cursor)));
        Self(Box::pin(Walk { call, first: Some(first), items: VecDeque::new(), ahead: None }))
    }

    /// The next entry; none after the last.
    pub async fn next(&mut self) -> Option<Result<T, Error>> {
        std::future::poll_fn(|context| self.0.as_mut().poll_next(context)).await
    }
}

impl<T> Stream for Pages<'_, T> {
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.as_mut().poll_next(context)
    }
}

impl<T> fmt::Debug for Pages<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages").finish_non_exhaustive()
    }
}

/// Where a stream stands.
struct Walk<'a, T, C> {
    call: Call<'a, T, C>,
    /// The first page, until it is asked for.
    first: Option<C>,
    items: VecDeque<T>,
    /// The call for the page after `items`.
    ahead: Option<Ahead<'a, T, C>>,
}

enum Ahead<'a, T, C> {
    Asked(Fetch<'a, T, C>),
    Here(Result<Page<T, C>, Error>),
}

impl<T: Unpin, C: Unpin> Stream for Walk<'_, T, C> {
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        if let Some(first) = this.first.take() {
            this.ahead = Some(Ahead::Asked((this.call)(first)));
        }
        loop {
            if let Some(Ahead::Asked(fetch)) = &mut this.ahead
                && let Poll::Ready(page) = fetch.as_mut().poll(context)
            {
                this.ahead = Some(Ahead::Here(page));
            }
            if let Some(item) = this.items.pop_front() {
                return Poll::Ready(Some(Ok(item)));
            }
            match this.ahead.take() {
                None => return Poll::Ready(None),
                Some(Ahead::Here(Err(error))) => return Poll::Ready(Some(Err(error))),
                Some(Ahead::Here(Ok(page))) => {
                    this.items = page.items.into();
                    this.ahead = page.next.map(|next| Ahead::Asked((this.call)(next)));
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
        ) -> Pages<'static, i64> {
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

    async fn all(mut pages: Pages<'_, i64>) -> Vec<Result<i64, ErrorKind>> {
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
        assert_eq!(all(pages).await, [Ok(1)]);
    }
}
