use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::time::Duration;

use futures_util::future::join_all;
use sqlx::{Any, Row, Transaction};
use tokio::io::{AsyncReadExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

use super::{CLOCK_POSTGRES, CLOCK_SQLITE, HAS_QUEUED, Message, Outcome, Stage, Store, millis};
use crate::databases_tests::{new_database, on_each_database, server};
use crate::postgres::MISSING;

const HOUR: Duration = Duration::from_secs(3600);

impl Store {
    /// Fails all later statements.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// The number of attempts for a message.
    pub async fn attempts(&self, key: &str) -> i64 {
        let attempts = sqlx::query_scalar("SELECT attempts FROM messages WHERE key = $1");
        attempts.bind(key).fetch_one(&self.pool).await.unwrap()
    }

    pub async fn set_attempts(&self, key: &str, attempts: i64) {
        let set = sqlx::query("UPDATE messages SET attempts = $2 WHERE key = $1");
        set.bind(key).bind(attempts).execute(&self.pool).await.unwrap();
    }

    /// Sets a clock of the database that differs from the right one by some milliseconds.
    pub async fn set_clock(&self, difference: i64) {
        let views = if self.lock.is_empty() { CLOCK_SQLITE } else { CLOCK_POSTGRES };
        let views = views.replace(" AS now", &format!(" + {difference} AS now"));
        let views = sqlx::AssertSqlSafe(format!("DROP VIEW clock; {views}"));
        sqlx::raw_sql(views).execute(&self.pool).await.unwrap();
    }

    /// Blocks the statements that lease or release messages, until the transaction ends.
    pub async fn block(&self) -> Transaction<'static, Any> {
        let mut transaction = self.pool.begin().await.unwrap();
        let is_sqlite = self.lock.is_empty();
        let block = if is_sqlite { "UPDATE messages SET key = key" } else { "LOCK TABLE messages" };
        sqlx::query(block).execute(&mut *transaction).await.unwrap();
        transaction
    }

    /// The number of statements that wait for the lock of [`block`](Self::block) in PostgreSQL.
    pub async fn blocked_statements(&self) -> i64 {
        let count = "SELECT count(*) FROM pg_locks JOIN pg_database ON oid = database \
                     WHERE datname = current_database() AND NOT granted";
        sqlx::query_scalar(count).fetch_one(&self.pool).await.unwrap()
    }

    /// Makes a postponed message due, and its first attempt older.
    pub async fn age(&self, key: &str, time: Duration) {
        let age = "UPDATE messages SET next_attempt = 0, uncertain_since = uncertain_since - $2 \
                   WHERE key = $1 AND message_id IS NULL AND failure IS NULL";
        let aged = sqlx::query(age).bind(key).bind(millis(time)).execute(&self.pool).await;
        assert_eq!(aged.unwrap().rows_affected(), 1, "the message is queued");
    }
}

fn message(key: &str, body: &str) -> Message {
    Message { key: key.into(), recipient: "+12125550101".into(), body: body.into() }
}

#[tokio::test]
async fn a_message_is_enqueued_once_and_no_other_message_may_have_its_key() {
    on_each_database(async |store| {
        let messages = [message("a", "Oi"), message("b", "Oi")];
        assert_eq!(store.enqueue(&messages).await.unwrap(), 2);
        assert_eq!(store.enqueue(&messages).await.unwrap(), 0);

        let other = [message("c", "Oi"), message("a", "Tchau")];
        let error = store.enqueue(&other).await.unwrap_err().to_string();
        assert!(error.starts_with("record 2: the key \"a\" belongs to another"), "{error}");
        assert_eq!(store.counts().await.unwrap().queued, 2);
    })
    .await;
}

#[tokio::test]
async fn large_files_are_enqueued_concurrently() {
    on_each_database(async |store| {
        let mut messages: Vec<_> =
            (0..1200).map(|index| message(&format!("{index:04}"), "Oi")).collect();
        let reversed: Vec<_> = messages.iter().rev().cloned().collect();
        let (one, other) = tokio::join!(store.enqueue(&messages), store.enqueue(&reversed));
        assert_eq!(one.unwrap() + other.unwrap(), 1200);

        // A key twice in a file, and a key of another message.
        messages.extend([message("new", "Oi"), message("new", "Oi"), message("0700", "Tchau")]);
        messages.swap(1202, 3);
        let error = store.enqueue(&messages).await.unwrap_err().to_string();
        assert!(error.starts_with("record 4: the key \"0700\" belongs"), "{error}");
        messages.remove(3);
        store.enqueue(&messages).await.unwrap();
        assert_eq!(store.counts().await.unwrap().queued, 1201);
    })
    .await;
}

