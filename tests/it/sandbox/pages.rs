//! The pages of a sandbox, as the streams of the client read them.

use pilot_status::Pages;
use pilot_status::mock::{OperationId, Sandbox};
use serde_json::{Value, json};

/// Counts the entries of all pages.
async fn count<T>(mut stream: Pages<T>) -> usize
where
    T: Send + 'static,
{
    let mut count = 0;
    while let Some(entry) = stream.next().await {
        entry.unwrap();
        count += 1;
    }
    count
}

#[tokio::test]
async fn pages_end_after_the_total_of_the_example() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = sandbox.client();
    let page = client.list_conversations().page(2).page_size(5).send().await.unwrap();
    assert_eq!((page.conversations.len(), page.page, page.page_size), (0, Some(2), Some(5)));
    assert_eq!(count(client.list_conversations().stream()).await, 1);
}

#[tokio::test]
async fn the_number_of_pages_is_read_as_the_client_reads_it() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = sandbox.client();
    let response = client.list_conversations().send().await.unwrap().into_inner();
    let mut page = serde_json::to_value(response).unwrap();
    for (pages, entries) in [
        (json!(2), 2),
        (json!(3), 3),
        (json!("2"), 2),
        (json!(2.0), 2),
        (json!(0), 1),
        (json!(-1), 1),
    ] {
        page["totalPages"] = pages.clone();
        sandbox.respond_with(OperationId::ListConversations, page.clone());
        assert_eq!(count(client.list_conversations().stream()).await, entries, "{pages}");
    }
}

#[tokio::test]
async fn times_of_calls_are_read_as_the_client_reads_them() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = sandbox.client();
    let response = client.list_calls().send().await.unwrap().into_inner();
    let mut page = serde_json::to_value(response).unwrap();
    let call = page["calls"][0].clone();
    let at = |time: Value| {
        let mut call = call.clone();
        call["createdAt"] = time;
        call
    };
    for last in [json!("2026-01-02 00:00:00"), json!("2026-01-02"), json!(1_767_312_000)] {
        page["calls"] = json!([at(json!("2026-01-03T00:00:00Z")), at(last.clone())]);
        sandbox.respond_with(OperationId::ListCalls, page.clone());
        assert_eq!(count(client.list_calls().stream()).await, 2, "{last}");
    }
}
