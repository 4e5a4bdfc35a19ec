use std::time::Duration;

use tempfile::TempDir;

use super::{Message, Outcome, Stage, Store};

const HOUR: Duration = Duration::from_secs(3600);

/// A new database in a folder that lives as long as the test.
async fn store() -> (Store, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("outbox.db");
    (Store::open(&format!("sqlite:{}?mode=rwc", file.display())).await.unwrap(), folder)
}

fn message(key: &str, body: &str) -> Message {
    Message { key: key.into(), recipient: "+12125550101".into(), body: body.into() }
}

async fn enqueue(store: &Store, messages: &[Message]) -> anyhow::Result<u64> {
    store.enqueue(messages, |index| format!("line {index}")).await
}

#[tokio::test]
async fn a_message_is_enqueued_once_and_its_key_belongs_to_it() {
    let (store, _folder) = store().await;
    let messages = [message("a", "Oi"), message("b", "Oi")];
    assert_eq!(enqueue(&store, &messages).await.unwrap(), 2);
    assert_eq!(enqueue(&store, &messages).await.unwrap(), 0);

    let error = enqueue(&store, &[message("c", "Oi"), message("a", "Tchau")]).await.unwrap_err();
    assert!(error.to_string().starts_with("line 1: the key \"a\" belongs to another"), "{error}");
    assert_eq!(store.counts().await.unwrap().queued, 2, "all or none are stored");
}

#[tokio::test]
async fn a_row_has_one_worker_until_its_lease_ends_or_is_released() {
    let (store, _folder) = store().await;
    enqueue(&store, &[message("a", "Oi")]).await.unwrap();
    assert_eq!(store.lease("gone", Duration::ZERO, 9).await.unwrap().len(), 1);
    assert_eq!(store.lease("first", HOUR, 9).await.unwrap().len(), 1, "the lease has ended");
    assert_eq!(store.lease("second", HOUR, 9).await.unwrap().len(), 0);
    assert_eq!(store.release("second").await.unwrap(), 0);
    assert_eq!(store.release("first").await.unwrap(), 1);
    assert_eq!(store.lease("second", HOUR, 9).await.unwrap().len(), 1);
}

#[tokio::test]
async fn only_the_holder_of_a_lease_postpones_but_anybody_stores_a_success() {
    let (store, _folder) = store().await;
    enqueue(&store, &[message("a", "Oi")]).await.unwrap();
    let leased = store.lease("late", Duration::ZERO, 9).await.unwrap().remove(0);
    store.lease("holder", HOUR, 9).await.unwrap();

    let failed = Outcome::Failed { reason: "late".into() };
    store.finish("late", &leased, &failed).await.unwrap();
    assert_eq!(store.counts().await.unwrap().queued, 1);

    let accepted = Outcome::Accepted { message_id: "msg_1".into() };
    store.finish("late", &leased, &accepted).await.unwrap();
    assert_eq!(store.counts().await.unwrap().sent, 1);
}

#[tokio::test]
async fn a_status_moves_only_forward_and_a_delivery_counts_once() {
    use Stage::{Delivered, Failed, Read, Sent};
    for (arriving, last) in [
        (&[Sent, Delivered, Read][..], Read),
        (&[Read, Delivered, Sent], Read),
        (&[Delivered, Sent], Delivered),
        (&[Failed, Sent], Failed),
        (&[Delivered, Failed], Delivered),
    ] {
        let (store, _folder) = store().await;
        enqueue(&store, &[message("a", "Oi")]).await.unwrap();
        // A delivery may be faster than the response to the request.
        for stage in arriving {
            let delivery = format!("{stage:?}");
            assert!(store.receive(&delivery, "msg_1", *stage, None).await.unwrap());
            assert!(!store.receive(&delivery, "msg_1", *stage, None).await.unwrap());
        }
        let leased = store.lease("worker", HOUR, 9).await.unwrap().remove(0);
        let accepted = Outcome::Accepted { message_id: "msg_1".into() };
        store.finish("worker", &leased, &accepted).await.unwrap();
        let counts = store.counts().await.unwrap();
        let found = [counts.sent, counts.failed, counts.delivered, counts.read];
        let mut expected = [0; 4];
        expected[last as usize - 1] = 1;
        assert_eq!(found, expected, "{arriving:?}");
    }
}

#[tokio::test]
async fn a_url_of_another_database_is_refused_without_its_password() {
    for url in ["mysql://user:marked@host/a", "marked", "postgres://user:marked@host:port/a"] {
        let error = Store::open(url).await.err().unwrap();
        assert!(format!("{error:#}").contains("DATABASE_URL"), "{error:#}");
        assert!(!format!("{error:#}").contains("marked"), "{error:#}");
    }
}
