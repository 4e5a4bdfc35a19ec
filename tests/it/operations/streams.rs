//! Continuation and end of the streams of all paginated operations, over a real socket.

use std::time::Duration;

use futures_util::{Stream, StreamExt, TryStreamExt};
use pilot_status::mock::{Reply, Sandbox};
use pilot_status::{Error, ErrorKind, RetryPolicy};
use serde_json::{Value, json};

use crate::operations::case::{self, ok, sandbox};
use crate::support::{eventually, pass};

/// The operations with numbered pages.
const BY_NUMBER: &[&str] = &[
    "list_conversations",
    "list_group_messages",
    "list_leads",
    "list_message_history",
    "list_referrals",
    "list_unread_messages",
];

/// Builds a page with the documented entry under each id, and an optional total.
fn page(operation: &str, ids: &[&str], total_pages: Option<i64>) -> Reply {
    let mut body = case::example(operation);
    let fields = body.as_object_mut().unwrap();
    fields.remove("total");
    fields.remove("totalPages");
    fields.extend(total_pages.map(|pages| ("totalPages".to_owned(), pages.into())));
    let entries = fields.values_mut().find_map(Value::as_array_mut).unwrap();
    let entry = entries.remove(0);
    entries.extend(ids.iter().map(|id| {
        let mut entry = entry.clone();
        entry["id"] = json!(id);
        if entry.get("createdAt").is_some() {
            // A later letter gets an earlier time.
            entry["createdAt"] = json!(format!("2026-06-28T10:{}:00Z", b'z' - id.as_bytes()[0]));
        }
        entry
    }));
    ok(&body)
}

/// Streams the ids of an operation's entries.
fn ids(sandbox: &Sandbox, operation: &str) -> impl Stream<Item = Result<String, Error>> + Unpin {
    let client = sandbox.client();
    macro_rules! stream {
        ($($operation:ident)*) => {
            match operation {
                $(stringify!($operation) => {
                    client.$operation().stream().map_ok(|entry| entry.id).boxed()
                })*
                _ => panic!("{operation} has no stream"),
            }
        };
    }
    stream! {
        list_calls list_conversations list_group_messages list_leads list_message_history
        list_referrals list_unread_messages
    }
}

/// Polls a stream without a ready entry until a condition holds, then drops the future of its
/// next entry.
async fn leave<T: std::fmt::Debug>(
    stream: &mut (impl Stream<Item = T> + Unpin),
    what: &str,
    is_so: impl Fn() -> bool,
) {
    tokio::select! {
        entry = stream.next() => panic!("{entry:?}"),
        () = eventually(what, is_so) => {}
    }
}

#[tokio::test]
async fn a_stream_loses_no_entry_if_its_future_is_dropped_during_a_page() {
    for operation in [BY_NUMBER, &["list_calls"]].concat() {
        let pages = [&["a", "b"][..], &["c"], &[]].map(|ids| page(operation, ids, None));
        let [first, second, last] = &pages;
        let late = Duration::from_secs(1000);
        let replies = [first.clone(), second.clone().delay(late), second.clone(), last.clone()];
        let sandbox = sandbox(operation, replies).await;
        let mut stream = ids(&sandbox, operation);
        for id in ["a", "b"] {
            assert_eq!(stream.next().await.unwrap().unwrap(), id, "{operation}");
        }
        leave(&mut stream, "page 2 is requested", || sandbox.requests().len() == 2).await;
        pass(70).await;
        assert_eq!(stream.next().await.unwrap().unwrap(), "c", "{operation}");
        assert!(stream.next().await.is_none(), "{operation}");
        assert_eq!(sandbox.requests().len(), 4, "{operation}");
    }
}

#[tokio::test]
async fn a_stream_that_is_not_polled_keeps_no_slot() {
    let operation = "list_message_history";
    let pages = [page(operation, &["a"], Some(9)), page(operation, &["b"], Some(9))];
    let sandbox = sandbox(operation, pages).await;
    // A call that waits for a slot gets one after 5 s even if none is free.
    let policy = RetryPolicy::default().total_timeout(Duration::from_secs(4));
    let client = sandbox.builder().max_concurrent_requests(1).retry(policy).build().unwrap();
    let mut stream = client.list_message_history().stream();
    stream.next().await.unwrap().unwrap();
    client.list_numbers().send().await.unwrap();
    assert_eq!(stream.next().await.unwrap().unwrap().id, "b");
}

#[tokio::test]
async fn a_permanent_error_ends_a_stream_after_one_request() {
    for (status, kind) in [(401, ErrorKind::Unauthorized), (404, ErrorKind::NotFound)] {
        let refusal = Reply::error(status.try_into().unwrap(), None);
        let pages = [page("list_leads", &["a", "b"], None), refusal];
        let sandbox = sandbox("list_leads", pages).await;
        let mut stream = ids(&sandbox, "list_leads");
        assert_eq!(stream.next().await.unwrap().unwrap(), "a");
        eventually("page 2 is requested", || sandbox.requests().len() == 2).await;
        pass(70).await;
        assert_eq!(stream.next().await.unwrap().unwrap(), "b");
        pass(70).await;
        assert_eq!(stream.next().await.unwrap().unwrap_err().kind(), kind);
        assert!(stream.next().await.is_none());
        assert_eq!(sandbox.requests().len(), 2);
    }
}

#[tokio::test]
async fn a_repeated_page_ends_a_stream_without_totals() {
    for operation in [BY_NUMBER, &["list_calls"]].concat() {
        for total in [None, Some(0), Some(-1)] {
            let same = page(operation, &["a", "b"], total);
            let sandbox = sandbox(operation, vec![same; 9]).await;
            let found: Vec<_> = ids(&sandbox, operation).try_collect().await.unwrap();
            assert_eq!(found, ["a", "b"], "{operation}");
            assert_eq!(sandbox.requests().len(), 2, "{operation}");
        }
    }
}

#[tokio::test]
async fn a_total_below_the_current_page_does_not_end_a_stream() {
    for operation in BY_NUMBER {
        for totals in [[0; 4], [-1; 4], [i64::MIN; 4], [2, 1, 1, 1], [3, 0, 2, 1]] {
            let ids_of = [&["a", "b"][..], &["c", "d"], &["e", "f"], &[]];
            let pages = ids_of.into_iter().zip(totals);
            let pages: Vec<_> =
                pages.map(|(ids, total)| page(operation, ids, Some(total))).collect();
            let sandbox = sandbox(operation, pages).await;
            let found: Vec<_> = ids(&sandbox, operation).try_collect().await.unwrap();
            assert_eq!(found, ["a", "b", "c", "d", "e", "f"], "{operation} {totals:?}");
            assert_eq!(sandbox.requests().len(), 4, "{operation} {totals:?}");
        }
    }
}