#[tokio::test]
async fn a_program_waits_a_minute_while_another_writes_to_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}?mode=rwc", folder.path().join("outbox.db").display());
    let store = Store::open(&url).await.unwrap();
    let timeout = sqlx::query_scalar::<_, i64>("PRAGMA busy_timeout");
    assert_eq!(timeout.fetch_one(&store.pool).await.unwrap(), 60_000);
}

#[tokio::test]
async fn a_row_has_one_worker_until_its_lease_ends_or_is_released() {
    on_each_database(async |store| {
        store.enqueue(&[message("a", "Oi")]).await.unwrap();
        assert_eq!(store.lease("gone", Duration::ZERO, 9).await.unwrap().len(), 1);
        assert_eq!(store.lease("first", HOUR, 9).await.unwrap().len(), 1, "the lease has ended");
        assert_eq!(store.lease("second", HOUR, 9).await.unwrap().len(), 0);
        assert_eq!(store.release("second").await.unwrap(), 0);
        assert_eq!(store.release("first").await.unwrap(), 1);
        assert_eq!(store.lease("second", HOUR, 9).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn rows_are_leased_in_the_order_of_their_arrival() {
    on_each_database(async |store| {
        for key in ["b", "c", "a"] {
            store.enqueue(&[message(key, "Oi")]).await.unwrap();
            // Rows of the same millisecond have no order.
            let clock = "SELECT now - (SELECT max(next_attempt) FROM messages) FROM clock";
            while sqlx::query_scalar::<_, i64>(clock).fetch_one(&store.pool).await.unwrap() == 0 {}
        }
        for key in ["b", "c", "a"] {
            let leased = store.lease("worker", HOUR, 1).await.unwrap();
            assert_eq!(leased[0].message.key, key);
        }
    })
    .await;
}

#[tokio::test]
async fn rows_with_an_uncertain_attempt_are_leased_before_the_backlog() {
    on_each_database(async |store| {
        store.enqueue(&["c", "d", "e", "f", "g"].map(|key| message(key, "Oi"))).await.unwrap();
        let keys = async |owner: &str, limit| {
            let leased = store.lease(owner, Duration::ZERO, limit).await.unwrap();
            let mut keys: Vec<_> = leased.into_iter().map(|row| row.message.key).collect();
            keys.sort();
            keys
        };
        assert_eq!(keys("crashed", 2).await, ["c", "d"]);
        store.enqueue(&["h", "i"].map(|key| message(key, "Oi"))).await.unwrap();
        assert_eq!(keys("other", 3).await, ["c", "d", "e"]);
        assert_eq!(keys("other", 9).await, ["c", "d", "e", "f", "g", "h", "i"]);
    })
    .await;
}

#[tokio::test]
async fn a_row_that_a_clock_postponed_for_more_than_a_day_is_leased() {
    on_each_database(async |store| {
        store.enqueue(&["a", "b"].map(|key| message(key, "Oi"))).await.unwrap();
        for (key, hours) in [("a", 23), ("b", 25)] {
            let postpone = "UPDATE messages SET next_attempt = (SELECT now FROM clock) + $2 \
                            WHERE key = $1";
            let postpone = sqlx::query(postpone).bind(key).bind(millis(HOUR * hours));
            postpone.execute(&store.pool).await.unwrap();
        }
        let leased = store.lease("worker", HOUR, 9).await.unwrap();
        assert_eq!(leased.iter().map(|row| &row.message.key).collect::<Vec<_>>(), ["b"]);
    })
    .await;
}

#[tokio::test]
async fn a_lease_or_the_end_of_the_queue_needs_no_sort_or_full_scan() {
    on_each_database(async |store| {
        let rows = "WITH RECURSIVE numbers (number) AS \
             (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < 20000) \
             INSERT INTO messages (key, recipient, body, next_attempt, uncertain_since, message_id) \
             SELECT CAST(number AS TEXT), '1', 'Oi', 0, \
             CASE WHEN number % 10 = 0 THEN number END, \
             CASE WHEN number % 3 = 0 THEN CAST(number AS TEXT) END FROM numbers";
        for (analyze, query) in [
            ("", store.lease_statement()),
            ("ANALYZE messages", store.lease_statement()),
            ("", HAS_QUEUED.to_owned()),
            ("ANALYZE messages", HAS_QUEUED.to_owned()),
        ] {
            if analyze.is_empty() {
                sqlx::query("DELETE FROM messages").execute(&store.pool).await.unwrap();
                sqlx::query(rows).execute(&store.pool).await.unwrap();
            }
            sqlx::raw_sql(analyze).execute(&store.pool).await.unwrap();
            let (explain, column) = if store.lock.is_empty() {
                ("EXPLAIN QUERY PLAN", "detail")
            } else {
                ("EXPLAIN", "QUERY PLAN")
            };
            let query = query.replace("$1", "'worker'").replace("$2", "60000").replace("$3", "8");
            let explain = sqlx::AssertSqlSafe(format!("{explain} {query}"));
            let plan = sqlx::query(explain).fetch_all(&store.pool).await.unwrap();
            let plan: Vec<String> = plan.iter().map(|row| row.get(column)).collect();
            let plan = plan.join("\n");
            for part in ["Sort", "Seq Scan on messages", "TEMP B-TREE", "SCAN messages\n"] {
                assert!(!format!("{plan}\n").contains(part), "{analyze} {query}\n{plan}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn workers_that_lease_at_the_same_time_get_different_rows() {
    on_each_database(async |store| {
        let messages: Vec<_> = (0..40).map(|index| message(&index.to_string(), "Oi")).collect();
        store.enqueue(&messages).await.unwrap();
        let lease = async |owner: &str| store.lease(owner, HOUR, 10).await.unwrap();
        let (a, b, c, d) = tokio::join!(lease("a"), lease("b"), lease("c"), lease("d"));
        let keys: Vec<_> =
            [a, b, c, d].into_iter().flatten().map(|leased| leased.message.key).collect();
        assert!(!keys.is_empty());
        assert_eq!(BTreeSet::from_iter(&keys).len(), keys.len());
    })
    .await;
}

#[tokio::test]
async fn a_worker_whose_lease_has_ended_stores_a_success_but_no_failure() {
    on_each_database(async |store| {
        store.enqueue(&[message("a", "Oi")]).await.unwrap();
        let leased = store.lease("late", Duration::ZERO, 9).await.unwrap().remove(0);
        store.lease("holder", HOUR, 9).await.unwrap();

        let (wait, is_counted, is_uncertain) = (Duration::ZERO, true, true);
        let later = Outcome::Later { wait, is_counted, is_uncertain };
        for outcome in [later, Outcome::Failed { reason: "late".into() }] {
            store.finish("late", &leased, &outcome).await.unwrap();
            assert_eq!(store.counts().await.unwrap().queued, 1);
            assert_eq!(store.lease("other", HOUR, 9).await.unwrap().len(), 0, "it has a holder");
        }

        for id in ["msg_1", "msg_2"] {
            let accepted = Outcome::Accepted { message_id: id.into() };
            store.finish("late", &leased, &accepted).await.unwrap();
            assert_eq!(store.counts().await.unwrap().sent, 1);
        }
        // The id is set once.
        store.receive("1", "msg_1", Stage::Read, None).await.unwrap();
        assert_eq!(store.counts().await.unwrap().read, 1);
    })
    .await;
}

#[tokio::test]
async fn the_outcome_of_an_ended_lease_is_not_that_of_the_next_lease_of_the_worker() {
    on_each_database(async |store| {
        store.enqueue(&[message("a", "Oi")]).await.unwrap();
        let first = store.lease("worker", Duration::ZERO, 9).await.unwrap().remove(0);
        let second = store.lease("worker", HOUR, 9).await.unwrap().remove(0);

        let later = Outcome::Later { wait: Duration::ZERO, is_counted: true, is_uncertain: false };
        for outcome in [later, Outcome::Failed { reason: "late".into() }] {
            store.finish("worker", &first, &outcome).await.unwrap();
            assert_eq!(store.counts().await.unwrap().queued, 1, "{outcome:?}");
            assert_eq!(store.lease("other", HOUR, 9).await.unwrap().len(), 0, "{outcome:?}");
        }
        let failed = Outcome::Failed { reason: "refused".into() };
        store.finish("worker", &second, &failed).await.unwrap();
        assert_eq!(store.counts().await.unwrap().failed, 1);
    })
    .await;
}

#[tokio::test]
async fn a_transaction_of_another_program_enqueues_a_message() {
    let readme = include_str!("../README.md");
    let (_, insert) = readme.split_once("```sql\n").unwrap();
    let (insert, _) = insert.split_once("```").unwrap();
    on_each_database(async |store| {
        for is_committed in [false, true] {
            let mut transaction = store.pool.begin().await.unwrap();
            sqlx::query(insert).execute(&mut *transaction).await.unwrap();
            if is_committed {
                transaction.commit().await.unwrap();
            } else {
                transaction.rollback().await.unwrap();
            }
            let leased = store.lease("worker", HOUR, 9).await.unwrap();
            assert_eq!(leased.len(), usize::from(is_committed));
        }
    })
    .await;
}

#[tokio::test]
async fn an_attempt_that_was_not_sent_does_not_count() {
    on_each_database(async |store| {
        store.enqueue(&[message("a", "Oi")]).await.unwrap();
        for (is_counted, attempts) in [(false, 1), (true, 1), (true, 2), (false, 3)] {
            let leased = store.lease("worker", HOUR, 9).await.unwrap().remove(0);
            assert_eq!(leased.attempts, attempts);
            let later = Outcome::Later { wait: Duration::ZERO, is_counted, is_uncertain: false };
            store.finish("worker", &leased, &later).await.unwrap();
        }
        assert_eq!(store.counts().await.unwrap().retried, 1);
    })
    .await;
}

#[tokio::test]
async fn a_status_moves_only_forward_and_a_delivery_counts_once() {
    use Stage::{Delivered, Failed, Read, Sent};
    on_each_database(async |store| {
        for (index, (arriving, last)) in [
            (&[Sent, Delivered, Read][..], Read),
            (&[Read, Delivered, Sent], Read),
            (&[Delivered, Sent], Delivered),
            (&[Failed, Sent], Failed),
            (&[Delivered, Failed], Delivered),
        ]
        .into_iter()
        .enumerate()
        {
            let id = format!("msg_{index}");
            store.enqueue(&[message(&id, "Oi")]).await.unwrap();
            // A delivery may arrive before the response to the request.
            for stage in arriving {
                let delivery = format!("{stage:?} {id}");
                assert!(store.receive(&delivery, &id, *stage, Some("\0")).await.unwrap());
                assert!(!store.receive(&delivery, &id, *stage, None).await.unwrap());
            }
            let leased = store.lease("worker", HOUR, 9).await.unwrap().remove(0);
            let accepted = Outcome::Accepted { message_id: id };
            store.finish("worker", &leased, &accepted).await.unwrap();
            let counts = store.counts().await.unwrap();
            let found = [counts.sent, counts.failed, counts.delivered, counts.read];
            let mut expected = [0; 4];
            expected[last as usize - 1] = 1;
            assert_eq!(found, expected, "{arriving:?}");
            assert_eq!(store.prune(Duration::ZERO).await.unwrap(), 1);
        }
    })
    .await;
}

#[tokio::test]
async fn texts_of_the_service_may_contain_nul_characters() {
    on_each_database(async |store| {
        store.enqueue(&["a", "b"].map(|key| message(key, "Oi"))).await.unwrap();
        let accepted = Outcome::Accepted { message_id: "msg\0".into() };
        let failed = Outcome::Failed { reason: "refused\0".into() };
        for outcome in [accepted, failed] {
            let leased = store.lease("worker", HOUR, 1).await.unwrap();
            store.finish("worker", &leased[0], &outcome).await.unwrap();
        }
        for is_new in [true, false] {
            let received = store.receive("failed msg\0", "msg\0", Stage::Failed, Some("blocked\0"));
            assert_eq!(received.await.unwrap(), is_new);
        }
        let failures = store.failures(9).await.unwrap();
        let shown = [("a", "blocked\u{fffd}"), ("b", "refused\u{fffd}")];
        assert_eq!(failures, shown.map(|(key, reason)| (key.to_owned(), reason.to_owned())));
    })
    .await;
}

#[tokio::test]
async fn only_old_deliveries_and_finished_messages_are_pruned() {
    on_each_database(async |store| {
        store.enqueue(&["a", "b", "c"].map(|key| message(key, "Oi"))).await.unwrap();
        let leased = store.lease("worker", HOUR, 2).await.unwrap();
        let accepted = Outcome::Accepted { message_id: "msg_1".into() };
        store.finish("worker", &leased[0], &accepted).await.unwrap();
        let failed = Outcome::Failed { reason: "refused".into() };
        store.finish("worker", &leased[1], &failed).await.unwrap();
        // The second message belongs to another program that uses the number.
        for id in ["msg_1", "msg_2"] {
            assert!(store.receive(&format!("read {id}"), id, Stage::Read, None).await.unwrap());
        }
        let rows = async |table: &str| {
            let count = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {table}"));
            sqlx::query_scalar::<_, i64>(count).fetch_one(&store.pool).await.unwrap()
        };
        assert_eq!(store.prune(HOUR).await.unwrap(), 0);
        assert_eq!((rows("messages").await, rows("progress").await), (3, 2));
        assert_eq!(rows("deliveries").await, 2);

        assert_eq!(store.prune(Duration::ZERO).await.unwrap(), 2);
        assert_eq!((rows("messages").await, rows("progress").await), (1, 0));
        assert_eq!(rows("deliveries").await, 0);
        assert_eq!(store.counts().await.unwrap().queued, 1);
    })
    .await;
}

#[tokio::test]
async fn an_invalid_database_url_is_rejected_without_its_password() {
    for url in ["mysql://user:marked@host/a", "marked", "postgres://user:marked@host:port/a"] {
        let error = Store::open(url).await.err().unwrap();
        assert!(format!("{error:#}").contains("DATABASE_URL"), "{error:#}");
        assert!(!format!("{error:#}").contains("marked"), "{error:#}");
    }
}

/// Starts a proxy that closes the first `closed` connections, like a restarting server, and
/// forwards the others. The client sees a reset if the proxy has not read the request, or else
/// the end of the stream.
async fn restarting_server(closed: usize, server: SocketAddr) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        for number in 0.. {
            let (mut client, _) = listener.accept().await.unwrap();
            if number >= closed {
                tokio::spawn(async move {
                    let mut server = TcpStream::connect(server).await.unwrap();
                    copy_bidirectional(&mut client, &mut server).await
                });
            } else if number % 2 == 1 {
                // The client's SSLRequest.
                let _ = client.read_exact(&mut [0; 8]).await;
            }
        }
    });
    address
}

#[tokio::test]
async fn a_program_that_starts_while_the_database_restarts_waits_for_it() {
    let Some(server) = server() else { return println!("NOT RUN: {MISSING}") };
    let url = new_database(&server).await;
    let address = url.split(['@', '/']).nth(3).unwrap();
    let proxy = restarting_server(2, address.parse().unwrap()).await;
    let store = Store::open(&url.replace(address, &proxy.to_string())).await.unwrap();
    assert_eq!(store.enqueue(&[message("a", "Oi")]).await.unwrap(), 1);
}

#[tokio::test]
async fn programs_may_migrate_a_new_database_concurrently() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}?mode=rwc", folder.path().join("outbox.db").display());
    for store in join_all((0..8).map(|_| Store::open(&url))).await {
        store.unwrap();
    }
}

#[tokio::test]
async fn a_program_waits_for_the_database_until_a_timeout() {
    let proxy = restarting_server(usize::MAX, ([127, 0, 0, 1], 1).into()).await;
    for address in [proxy.to_string(), "127.0.0.1:1".to_owned()] {
        let url = format!("postgres://user:marked@{address}/outbox");
        let error = Store::open_within(&url, Duration::from_millis(100)).await.err().unwrap();
        let error = format!("{error:#}");
        assert!(
            error.starts_with("cannot open the database of DATABASE_URL within 100ms"),
            "{error}"
        );
        assert!(!error.contains("marked"), "{error}");
    }
}
