//! When a stream requests pages, and where it ends.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::time::{Instant, advance, sleep, timeout};

use super::*;
use crate::error::ErrorKind;

/// How long the calls of a [`Server`] may take.
const TOTAL_TIME: Duration = Duration::from_secs(60);

/// Records the requested pages.
#[derive(Clone, Default)]
struct Server {
    requests: Arc<Mutex<Vec<i64>>>,
}

fn by_number<F>(first: i64, mut page: impl FnMut(i64) -> F + Send + 'static) -> Pages<i64>
where
    F: Future<Output = Result<(Vec<i64>, Option<i64>), Error>> + Send + 'static,
{
    Pages::new(first, i64::clone, move |number| {
        let response = page(number);
        async move {
            let (items, total) = response.await?;
            Ok(Page::numbered(number, items, [total, None]))
        }
    })
}

fn by_cursor<F>(mut page: impl FnMut(Option<i64>) -> F + Send + 'static) -> Pages<i64>
where
    F: Future<Output = Result<(Vec<i64>, Option<i64>), Error>> + Send + 'static,
{
    Pages::new(None, i64::clone, move |cursor| {
        let response = page(cursor);
        async move {
            let (items, end) = response.await?;
            Ok(Page::before(cursor.as_ref(), items, end))
        }
    })
}

impl Server {
    /// Pages that are ready at once.
    fn pages(
        &self,
        page: impl Fn(i64) -> Result<(Vec<i64>, Option<i64>), Error> + Send + 'static,
    ) -> Pages<i64> {
        let requests = Arc::clone(&self.requests);
        by_number(1, move |number| {
            requests.lock().unwrap().push(number);
            std::future::ready(page(number))
        })
    }

    /// Three pages, each of which takes some seconds, unless its call has timed out when it
    /// is polled.
    fn slow_pages(&self, seconds: u64) -> Pages<i64> {
        let requests = Arc::clone(&self.requests);
        by_number(1, move |number| {
            requests.lock().unwrap().push(number);
            async move {
                let begun = Instant::now();
                let response = timeout(TOTAL_TIME, sleep(Duration::from_secs(seconds))).await;
                if response.is_err() || begun.elapsed() > TOTAL_TIME {
                    return Err(Error::new(ErrorKind::Timeout));
                }
                Ok((page(number), Some(3)))
            }
        })
    }

    fn requests(&self) -> Vec<i64> {
        self.requests.lock().unwrap().clone()
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
async fn the_entries_of_all_pages_are_in_order() {
    let server = Server::default();
    let entries = all(server.pages(|number| Ok((page(number), Some(3))))).await;
    assert_eq!(entries, [10, 11, 20, 21, 30, 31].map(Ok));
    assert_eq!(server.requests(), [1, 2, 3]);
}

#[tokio::test]
async fn the_last_total_determines_the_number_of_pages() {
    for (totals, pages) in [
        (&[3, 2][..], 2),
        (&[2, 3, 3], 3),
        (&[1], 1),
        // A total below the number of received pages is ignored.
        (&[0, 2], 2),
        (&[-1, i64::MIN, 1, 4], 4),
        (&[5, 5, 1, 0, 5], 5),
    ] {
        let server = Server::default();
        let totals = totals.to_vec();
        let entries = all(server.pages(move |number| {
            let index = usize::try_from(number - 1).unwrap();
            Ok((page(number), Some(totals[index])))
        }))
        .await;
        assert_eq!(entries.len(), 2 * pages);
    }
}

#[tokio::test]
async fn a_full_page_is_not_the_last() {
    for (total, size, requests) in [
        (Some(1), Some(2), 2),
        (Some(1), Some(1), 2),
        (Some(1), Some(3), 1),
        (Some(1), Some(0), 2),
        (Some(1), Some(-1), 2),
        (Some(1), Some(i64::MAX), 1),
        (Some(1), None, 1),
        (Some(2), Some(3), 2),
        (None, Some(3), 2),
    ] {
        let server = Server::default();
        let recorded = Arc::clone(&server.requests);
        let pages = Pages::new(1, i64::clone, move |number| {
            recorded.lock().unwrap().push(number);
            let items = if number == 1 { vec![1, 2] } else { Vec::new() };
            std::future::ready(Ok(Page::numbered(number, items, [total, size])))
        });
        assert_eq!(all(pages).await, [Ok(1), Ok(2)]);
        assert_eq!(server.requests().len(), requests, "{total:?} {size:?}");
    }
}

#[tokio::test]
async fn an_empty_page_is_the_last_regardless_of_the_total() {
    for total in [None, Some(9), Some(0), Some(-1), Some(1)] {
        let server = Server::default();
        let total = move |number| total.filter(|total| *total > 1 || number > 1);
        let entries = all(server.pages(move |number| {
            Ok((if number < 3 { page(number) } else { Vec::new() }, total(number)))
        }))
        .await;
        assert_eq!(entries.len(), 4);
        assert_eq!(server.requests(), [1, 2, 3]);
    }
}

#[tokio::test]
async fn a_repeated_page_is_the_last_unless_a_total_includes_it() {
    for (total, entries, requests) in
        [(None, 4, 3), (Some(0), 4, 3), (Some(1), 4, 3), (Some(5), 10, 5)]
    {
        let server = Server::default();
        let same = server.pages(move |number| {
            Ok((page(number.min(2)), total.filter(|total| *total > 1 || number > 1)))
        });
        assert_eq!(all(same).await.len(), entries, "{total:?}");
        assert_eq!(server.requests().len(), requests, "{total:?}");
    }
}

#[tokio::test]
async fn similar_pages_are_not_repeated_pages() {
    let server = Server::default();
    let pages = [&[1, 2][..], &[1, 2, 3], &[1, 2], &[2, 1], &[2], &[]];
    let entries = all(server
        .pages(move |number| Ok((pages[usize::try_from(number - 1).unwrap()].to_vec(), None))));
    assert_eq!(entries.await, [1, 2, 1, 2, 3, 1, 2, 2, 1, 2].map(Ok));
}

#[tokio::test]
async fn the_highest_number_is_the_last() {
    let pages = by_number(i64::MAX, |_| async { Ok((vec![1], None)) });
    assert_eq!(all(pages).await, [Ok(1)]);
}

#[tokio::test]
async fn an_error_is_the_last_entry() {
    let server = Server::default();
    let entries = all(server.pages(|number| match number {
        1 => Ok((page(1), Some(9))),
        _ => Err(Error::new(ErrorKind::NotFound)),
    }))
    .await;
    assert_eq!(entries, [Ok(10), Ok(11), Err(ErrorKind::NotFound)]);
    assert_eq!(server.requests(), [1, 2]);
}

#[tokio::test]
async fn only_the_next_page_is_requested_ahead() {
    let server = Server::default();
    let mut pages = server.pages(|number| Ok((page(number), Some(9))));
    assert_eq!(server.requests(), [0; 0]);
    for requests in [&[1, 2][..], &[1, 2], &[1, 2, 3], &[1, 2, 3], &[1, 2, 3, 4]] {
        pages.next().await.unwrap().unwrap();
        assert_eq!(server.requests(), requests);
    }
}

#[tokio::test]
async fn pages_by_cursor_continue_until_one_is_empty() {
    let requests = Arc::new(Mutex::new(Vec::new()));
    let recorded = Arc::clone(&requests);
    let pages = by_cursor(move |before: Option<i64>| {
        recorded.lock().unwrap().push(before);
        let first = before.unwrap_or(5);
        let items: Vec<i64> = (1..first).rev().take(2).collect();
        let last = items.last().copied();
        std::future::ready(Ok((items, last)))
    });
    assert_eq!(all(pages).await, [4, 3, 2, 1].map(Ok));
    assert_eq!(*requests.lock().unwrap(), [None, Some(3), Some(1)]);
}

#[tokio::test]
async fn a_cursor_that_does_not_go_back_ends_the_stream() {
    let end_of_page = |ends: &'static [Option<i64>]| {
        let mut ends = (1..).zip(ends);
        by_cursor(move |_| {
            let (number, end) = ends.next().expect("no further request");
            std::future::ready(Ok((vec![number], *end)))
        })
    };
    for ends in [&[Some(7), Some(7)][..], &[Some(7), Some(5), Some(7)], &[Some(7), Some(9)]] {
        let numbers = (1..).take(ends.len()).map(Ok);
        assert_eq!(all(end_of_page(ends)).await, numbers.collect::<Vec<_>>(), "{ends:?}");
    }
    assert_eq!(all(end_of_page(&[None])).await, [Ok(1), Err(ErrorKind::Decode)]);
    let ignored = by_cursor(|_| async { Ok((vec![1], Some(7))) });
    assert_eq!(all(ignored).await, [Ok(1)]);
}

#[tokio::test(start_paused = true)]
async fn slow_processing_of_entries_does_not_end_the_stream() {
    for (work, seconds, requests) in [(0, 20, 3), (100, 20, 3), (100, 0, 3)] {
        let server = Server::default();
        let mut pages = server.slow_pages(seconds);
        let mut entries = Vec::new();
        while let Some(entry) = pages.next().await {
            entries.push(entry.unwrap());
            sleep(Duration::from_secs(work)).await;
        }
        assert_eq!(entries, [10, 11, 20, 21, 30, 31]);
        assert_eq!(server.requests().len(), requests, "{work} {seconds}");
    }
}

/// Awaits every pending page for a while, then runs `work` instead, which may outlast a call.
async fn abandon_each_page(awaited: Duration, work: impl AsyncFn()) -> Vec<i64> {
    let mut pages = Server::default().slow_pages(20);
    let mut entries = Vec::new();
    loop {
        if let Ok(entry) = timeout(awaited, pages.next()).await {
            match entry {
                Some(entry) => entries.push(entry.unwrap()),
                None => return entries,
            }
            continue;
        }
        work().await;
        if let Some(entry) = pages.next().await {
            entries.push(entry.unwrap());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_abandoned_stream_loses_no_entries() {
    let expected = [10, 11, 20, 21, 30, 31];
    for awaited in [Duration::ZERO, Duration::from_secs(1), Duration::from_secs(15)] {
        for work in [30, 70, 3600] {
            let work = Duration::from_secs(work);
            assert_eq!(abandon_each_page(awaited, async || sleep(work).await).await, expected);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_is_polled_manually_loses_no_entries() {
    let server = Server::default();
    let mut pages = server.slow_pages(20);
    let mut entries = Vec::new();
    for (poll, work) in [70, 70, 70].into_iter().chain(std::iter::repeat(1)).enumerate() {
        let mut context = Context::from_waker(std::task::Waker::noop());
        match Pin::new(&mut pages).poll_next(&mut context) {
            Poll::Ready(Some(entry)) => entries.push(entry.unwrap()),
            Poll::Ready(None) => break,
            Poll::Pending => sleep(Duration::from_secs(work)).await,
        }
        assert!(poll < 100, "{entries:?}");
    }
    assert_eq!(entries, [10, 11, 20, 21, 30, 31]);
    assert_eq!(server.requests(), [1, 2, 3]);
}

#[tokio::test(start_paused = true)]
async fn a_page_that_times_out_while_awaited_is_requested_once() {
    // Awaited without interruption, with other events, and with short work on them.
    for (awaited, work) in [(3600, 0), (1, 0), (5, 1)] {
        let server = Server::default();
        let mut pages = server.slow_pages(1000);
        let begun = Instant::now();
        let failure = loop {
            if let Ok(entry) = timeout(Duration::from_secs(awaited), pages.next()).await {
                break entry.unwrap().unwrap_err();
            }
            sleep(Duration::from_secs(work)).await;
        };
        assert_eq!(failure.kind(), ErrorKind::Timeout);
        assert_eq!(server.requests(), [1], "{awaited} {work}");
        assert!(begun.elapsed() < TOTAL_TIME + Duration::from_secs(2));
        assert!(pages.next().await.is_none());
    }
}

#[tokio::test(start_paused = true)]
async fn a_program_that_blocks_the_thread_between_entries_loses_no_entry() {
    let mut pages = Server::default().slow_pages(20);
    let mut entries = Vec::new();
    while let Some(entry) = pages.next().await {
        entries.push(entry.unwrap());
        advance(Duration::from_secs(70)).await;
    }
    assert_eq!(entries, [10, 11, 20, 21, 30, 31]);
}

#[tokio::test]
async fn a_request_that_fails_ahead_of_need_is_repeated_once_unless_the_error_is_permanent() {
    for (status, requests) in [(401, 1), (404, 1), (400, 1), (500, 1), (503, 2)] {
        let server = Server::default();
        let mut pages = server.pages(move |number| match number {
            1 => Ok((page(1), None)),
            _ => Err(Error::of_status(http::StatusCode::from_u16(status).unwrap())),
        });
        for failed in [false, false, true] {
            assert_eq!(pages.next().await.unwrap().is_err(), failed, "{status}");
        }
        assert!(pages.next().await.is_none());
        assert_eq!(server.requests().len(), 1 + requests, "{status}");
    }
}

#[tokio::test]
async fn a_dropped_stream_ends_its_request() {
    let (call, ended) = tokio::sync::oneshot::channel::<()>();
    let mut call = Some(call);
    let mut pages = by_number(1, move |_| {
        let call = call.take();
        async move {
            std::future::pending::<()>().await;
            drop(call);
            Ok((Vec::new(), None))
        }
    });
    assert!(timeout(Duration::from_millis(1), pages.next()).await.is_err());
    drop(pages);
    assert!(ended.await.is_err());
}
